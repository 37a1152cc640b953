import type { Context, GraphQLAuthMode } from '@backline/core/unsigned'
import type { Client as SchemaClient } from '@backline/schema'
import { Observable } from 'rxjs/internal/Observable'
import type { AuthToken, CustomHeaders, GraphQLCall } from './authorization.js'
import { type Caller, subscribe } from './caller.js'
import { contextOf } from './contextFirst.js'
import type { OperationKind } from './customOperations.js'
import type { ReturnOf, VariablesOf } from './documents.js'
import { answerError, DataError, type GraphQLResponse, isCancelError } from './errors.js'
import { operationKind, send } from './graphql.js'
import type { Introspection } from './introspection.js'
import { createModels } from './models.js'
import type { GraphQLDocument } from './print.js'
import { createCalls, createRoutes } from './routes.js'

export interface ClientOptions {
  /** How requests are authorized, unless they say otherwise. The backend's default mode by default. */
  authMode?: GraphQLAuthMode
  authToken?: AuthToken
  /** Another GraphQL endpoint than the configured one. Needs an `authMode`; such a client has no models. */
  endpoint?: string
  apiKey?: string
  headers?: CustomHeaders
  /** Milliseconds until a call is given up, retries included, unless it says otherwise. None by default. */
  timeout?: number
}

export interface GraphQLOptions<Variables = Record<string, unknown>, Text = string> {
  /** Text, or a parsed document, as `graphql` and `graphql-tag` make them. */
  query: Text | GraphQLDocument
  variables?: Variables
  authMode?: GraphQLAuthMode
  authToken?: AuthToken
  apiKey?: string
  signal?: AbortSignal
  timeout?: number
}

/** A schema of which nothing is known may hold anything. */
type ModelsOf<Schema> = 0 extends 1 & Schema ? Anything : SchemaClient<Schema>
interface Anything {
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly models: any
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly enums: any
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly queries: any
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly mutations: any
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly subscriptions: any
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly generations: any
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly conversations: any
}

/** What `generateClient<Schema>()` returns. */
export type Client<Schema = never> = ModelsOf<Schema> & {
  /** Sends any operation: a promise for queries and mutations, an observable for subscriptions. */
  graphql<Types = unknown, const Text extends string = string>(
    options: GraphQLOptions<VariablesOf<Types, Text>, Text>,
    headers?: CustomHeaders,
  ): ReturnOf<Types, Text>
  /** Cancels a request by the promise that it returned. False when it was over, or none of this client's. */
  cancel(promise: Promise<unknown>, message?: string): boolean
  isCancelError(error: unknown): boolean
}

/**
 * A client of the backend's data. Nothing is read from the configuration before it is needed: `Amplify.configure` may come later.
 *
 * @example
 * const client = generateClient<Schema>()
 * const { data: todos, errors } = await client.models.Todo.list()
 */
export function generateClient<Schema = never>(options?: ClientOptions, ctx?: Context): Client<Schema>
/** The same with the context first, as `aws-amplify` has it. */
export function generateClient<Schema = never>(ctx: Context, options?: ClientOptions): Client<Schema>
export function generateClient(...args: unknown[]): Client {
  const [context, options = {}] = contextOf<[ClientOptions?]>(args)
  const { endpoint, authMode, apiKey } = options
  if (endpoint && !authMode)
    throw new DataError(
      'InvalidInput',
      'generateClient() requires an explicit `authMode` when `endpoint` is provided.',
    )
  if (endpoint && authMode === 'apiKey' && !apiKey)
    throw new DataError(
      'InvalidInput',
      "generateClient() requires an explicit `apiKey` when `endpoint` is provided and `authMode = 'apiKey'`.",
    )

  const running = new WeakMap<Promise<unknown>, AbortController>()
  /** Made again when another configuration brings another introspection. */
  let made: ({ of: Introspection } & ReturnType<typeof createModels>) | undefined

  const caller: Caller = {
    context,
    call: (query, variables, of = {}) => ({
      query,
      variables,
      endpoint,
      apiKey,
      authMode: of.authMode ?? authMode,
      authToken: of.authToken ?? options.authToken,
      headers: of.headers ?? options.headers,
    }),
    answer(work, { signal, timeout = options.timeout } = {}) {
      const controller = new AbortController()
      const abort = () => controller.abort(signal?.reason)
      if (signal?.aborted) abort()
      signal?.addEventListener('abort', abort)
      const late = () =>
        controller.abort(new DataError('TimeoutError', `The call was given up after ${timeout} ms.`))
      const timer = timeout ? setTimeout(late, timeout) : undefined
      const promise = work(controller.signal).finally(() => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', abort)
        running.delete(promise)
      })
      running.set(promise, controller)
      const orThrow = () => {
        const checked = promise
          .then((result) => {
            const { errors } = result
            if (errors?.length) throw answerError({ data: undefined, ...result, errors })
            return result
          })
          .finally(() => running.delete(checked))
        running.set(checked, controller)
        return checked
      }
      return Object.assign(promise, { orThrow })
    },
  }

  function introspection(): Introspection | undefined {
    return context().config.API?.GraphQL?.modelIntrospection as Introspection | undefined
  }

  function known(of: Introspection) {
    if (made?.of !== of) made = { of, ...createModels(caller, of) }
    return made
  }

  const calls = (part: 'queries' | 'mutations' | 'subscriptions' | 'generations', kind: OperationKind) =>
    needed((found) => createCalls(caller, found, known(found).finish, kind, found[part]))

  /** Missing configuration is only worth an error when something is asked of it. */
  const needed = <T>(make: (introspection: Introspection) => T): T => {
    if (!endpoint && context().config.API?.GraphQL) {
      const found = introspection()
      return found ? make(found) : ({} as T)
    }
    return new Proxy({}, { get: missing }) as T
  }
  const missing = (_: object, name: string | symbol) => {
    // Consoles, test runners and promises look around.
    if (typeof name === 'symbol' || name === 'then' || name === 'toJSON') return undefined
    throw new DataError(
      'NoEndpoint',
      endpoint
        ? 'A client of another `endpoint` has no models: it is not known which ones are there.'
        : `"${name}" was asked of a client before \`Amplify.configure()\` was called with a \`data\` section.`,
    )
  }

  const client = {
    get models() {
      return needed((found) => known(found).models)
    },

    get enums() {
      return needed(({ enums }) =>
        Object.fromEntries(Object.values(enums).map(({ name, values }) => [name, { values: () => values }])),
      )
    },

    get queries() {
      return calls('queries', 'query')
    },

    get mutations() {
      return calls('mutations', 'mutation')
    },

    get subscriptions() {
      return calls('subscriptions', 'subscription')
    },

    get generations() {
      return calls('generations', 'query')
    },

    get conversations() {
      return needed((found) => createRoutes(caller, found))
    },

    graphql({ query, variables, ...of }: GraphQLOptions, headers?: CustomHeaders) {
      const call = (text: string): GraphQLCall => ({
        ...caller.call(text, variables ?? {}, { ...of, ...(headers ? { headers } : {}) }),
        apiKey: of.apiKey ?? apiKey,
      })
      const text = async () => (typeof query === 'string' ? query : (await import('./print.js')).print(query))
      if (kindOf(query) !== 'subscription')
        return caller.answer(async (signal) => {
          const answer = await send(context(), { ...call(await text()), signal })
          if (answer.errors?.length) throw answerError({ ...answer, data: answer.data ?? {} })
          return answer
        }, of)
      return new Observable<GraphQLResponse>((subscriber) =>
        subscribe(context(), text().then(call), subscriber),
      )
    },

    cancel(promise: Promise<unknown>, message?: string): boolean {
      const controller = running.get(promise)
      controller?.abort(message)
      return !!controller
    },

    isCancelError,
  }
  return client as unknown as Client
}

function kindOf(query: string | GraphQLDocument): string {
  if (typeof query === 'string') return operationKind(query)
  const operation = query?.definitions?.find(({ kind }) => kind === 'OperationDefinition') as
    | { operation: string }
    | undefined
  if (!operation) throw new DataError('InvalidQuery', '`query` is neither a GraphQL document nor its text.')
  return operation.operation
}
