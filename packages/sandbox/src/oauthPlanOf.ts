import type { AuthProps } from '@backline/schema/backend'
import type { AuthPlan } from './plan.js'

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
    (Array.isArray(said) ? said : said ? [said] : []).flatMap((each: { name?: unknown }) =>
      typeof each.name === 'string' ? [each.name] : [],
    )
  return {
    oauth: {
      providers: [
        ...Object.keys(PROVIDERS).flatMap((name) => (externalProviders[name] ? [PROVIDERS[name]!] : [])),
        ...named(oidc),
        ...named(saml),
      ],
      scopes: scopesOf(scopes),
      callbackUrls: urls('callbackUrls', callbackUrls),
      logoutUrls: urls('logoutUrls', logoutUrls),
      responseType: 'code',
    },
  }
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
