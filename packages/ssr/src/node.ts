import type { AmplifyContext } from '@backline/core'
import type { AuthRoutesInput } from './authRoutes.js'
import { type NodeRequest, type NodeResponse, portOfNode } from './cookiePort.js'
import { createContexts, type RequestRunnerOptions } from './requestRunner.js'
import { answerNode, type NodeAnswer, requestOfNode } from './webOfNode.js'

// Plain `node:http`, and what is built on it: Express, Connect, Fastify's raw requests.

/**
 * The session of requests as `node:http` has them. Cookies are set on the response as they change, so begin the answer afterwards.
 *
 * @example
 * const amplify = createNodeAdapter({ config: outputs, origin: 'https://app.example.com' })
 * createServer(async (request, response) => {
 *   const user = await amplify.run(request, response, (ctx) => getCurrentUser(ctx))
 *   response.end(`Hello ${user.username}`)
 * })
 */
export function createNodeAdapter(options: RequestRunnerOptions) {
  const { run, routes } = createContexts(options)
  return {
    run: <T>(
      request: NodeRequest,
      response: NodeResponse,
      operation: (ctx: AmplifyContext) => T | Promise<T>,
    ): Promise<T> => run(() => portOfNode(request, response), operation),

    /** Handles `…/sign-in` and its kin, by the last part of the path. */
    authRoutes(input?: AuthRoutesInput) {
      const handle = routes(input)
      return async (request: NodeRequest & { url?: string; method?: string }, response: NodeAnswer) => {
        const asked = requestOfNode(request, options.origin!)
        await answerNode(await handle(asked, new URL(asked.url).pathname.split('/').at(-1)!), response)
      }
    },
  }
}
