import type { ClientOptions } from '@backline/data'
import {
  generateClientWithAmplifyInstance,
  type V6ClientSSRCookies,
  type V6ClientSSRRequest,
} from '@backline/data/internals'
import { AmplifyServerContextError } from './errors.js'
import { type NextServer, optionsOf, portOfNext } from './next.js'
import { createContexts } from './requestRunner.js'

// `@aws-amplify/adapter-nextjs/data` and `/api`: data clients that an app keeps for all requests. Each call is of its own request.

export type ClientUsingSSRCookies<Schema = never> = V6ClientSSRCookies<Schema>
export type ClientUsingSSRReq<Schema = never> = V6ClientSSRRequest<Schema>

interface CookiesClientOptions extends ClientOptions, NextServer.CreateServerRunnerInput {
  /** That of `next/headers`. */
  cookies: NextServer.ServerComponentContext['cookies']
}

interface ReqResClientOptions extends ClientOptions {
  config: NextServer.CreateServerRunnerInput['config']
}

/**
 * A data client for server components, actions and route handlers. Whose request it is, each call finds out by `cookies()`.
 *
 * @example
 * export const client = generateServerClientUsingCookies<Schema>({ config: outputs, cookies })
 * const { data: todos } = await client.models.Todo.list()
 *
 * @throws {AmplifyServerContextError} `InvalidCookiesError` where `cookies` is no function
 */
export function generateServerClientUsingCookies<Schema = never>({
  config,
  runtimeOptions,
  origin,
  platform,
  cookies,
  ...options
}: CookiesClientOptions): ClientUsingSSRCookies<Schema> {
  if (typeof cookies !== 'function') {
    throw new AmplifyServerContextError({
      name: 'InvalidCookiesError',
      message: 'generateServerClientUsingCookies needs the `cookies` function of next/headers.',
      recoverySuggestion:
        'Where there is a request and a response instead, use generateServerClientUsingReqRes.',
    })
  }
  const contexts = createContexts(optionsOf({ config, runtimeOptions, origin, platform }))
  return generateClientWithAmplifyInstance<Schema>({
    ...options,
    config,
    // Not closed after the call: rows that it brings fetch what belongs to them later.
    amplify: async (operation) => {
      const port = await portOfNext({ cookies })
      return operation(contexts.open(() => port))
    },
  })
}

/**
 * A data client whose operations take the context of the request first: in the proxy (middleware), in `getServerSideProps` and API routes.
 *
 * @example
 * const client = generateServerClientUsingReqRes<Schema>({ config: outputs })
 * const { data: todos } = await runWithAmplifyServerContext({
 *   nextServerContext: { request, response },
 *   operation: (contextSpec) => client.models.Todo.list(contextSpec),
 * })
 */
export function generateServerClientUsingReqRes<Schema = never>(
  options: ReqResClientOptions,
): ClientUsingSSRReq<Schema> {
  return generateClientWithAmplifyInstance<Schema, ClientUsingSSRReq<Schema>>({ ...options, amplify: null })
}
