import { exportJWK } from 'jose'
import { answerCall, faultReply, isCallOf, type Operation } from '../awsJson.js'
import { createHostedPages } from '../cognito-oauth/service.js'
import type { Functions } from '../functions.js'
import type {
  CredentialAuthority,
  Service,
  TokenAuthority,
  WireRequest,
  WireResponse,
  World,
} from '../service.js'
import { accountOperations } from './account.js'
import { adminOperations } from './admin.js'
import { attributeOperations } from './attributes.js'
import { deviceOperations } from './devices.js'
import { mfaOperations } from './mfa.js'
import { passkeyOperations } from './passkeys.js'
import { passwordOperations } from './password.js'
import { authPlan, openPool, type Pool, resetPool, type SigningKey } from './pool.js'
import { signInOperations } from './signIn.js'
import { signUpOperations } from './signUp.js'
import { issuerOf, openSigningKey, regionOf, verifyToken } from './tokens.js'
import { groupsOf, listUsers } from './users.js'

const TARGET = 'AWSCognitoIdentityProviderService'

/** A user as the control page shows it. */
export interface UserSummary {
  username: string
  status: string
  attributes: Record<string, string>
  groups: string[]
}

export interface UserPools extends TokenAuthority {
  readonly service: Service
  readonly hostedPages: Service
  /** How an identity pool knows this user pool: the issuer without its scheme. */
  readonly loginName: string
  users(): UserSummary[]
}

/** The user-pool service. See docs/protocols/cognito-idp.md. */
export function createUserPools(
  world: World,
  administrators: CredentialAuthority,
  functions: Functions,
): UserPools {
  // Begun now and waited for by whoever signs first, so that nobody waits for it at the start.
  let opening: Promise<SigningKey> | undefined
  const pool = openPool(world, { key: () => opening!, functions })
  opening = openSigningKey(world)
  opening.catch((error: Error) => world.log(`cognito-idp: no signing key: ${error.message}`))
  const operations: Record<string, Operation> = {
    ...signUpOperations(pool),
    ...signInOperations(pool),
    ...accountOperations(pool),
    ...passwordOperations(pool),
    ...attributeOperations(pool),
    ...mfaOperations(pool),
    ...deviceOperations(pool),
    ...passkeyOperations(pool),
    ...adminOperations(pool, administrators),
  }
  const wellKnown = () => `/${pool.id}/.well-known/`

  return {
    get loginName() {
      return issuerOf(pool).slice('https://'.length)
    },
    hostedPages: createHostedPages(pool),
    verify: (token) => verifyToken(pool, token),
    users: () =>
      world.plan.auth
        ? listUsers(pool).map((user) => ({
            username: user.username,
            status: user.status,
            attributes: { sub: user.sub, ...user.attributes },
            groups: groupsOf(pool, user),
          }))
        : [],
    service: {
      name: 'cognito-idp',
      matches: (request) => isCallOf(TARGET, request) || request.url.pathname.startsWith(wellKnown()),
      handle: (request) =>
        request.url.pathname.startsWith(wellKnown())
          ? publish(pool, request, request.url.pathname.slice(wellKnown().length))
          : answerCall(TARGET, operations, request),
      fault: faultReply,
      outputs: () => outputsOf(pool),
      reset: () => resetPool(pool),
      close: async () => {
        await opening?.catch(() => {})
      },
    },
  }
}

/** The two documents by which others verify our tokens. */
async function publish(pool: Pool, { method }: WireRequest, name: string): Promise<WireResponse> {
  const answer = (status: number, body: object): WireResponse => ({
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (method !== 'GET' && method !== 'HEAD') return answer(405, { message: 'Method Not Allowed' })
  if (name === 'jwks.json') {
    const { id, public: publicKey } = await pool.key()
    return answer(200, { keys: [{ ...(await exportJWK(publicKey)), alg: 'RS256', kid: id, use: 'sig' }] })
  }
  if (name === 'openid-configuration') {
    return answer(200, {
      issuer: issuerOf(pool),
      jwks_uri: `${pool.world.url}/${pool.id}/.well-known/jwks.json`,
      id_token_signing_alg_values_supported: ['RS256'],
      authorization_endpoint: `${pool.world.url}/oauth2/authorize`,
      token_endpoint: `${pool.world.url}/oauth2/token`,
      userinfo_endpoint: `${pool.world.url}/oauth2/userInfo`,
      revocation_endpoint: `${pool.world.url}/oauth2/revoke`,
      end_session_endpoint: `${pool.world.url}/logout`,
      response_types_supported: ['code', 'token'],
      scopes_supported: ['openid', 'email', 'phone', 'profile'],
      subject_types_supported: ['public'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    })
  }
  return answer(404, { message: `There is no ${name} here.` })
}

/** The `auth` section of amplify_outputs.json, but for the identity pool's part. */
function outputsOf(pool: Pool): Record<string, unknown> {
  const { world, id, clientId } = pool
  if (!world.plan.auth) return {}
  const plan = authPlan(pool)
  const { mfa } = plan
  const { loginWith, passwordPolicy: policy } = plan
  const verifiable = [...(loginWith.email ? ['email'] : []), ...(loginWith.phone ? ['phone_number'] : [])]
  return {
    auth: {
      user_pool_id: id,
      aws_region: regionOf(id),
      user_pool_client_id: clientId,
      user_pool_endpoint: world.url,
      mfa_methods: [
        ...(mfa?.sms ? ['SMS'] : []),
        ...(mfa?.totp ? ['TOTP'] : []),
        ...(mfa?.email ? ['EMAIL'] : []),
      ],
      mfa_configuration: mfa?.mode ?? 'NONE',
      ...(plan.passwordless?.length
        ? {
            passwordless: {
              email_otp_enabled: plan.passwordless.includes('EMAIL_OTP'),
              sms_otp_enabled: plan.passwordless.includes('SMS_OTP'),
              ...(plan.passwordless.includes('WEB_AUTHN')
                ? {
                    web_authn: {
                      relying_party_id: plan.webAuthn?.relyingPartyId ?? 'localhost',
                      user_verification: plan.webAuthn?.userVerification ?? 'preferred',
                    },
                  }
                : {}),
              ...(plan.preferredChallenge ? { preferred_challenge: plan.preferredChallenge } : {}),
            },
          }
        : {}),
      standard_required_attributes: plan.requiredAttributes,
      username_attributes: loginWith.username ? [] : verifiable,
      user_verification_types: verifiable.length > 0 ? verifiable : ['email'],
      groups: plan.groups.map((name, precedence) => ({ [name]: { precedence } })),
      password_policy: {
        min_length: policy.minLength,
        require_lowercase: policy.requireLowercase,
        require_uppercase: policy.requireUppercase,
        require_numbers: policy.requireNumbers,
        require_symbols: policy.requireSymbols,
      },
    },
  }
}
