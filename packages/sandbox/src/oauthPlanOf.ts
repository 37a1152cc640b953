import type { AuthProps } from '@backline/schema/backend'
import { attributeOnTheWire } from './attributeNames.js'
import type { AuthPlan, OAuthPlan } from './plan.js'

const PROVIDERS: Record<string, string> = {
  google: 'Google',
  facebook: 'Facebook',
  loginWithAmazon: 'LoginWithAmazon',
  signInWithApple: 'SignInWithApple',
}
const SCOPES: Record<string, string> = {
  PHONE: 'phone',
  EMAIL: 'email',
  OPENID: 'openid',
  PROFILE: 'profile',
  COGNITO_ADMIN: 'aws.cognito.signin.user.admin',
}

/** https://docs.amplify.aws/react/build-a-backend/auth/concepts/external-identity-providers/ */
export function oauthOf({ loginWith: { externalProviders } }: AuthProps): Pick<AuthPlan, 'oauth'> {
  if (!externalProviders) return {}
  const { callbackUrls, logoutUrls, scopes, oidc, saml } = externalProviders
  const named = (said: unknown) =>
    (Array.isArray(said) ? said : said ? [said] : []).flatMap((each: Provider) =>
      typeof each.name === 'string' ? [[each.name, each] as const] : [],
    )
  const providers = [
    ...Object.entries(PROVIDERS).flatMap(([name, onTheWire]) =>
      externalProviders[name] ? [[onTheWire, externalProviders[name] as Provider] as const] : [],
    ),
    ...named(oidc),
    ...named(saml),
  ]
  return {
    oauth: {
      providers: providers.map(([name]) => name),
      ...mappingsOf(providers),
      scopes: scopesOf(scopes),
      callbackUrls: urls('callbackUrls', callbackUrls),
      logoutUrls: urls('logoutUrls', logoutUrls),
      responseType: 'code',
    },
  }
}

interface Provider {
  name?: unknown
  attributeMapping?: Record<string, unknown> & { custom?: Record<string, unknown> }
}

/** `attributeMapping: { email: 'email', custom: { 'custom:team': 'team' } }`; what nothing is said of brings Amplify's: the email. */
function mappingsOf(providers: (readonly [string, Provider])[]): Pick<OAuthPlan, 'mappings'> {
  const mappings = providers.flatMap(([provider, { attributeMapping }]) => {
    if (!attributeMapping) return []
    const { custom = {}, ...standard } = attributeMapping
    const entries = Object.entries({ ...standard, ...custom }).map(([name, claim]) => {
      if (claim && typeof claim !== 'object' && typeof claim !== 'function')
        return [attributeOnTheWire(name), String(claim)]
      throw new Error(
        `defineAuth: externalProviders: attributeMapping.${name} of ${provider} must be the name of a claim, as in { email: 'email' }.`,
      )
    })
    return [[provider, Object.fromEntries(entries) as Record<string, string>] as const]
  })
  return mappings.length > 0 ? { mappings: Object.fromEntries(mappings) } : {}
}

/** CDK's rule: whoever asks for a part of OpenID asks for OpenID. */
function scopesOf(said: unknown): string[] {
  if (!Array.isArray(said)) return Object.values(SCOPES)
  const scopes = said.map((each) => SCOPES[String(each)] ?? String(each))
  return [
    ...new Set([
      ...scopes,
      ...(scopes.some((each) => /^(phone|email|profile)$/.test(each)) ? ['openid'] : []),
    ]),
  ]
}

function urls(name: string, said: unknown): string[] {
  if (!Array.isArray(said) || said.length === 0) {
    throw new Error(`defineAuth: externalProviders.${name} must be a list of at least one URL.`)
  }
  for (const each of said) {
    if (typeof each !== 'string' || !URL.canParse(each) || each.includes('#')) {
      throw new Error(
        `defineAuth: externalProviders.${name}: '${each}' is not a URL that can be redirected to.`,
      )
    }
  }
  return said as string[]
}
