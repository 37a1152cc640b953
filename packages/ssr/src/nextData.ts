import { type Client, type ClientOptions, generateClient } from '@backline/data'
import { AmplifyServerContextError } from './errors.js'
import { type NextServer, optionsOf, portOfNext } from './next.js'
import { createContexts } from './requestRunner.js'

// `@aws-amplify/adapter-nextjs/data` and `/api`: the data client of an app that keeps one for all requests. Each call is of its own request.

interface CookiesClientOptions extends ClientOptions, NextServer.CreateServerRunnerInput {
  /** That of `next/headers`. */
  cookies: NextServer.ServerComponentContext['cookies']
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
}: CookiesClientOptions): Client<Schema> {
  if (typeof cookies !== 'function') {
    throw new AmplifyServerContextError({
      name: 'InvalidCookiesError',
      message: 'generateServerClientUsingCookies needs the `cookies` function of next/headers.',
      recoverySuggestion:
        'Where there is a request and a response instead, use generateServerClientUsingReqRes.',
    })
  }
  const contexts = createContexts(optionsOf({ config, runtimeOptions, origin, platform }))
  const open = async () => generateClient(options, contexts.open(await portOfNext({ cookies })).ctx)
  return calling(generateClient(options, contexts.base), async (path, input) => {
    const [own, call] = found(await open(), path)
    return call.apply(own, input)
  }) as Client<Schema>
}

type Path = readonly string[]
type Call = (...input: unknown[]) => unknown

/** Every operation that `client` has under its name, made by `call`. What answers at once is left as it is. */
function calling(client: object, call: (path: Path, input: unknown[]) => unknown, path: Path = []): object {
  return new Proxy(client, {
    get(target, name, receiver) {
      const value = Reflect.get(target, name, receiver)
      if (typeof name === 'symbol' || value === null || /^(enums|isCancelError)$/.test(name)) return value
      const at = [...path, name]
      if (typeof value === 'function') return (...input: unknown[]) => call(at, input)
      return typeof value === 'object' ? calling(value, call, at) : value
    },
  })
}

function found(client: object, path: Path): [own: object, call: Call] {
  let own = client as Record<string, unknown>
  for (const name of path.slice(0, -1)) own = own[name] as Record<string, unknown>
  return [own, own[path.at(-1)!] as Call]
}
