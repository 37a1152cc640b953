import type { AmplifyContext, AmplifyOutputsUnknown, LegacyConfig, ResourcesConfig } from '@backline/core'
import type { AuthRoutesInput } from './authRoutes.js'
import { encodeName, parseCookies, removal, type SetCookieOptions, serializeCookie } from './cookieHeader.js'
import {
  answerHasGone,
  type CookiePort,
  type NodeRequest,
  type NodeResponse,
  portOfNode,
  putLine,
  withCookies,
} from './cookiePort.js'
import { AmplifyServerContextError } from './errors.js'
import { createContexts, originOf, type RequestRunnerOptions } from './requestRunner.js'
import { answerNode, type NodeAnswer, requestOfNode } from './webOfNode.js'

// `@aws-amplify/adapter-nextjs`. Next's own types are described, not imported: an app has its own version of them.

/** Cookies as Next reads them: values plain, names as on the wire. */
interface NextCookies {
  getAll(): { name: string; value: string }[]
  get(name: string): { name: string; value: string } | undefined
}
interface NextMutableCookies {
  set(name: string, value: string, options?: SetCookieOptions): unknown
}

export declare namespace NextServer {
  /** In the proxy (middleware), and in route handlers. */
  interface NextRequestAndNextResponseContext {
    request: { cookies: NextCookies }
    response: { cookies: NextMutableCookies }
  }
  /** In route handlers that answer with a plain `Response`. */
  interface NextRequestAndResponseContext {
    request: { cookies: NextCookies }
    response: Response
  }
  /** In server components and in actions. `cookies` is that of `next/headers`. */
  interface ServerComponentContext {
    cookies: () => (NextCookies & NextMutableCookies) | Promise<NextCookies & NextMutableCookies>
  }
  type ServerActionContext = ServerComponentContext
  /** In `getServerSideProps` and in API routes. */
  interface GetServerSidePropsContext {
    request: NodeRequest
    response: NodeResponse
  }
  type Context =
    | NextRequestAndNextResponseContext
    | NextRequestAndResponseContext
    | ServerComponentContext
    | GetServerSidePropsContext

  interface RunWithContextInput<OperationResult> {
    /** `null` for what belongs to no request, as a page that is built ahead. */
    nextServerContext: Context | null
    operation(contextSpec: AmplifyContext): OperationResult | Promise<OperationResult>
  }
  type RunOperationWithContext = <OperationResult>(
    input: RunWithContextInput<OperationResult>,
  ) => Promise<OperationResult>

  interface CreateServerRunnerRuntimeOptions {
    /** As the browser sets the session's cookies, where it does. */
    cookies?: Pick<SetCookieOptions, 'domain' | 'expires' | 'sameSite' | 'maxAge' | 'httpOnly' | 'secure'>
  }
  interface CreateServerRunnerInput extends Pick<RequestRunnerOptions, 'platform' | 'origin'> {
    config: ResourcesConfig | LegacyConfig | AmplifyOutputsUnknown
    runtimeOptions?: CreateServerRunnerRuntimeOptions
  }
  interface CreateServerRunnerOutput {
    runWithAmplifyServerContext: RunOperationWithContext
    createAuthRouteHandlers: CreateAuthRouteHandlers
  }
  type CreateServerRunner = (input: CreateServerRunnerInput) => CreateServerRunnerOutput
}

type Slug = { slug?: string | string[] }

/** Of the App Router or of the Pages Router: which one, its arguments say. */
export interface AuthRouteHandlers {
  (
    request: NodeRequest & { url?: string; method?: string; query: Slug },
    response: NodeAnswer,
  ): Promise<undefined>
  (request: Request, context: { params: Slug | Promise<Slug> }): Promise<Response>
}

export type CreateAuthRoutesHandlersInput = AuthRoutesInput
export type CreateAuthRouteHandlers = (input?: CreateAuthRoutesHandlersInput) => AuthRouteHandlers

/**
 * The session of a Next app: in server components, actions, route handlers, the proxy (middleware), `getServerSideProps` and API routes.
 *
 * With `AMPLIFY_APP_ORIGIN` in the environment, or an `origin` here, the server alone holds the session: its cookies are `HttpOnly` and
 * `SameSite=Strict`. Without, pages share it that call `Amplify.configure(outputs, { ssr: true })`.
 *
 * @example
 * export const { runWithAmplifyServerContext, createAuthRouteHandlers } = createServerRunner({ config: outputs })
 *
 * const user = await runWithAmplifyServerContext({
 *   nextServerContext: { cookies },
 *   operation: (contextSpec) => getCurrentUser(contextSpec),
 * })
 *
 * @throws {AmplifyError} `InvalidConfigurationException`, naming the key that is wrong
 */
export function createServerRunner(
  input: NextServer.CreateServerRunnerInput,
): NextServer.CreateServerRunnerOutput {
  const contexts = createContexts(optionsOf(input))
  return {
    async runWithAmplifyServerContext({ nextServerContext, operation }) {
      if (!nextServerContext) return contexts.run(null, operation)
      const lines = new Map<string, string>()
      const port = await portOfNext(nextServerContext, (name, line) => lines.set(name, line))
      const result = await contexts.run(() => port, operation)
      const response = 'response' in nextServerContext ? nextServerContext.response : undefined
      return result instanceof Response && result !== response
        ? (withCookies(result, lines) as typeof result)
        : result
    },

    createAuthRouteHandlers(routes) {
      const handle = contexts.routes(routes)
      const { origin } = optionsOf(input)
      const answer = async (request: Request, slug: Slug['slug']) =>
        typeof slug === 'string' ? handle(request, slug) : new Response(null, { status: 400 })

      const handler = async (
        request: Request | (NodeRequest & { query: Slug }),
        second: NodeAnswer | { params: Slug | Promise<Slug> },
      ) => {
        if (!('setHeader' in second)) return answer(request as Request, (await second.params).slug)
        const { query } = request as { query: Slug }
        const asked = requestOfNode(request as NodeRequest, originOf(origin))
        await answerNode(await answer(asked, query.slug), second)
        return undefined
      }
      return handler as AuthRouteHandlers
    },
  }
}

/** What the session of a Next app is made of; the clients of nextData.ts have the same. */
export function optionsOf({
  config,
  runtimeOptions: { cookies } = {},
  origin = (globalThis as { process?: { env?: Record<string, string> } }).process?.env?.AMPLIFY_APP_ORIGIN,
  platform,
}: NextServer.CreateServerRunnerInput): RequestRunnerOptions {
  return {
    config,
    origin,
    platform,
    cookies: {
      httpOnly: false,
      sameSite: origin ? 'strict' : 'lax',
      ...cookies,
      ...(origin && { httpOnly: true, secure: !origin.startsWith('http:') }),
    },
  }
}

/** @throws {AmplifyServerContextError} for what is none of Next's */
export async function portOfNext(
  context: NextServer.Context,
  note: (name: string, line: string) => void = () => {},
): Promise<CookiePort> {
  if ('cookies' in context && typeof context.cookies === 'function') {
    const cookies = await context.cookies()
    return portOfNextCookies(cookies, (name, value, options) => {
      try {
        cookies.set(encodeName(name), value, options)
      } catch (cause) {
        throw answerHasGone(cause)
      }
    })
  }
  const { request, response } = context as Exclude<NextServer.Context, NextServer.ServerComponentContext>
  if (request && response && 'setHeader' in response) return portOfNode(request as NodeRequest, response)
  if (request && response) {
    const put = (name: string, value: string, options?: SetCookieOptions) => {
      const line = serializeCookie(name, value, options)
      note(name, line)
      // Next's own responses tell the page that is rendered behind the proxy of what was set.
      if ('cookies' in response) response.cookies.set(encodeName(name), value, options)
      else putLine((response as Response).headers, name, line)
    }
    return portOfNextCookies((request as { cookies: NextCookies }).cookies, put)
  }
  throw new AmplifyServerContextError({
    message: 'Attempted to create cookie storage adapter from an unsupported Next.js server context.',
    recoverySuggestion: 'Pass { cookies }, { request, response } or null as nextServerContext.',
  })
}

function portOfNextCookies(
  from: NextCookies,
  put: (name: string, value: string, options?: SetCookieOptions) => void,
): CookiePort {
  const text = () => from.getAll().map(({ name, value }) => `${name}=${encodeURIComponent(value)}`)
  return {
    getAll: () => parseCookies(text().join(';')),
    get: (name) => {
      const found = from.get(encodeName(name))
      return found && { name, value: found.value }
    },
    set: put,
    delete: (name, options = {}) => put(name, '', removal(options)),
  }
}
