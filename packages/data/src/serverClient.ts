// The client on servers that hold a context per request: made once, told with each call whose request it is.

import { createAmplifyContext, type ResourcesConfig } from '@backline/core'
import type { Context } from '@backline/core/unsigned'
import type { ServerClient as SchemaServerClient } from '@backline/schema'
import { type Client, type ClientOptions, type GraphQLOptions, generateClient } from './client.js'
import type { ReturnOf, VariablesOf } from './documents.js'
import { DataError, isCancelError } from './errors.js'
import { requestContext } from './requestContext.js'

export interface ServerClientOptions extends ClientOptions {
  /** What `Amplify.configure` would be given. It says which models there are. */
  config: Parameters<typeof createAmplifyContext>[0] | ResourcesConfig
}

/** A client whose operations are told first whose request they belong to. */
export type ServerClient<Schema = never> = SchemaServerClient<Schema, Context> & {
  graphql<Types = unknown, const Text extends string = string>(
    contextSpec: Context,
    options: GraphQLOptions<VariablesOf<Types, Text>, Text>,
    headers?: ClientOptions['headers'],
  ): ReturnOf<Types, Text>
  cancel(promise: Promise<unknown>, message?: string): boolean
  isCancelError(error: unknown): boolean
}

/** How a call comes by its context: what it was given, and what to do with the context and the rest of that. */
type Enter = (args: unknown[], run: (ctx: Context, args: unknown[]) => unknown) => unknown

const parts = ['models', 'queries', 'mutations', 'subscriptions', 'generations', 'conversations']

/**
 * A client of the user whose request it is, by the call: each operation takes the context of the request first.
 *
 * @example
 * const client = generateClient<Schema>({ config: outputs })
 * const { data } = await client.models.Todo.list(contextSpec, { limit: 10 })
 */
export function createServerClient<Schema>(options: ServerClientOptions): ServerClient<Schema> {
  const enter: Enter = ([contextSpec, ...args], run) => run(requestContext(contextSpec as Context), args)
  return mirrored(options, enter) as unknown as ServerClient<Schema>
}

/** A client of what gives each call its context by itself, as frameworks do that know whose request it is. */
export function createAmbientClient<Schema>(
  options: ServerClientOptions,
  provide: (operation: (ctx: Context) => Promise<unknown>) => Promise<unknown>,
): Client<Schema> {
  const enter: Enter = (args, run) => provide(async (ctx) => run(ctx, args))
  return mirrored(options, enter) as unknown as Client<Schema>
}

/** A client of the same shape as ours have, whose functions go through `enter`. */
function mirrored({ config, ...options }: ServerClientOptions, enter: Enter): object {
  if (!config)
    throw new DataError('InvalidInput', 'generateClient on a server needs `config`.', {
      recoverySuggestion: 'Pass the content of `amplify_outputs.json`, or what Amplify.getConfig() gives.',
    })
  const shape = generateClient(options, createAmplifyContext(config)) as object
  const clients = new WeakMap<Context, Client>()
  const running = new WeakMap<Promise<unknown>, (message?: string) => boolean>()

  function clientOf(ctx: Context): Client {
    let client = clients.get(ctx)
    if (!client) clients.set(ctx, (client = generateClient(options, ctx)))
    return client
  }

  function call(path: string[], args: unknown[]): unknown {
    let cancel: ((message?: string) => boolean) | undefined
    const result = enter(args, (ctx, rest) => {
      const client = clientOf(ctx)
      const of = path.slice(0, -1).reduce((at, name) => Reflect.get(at, name), client as object)
      const inner = Reflect.get(of, path.at(-1)!).apply(of, rest)
      cancel = (message) => client.cancel(inner, message)
      return inner
    })
    if (result instanceof Promise) running.set(result, (message) => !!cancel?.(message))
    return result
  }

  const mirror = (of: object, path: string[]): object =>
    new Proxy(of, {
      get(target, name) {
        const value = Reflect.get(target, name)
        if (typeof name === 'symbol' || !value) return value
        if (typeof value === 'function') return (...args: unknown[]) => call([...path, name], args)
        return typeof value === 'object' ? mirror(value, [...path, name]) : value
      },
    })
  const client = {
    get enums() {
      return Reflect.get(shape, 'enums')
    },
    graphql: (...args: unknown[]) => call(['graphql'], args),
    cancel: (promise: Promise<unknown>, message?: string) => running.get(promise)?.(message) ?? false,
    isCancelError,
  }
  for (const part of parts)
    Object.defineProperty(client, part, {
      enumerable: true,
      get() {
        const value = Reflect.get(shape, part)
        return value && mirror(value, [part])
      },
    })
  return client
}
