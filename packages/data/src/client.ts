import type { Context, GraphQLAuthMode } from '@backline/core/unsigned'
import type { Client as SchemaClient } from '@backline/schema'
import type { AuthToken, CustomHeaders, GraphQLCall } from './authorization.js'
import { type Caller, subscribe } from './caller.js'
import { contextOf } from './contextFirst.js'
import type { OperationKind } from './customOperations.js'
import type { ReturnOf, VariablesOf } from './documents.js'
import { answerError, DataError, type GraphQLResponse, isCancelError } from './errors.js'
import { operationKind, send } from './graphql.js'
import type { CustomOperation, Introspection } from './introspection.js'
import { createModels } from './models.js'
import { observable } from './observable.js'
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
  /** Made again when another configuration brings another introspection, and only then: hooks compare what they are given. */
  let made: ReturnType<typeof make> | undefined

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

  function make(of: Introspection) {
    const { models, finish } = createModels(caller, of)
    const calls = (kind: OperationKind, operations?: Record<string, CustomOperation>) =>
      createCalls(caller, of, finish, kind, operations)
    return {
      of,
      models,
      enums: Object.fromEntries(
        Object.values(of.enums).map(({ name, values }) => [name, { values: () => values }]),
      ),
      queries: calls('query', of.queries),
      mutations: calls('mutation', of.mutations),
      subscriptions: calls('subscription', of.subscriptions),
      generations: calls('query', of.generations),
      conversations: createRoutes(caller, of),
    }
  }

  /** Missing configuration is only worth an error when something is asked of it. */
  function part(name: keyof ReturnType<typeof make>) {
    const { API } = context().config
    if (endpoint || !API?.GraphQL) return new Proxy({}, { get: missing })
    const of = API.GraphQL.modelIntrospection as Introspection | undefined
    if (!of) return {}
    if (made?.of !== of) made = make(of)
    return made[name]
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
      return part('models')
    },

    get enums() {
      return part('enums')
    },

    get queries() {
      return part('queries')
    },

    get mutations() {
      return part('mutations')
    },

    get subscriptions() {
      return part('subscriptions')
    },

    get generations() {
      return part('generations')
    },

    get conversations() {
      return part('conversations')
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
      return observable<GraphQLResponse>((subscriber) => subscribe(context(), text().then(call), subscriber))
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
