import type { AmplifyContext } from '@backline/core'
import { type Client, type ClientOptions, generateClient } from '@backline/data'
import { AmplifyServerContextError } from './errors.js'
import { type NextServer, optionsOf, portOfNext } from './next.js'
import { createContexts } from './requestRunner.js'

// `@aws-amplify/adapter-nextjs/data` and `/api`: data clients that an app keeps for all requests. Each call is of its own request.

/** The operations of `Of`, told first whose request they belong to. */
type ContextFirst<Of> = {
  [Name in keyof Of]: Of[Name] extends (...input: infer Input) => infer Result
    ? (contextSpec: AmplifyContext, ...input: Input) => Result
    : ContextFirst<Of[Name]>
}

export type ClientUsingSSRCookies<Schema = never> = Client<Schema>
export type ClientUsingSSRReq<Schema = never> = ContextFirst<
  Omit<Client<Schema>, 'enums' | 'cancel' | 'isCancelError'>
> &
  Pick<Client<Schema>, 'isCancelError'>

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
  return calling(generateClient(options, contexts.base), async (path, input) => {
    // Not closed after the call: rows that it brings fetch what belongs to them later.
    const { ctx } = contexts.open(await portOfNext({ cookies }))
    return call(generateClient(options, ctx), path, input)
  }) as Client<Schema>
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
export function generateServerClientUsingReqRes<Schema = never>({
  config,
  ...options
}: ReqResClientOptions): ClientUsingSSRReq<Schema> {
  const { base } = createContexts(optionsOf({ config }))
  return calling(generateClient(options, base), (path, [ctx, ...input]) => {
    if (!(ctx as AmplifyContext | undefined)?.platform) {
      throw new AmplifyServerContextError({
        name: 'InvalidServerContextError',
        message: `${path.join('.')} needs the context of the request as its first argument.`,
        recoverySuggestion: 'Pass what runWithAmplifyServerContext gives to its operation.',
      })
    }
    return call(generateClient(options, ctx as AmplifyContext), path, input)
  }) as unknown as ClientUsingSSRReq<Schema>
}

type Path = readonly string[]

/** Every operation that `client` has under its name, made by `make`. What answers at once is left as it is. */
function calling(client: object, make: (path: Path, input: unknown[]) => unknown, path: Path = []): object {
  return new Proxy(client, {
    get(target, name, receiver) {
      const value = Reflect.get(target, name, receiver)
      if (typeof name === 'symbol' || value === null || /^(enums|isCancelError)$/.test(name)) return value
      const at = [...path, name]
      if (typeof value === 'function') return (...input: unknown[]) => make(at, input)
      return typeof value === 'object' ? calling(value, make, at) : value
    },
  })
}

function call(client: object, path: Path, input: unknown[]): unknown {
  const own = path.slice(0, -1).reduce<object>((of, name) => Reflect.get(of, name), client)
  return Reflect.get(own, path.at(-1)!).apply(own, input)
}
