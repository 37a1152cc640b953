import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import type { Clock } from '../clock.js'
import type { Functions } from '../functions.js'
import type { LambdaAuthorizerPlan, OidcPlan } from '../plan.js'
import type { UserClaims } from '../service.js'

// The two ways of AppSync to let somebody else say who calls.
// https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html

/** Verifies tokens of an OpenID Connect issuer. */
export interface OidcAuthority {
  readonly issuer: string
  /** @throws {Error} whose message says why. */
  verify(token: string): Promise<UserClaims>
}

/** Discovery and keys are fetched from the issuer once, when the first token comes. */
export function createOidc(plan: OidcPlan, clock: Clock): OidcAuthority {
  const issuer = plan.issuer.replace(/\/$/, '')
  let keys: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined
  const discover = async () => {
    const response = await fetch(`${issuer}/.well-known/openid-configuration`)
    const { jwks_uri: uri } = (await response.json()) as { jwks_uri?: string }
    if (!uri) throw new Error(`${issuer} does not say where its keys are.`)
    return createRemoteJWKSet(new URL(uri))
  }
  return {
    issuer,
    async verify(token) {
      keys ??= discover()
      const known = await keys.catch((error: Error) => {
        keys = undefined
        throw new Error(`The keys of ${issuer} could not be fetched: ${error.message}`)
      })
      const now = clock.now()
      const { payload } = await jwtVerify(token, known, {
        issuer: [issuer, `${issuer}/`],
        currentDate: new Date(now),
      })
      if (plan.clientId !== undefined) {
        const clients = [payload.aud ?? [], payload.azp ?? []].flat().map(String)
        const pattern = new RegExp(`^(?:${plan.clientId})$`)
        if (!clients.some((each) => pattern.test(each))) throw new Error('The token is for another client.')
      }
      checkAge(payload.iat, plan.secondsFromIssue, now)
      checkAge(payload.auth_time as number | undefined, plan.secondsFromAuth, now)
      const groups = payload['cognito:groups']
      return {
        sub: payload.sub ?? '',
        username: String(payload.username ?? payload['cognito:username'] ?? ''),
        groups: Array.isArray(groups) ? groups.map(String) : [],
        tokenUse: 'id',
        claims: payload,
      }
    },
  }
}

function checkAge(since: number | undefined, seconds: number | undefined, now: number) {
  if (!seconds) return
  if (since === undefined || since + seconds < now / 1000) throw new Error('Token has expired.')
}

export interface LambdaDecision {
  isAuthorized: boolean
  /** What the function says about the caller: `ctx.identity.resolverContext`. */
  resolverContext: Record<string, unknown>
  /** Such as `Mutation.createTodo` or an ARN that ends so. */
  deniedFields: string[]
}

export interface LambdaAuthority {
  /** Asks the function, or remembers what it said. */
  ask(
    token: string,
    requestContext: Record<string, unknown>,
    requestHeaders: Record<string, string>,
  ): Promise<LambdaDecision>
}

export function createLambdaAuthority(
  plan: LambdaAuthorizerPlan,
  functions: Functions,
  clock: Clock,
): LambdaAuthority {
  const known = new Map<string, { until: number; decision: LambdaDecision }>()
  return {
    async ask(authorizationToken, requestContext, requestHeaders) {
      if (plan.pattern !== undefined && !new RegExp(plan.pattern).test(authorizationToken))
        return { isAuthorized: false, resolverContext: {}, deniedFields: [] }
      const found = known.get(authorizationToken)
      if (found && clock.now() < found.until) return found.decision
      const answer = (await functions.invoke(plan.function, {
        authorizationToken,
        requestContext,
        requestHeaders,
      })) as Record<string, unknown> | null
      const decision: LambdaDecision = {
        isAuthorized: answer?.isAuthorized === true,
        resolverContext: (answer?.resolverContext ?? answer?.handlerContext ?? {}) as Record<string, unknown>,
        deniedFields: Array.isArray(answer?.deniedFields) ? answer.deniedFields.map(String) : [],
      }
      const seconds = typeof answer?.ttlOverride === 'number' ? answer.ttlOverride : plan.ttlSeconds
      if (seconds > 0) known.set(authorizationToken, { until: clock.now() + seconds * 1000, decision })
      else known.delete(authorizationToken)
      if (known.size > 1000) known.delete(known.keys().next().value!)
      return decision
    },
  }
}

/** The issuer that a token names; undefined where it is no token of that kind. */
export function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss?.replace(/\/$/, '')
  } catch {
    return undefined
  }
}
