import { hostedPages } from '@backline/auth/oauth'
import {
  type AmplifyContext,
  type AmplifyOutputsUnknown,
  createAmplifyContext,
  type LegacyConfig,
  type LibraryOptions,
  type Platform,
  parseAmplifyConfig,
  type ResourcesConfig,
} from '@backline/core'
import { createMemoryStore, currentContext, newContext } from '@backline/core/internal'
import { type AuthRoutesInput, authRoute } from './authRoutes.js'
import type { SetCookieOptions } from './cookieHeader.js'
import { type CookiePort, portOfRequest, withCookies } from './cookiePort.js'
import { AmplifyServerContextError } from './errors.js'
import { createRefreshes } from './refreshes.js'
import { type Home, RequestContext } from './requestContext.js'
import type { Common, Shared } from './requestStore.js'
import { createTokenVerifier } from './tokenVerifier.js'

/** How the session's cookies are set. They are set so by every answer; a browser that sets them too must do the same. */
export interface SessionCookieOptions
  extends Pick<SetCookieOptions, 'domain' | 'expires' | 'maxAge' | 'sameSite' | 'secure' | 'httpOnly'> {}

export interface RequestRunnerOptions {
  config: ResourcesConfig | LegacyConfig | AmplifyOutputsUnknown
  /**
   * `HttpOnly` by default: the browser holds no token, and only servers act for the user. Say `httpOnly: false` for an app whose pages
   * call `Amplify.configure(outputs, { ssr: true })`. `SameSite=Lax`, `Secure` (not where `origin` is http), a year.
   */
  cookies?: SessionCookieOptions
  /** Where browsers find the app, as in `https://app.example.com`. Sign-in by the hosted pages comes back there. */
  origin?: string
  options?: Omit<LibraryOptions, 'ssr' | 'store' | 'platform'>
  /** Replaces parts of the platform: `fetch`, the clock … */
  platform?: Partial<Platform>
}

type Operation<T> = (contextSpec: AmplifyContext) => T | Promise<T>

export interface RequestRunner {
  /** Runs something as the user whose cookies these are. `null` is for what belongs to no request, as a page that is built ahead: a guest. */
  run<T>(cookies: CookiePort | null, operation: Operation<T>): Promise<T>
  /**
   * Answers a request as its user. What changes of the session goes with the response, whatever it is: a page, a redirect, a rewrite.
   *
   * @example
   * export default { fetch: (request: Request) => runner.respond(request, async (ctx) => Response.json(await getCurrentUser(ctx))) }
   */
  respond(request: Request, operation: Operation<Response>): Promise<Response>
  /** Handles `…/sign-in`, `/sign-up`, `/sign-in-callback`, `/sign-out` and `/sign-out-callback`, by the hosted pages of the user pool. */
  authRoutes(input?: AuthRoutesInput): (request: Request) => Promise<Response>
}

/**
 * What a server needs once: it makes a context for each request, of that request's user and nobody else. Every function of `backline/auth`,
 * `/data` and `/storage` takes such a context last, those of the `/server` entries first.
 *
 * @example
 * const runner = createRequestRunner({ config: outputs, origin: 'https://app.example.com' })
 *
 * @throws {AmplifyError} `InvalidConfigurationException`, naming the key that is wrong
 */
export function createRequestRunner(options: RequestRunnerOptions): RequestRunner {
  const { run, respond, routes } = createContexts(options)
  return {
    run: (cookies, operation) => run(cookies && (() => cookies), operation),
    respond,
    authRoutes(input) {
      const handle = routes(input)
      return (request) => handle(request, new URL(request.url).pathname.split('/').at(-1)!)
    },
  }
}

/** What every adapter stands on. */
export function createContexts({ config, cookies, origin, options = {}, platform }: RequestRunnerOptions) {
  const resourcesConfig = parseAmplifyConfig(config)
  const base = createAmplifyContext(resourcesConfig, { ...options, platform })
  const shared: Shared = {
    ...commonOf(base, platform),
    attributes: {
      path: '/',
      sameSite: 'lax',
      secure: !origin?.startsWith('http:'),
      httpOnly: true,
      ...cookies,
    },
    now: base.platform.now,
  }
  const home: Home = { shared, base, guest: createMemoryStore() }

  return {
    base,

    /** A context of whoever these cookies are of, until it is closed. `null` is a guest. */
    open: (cookies: (() => CookiePort) | null) => new RequestContext(home, cookies),

    async run<T>(cookies: (() => CookiePort) | null, operation: Operation<T>): Promise<T> {
      const ctx = new RequestContext(home, cookies)
      try {
        return await operation(ctx)
      } finally {
        ctx.close()
      }
    },

    respond,

    /** The handler of the five routes. */
    routes(input: AuthRoutesInput = {}) {
      const at = originOf(origin)
      hostedPages(base)
      return (request: Request, slug: string) =>
        authRoute({ request, slug, origin: at, input, attributes: shared.attributes, respond, base })
    },
  }

  async function respond(request: Request, operation: Operation<Response>): Promise<Response> {
    const { port, lines, seal } = portOfRequest(request)
    // Open for as long as the body goes out: a page may be rendered while it does.
    const response = await operation(new RequestContext(home, () => port))
    seal()
    return withCookies(response, lines)
  }
}

/**
 * What all runners of a user pool's client have in common in this program, though a framework bundles them apart: its keys, refreshes that
 * just were, and what answers have taught of the time.
 */
function commonOf(base: AmplifyContext, platform: Partial<Platform> | undefined): Common {
  const { userPoolEndpoint, userPoolId, userPoolClientId } = base.config.Auth?.Cognito ?? {}
  const name = `ssr ${userPoolEndpoint} ${userPoolId} ${userPoolClientId}`
  // One with a clock or a network of its own stands apart.
  const { state } = platform ? base : currentContext()
  if (!state.has(name)) {
    state.set(name, {
      verifier: createTokenVerifier(newContext(base.config, {}, base.platform)),
      refreshes: createRefreshes(base.platform.now),
      clock: { offset: 0, known: false },
    } satisfies Common)
  }
  return state.get(name) as Common
}

/** @throws {AmplifyServerContextError} for what is no origin */
export function originOf(origin: string | undefined): string {
  let url: URL | undefined
  try {
    url = origin ? new URL(origin) : undefined
  } catch {}
  if (url && /^https?:$/.test(url.protocol) && url.origin === origin!.replace(/\/$/, '')) return url.origin
  throw new AmplifyServerContextError({
    message: origin
      ? `The origin of the app, AMPLIFY_APP_ORIGIN, is "${origin}", which is none.`
      : 'Could not find the AMPLIFY_APP_ORIGIN environment variable, nor an `origin` among the options.',
    recoverySuggestion:
      'Say where browsers find the app: scheme, host and, where it is not the usual one, port.',
  })
}
