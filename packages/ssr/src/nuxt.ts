import type { AuthRoutesInput } from './authRoutes.js'
import { type NodeRequest, type NodeResponse, portOfNode } from './cookiePort.js'
import { createContexts, type RequestRunnerOptions } from './requestRunner.js'
import { requestOfNode } from './webOfNode.js'

/** As far as it is needed here; that of h3, which Nuxt and Nitro stand on, fits. */
interface H3Event {
  node: { req: NodeRequest & { url?: string; method?: string }; res: NodeResponse }
  context: object
}

/**
 * Nuxt's session: the context of the request is `event.context.amplify`, in server routes and, by `useRequestEvent()`, while a page is
 * rendered. Whoever changes the session does so before the answer begins.
 *
 * @example
 * // server/utils/amplify.ts
 * export const amplify = createNuxtAdapter({ config: outputs, origin: 'https://app.example.com' })
 *
 * // server/middleware/amplify.ts
 * export default defineEventHandler((event) => amplify.middleware(event))
 *
 * // server/routes/auth/[slug].get.ts
 * export default defineEventHandler(amplify.authRoutes({ redirectOnSignInComplete: '/home' }))
 */
export function createNuxtAdapter(options: RequestRunnerOptions) {
  const { open, routes } = createContexts(options)
  return {
    middleware(event: H3Event): void {
      const { req, res } = event.node
      Object.assign(event.context, { amplify: open(() => portOfNode(req, res)) })
    },
    authRoutes(input?: AuthRoutesInput) {
      const handle = routes(input)
      return (event: H3Event): Promise<Response> => {
        const request = requestOfNode(event.node.req, options.origin!)
        return handle(request, new URL(request.url).pathname.split('/').at(-1)!)
      }
    },
  }
}
