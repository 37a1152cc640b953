import { decodeJwt, exportJWK } from 'jose'
import { answerCall, faultReply, isCallOf, type Operation } from '../awsJson.js'
import { createHostedPages } from '../cognito-oauth/service.js'
import type { Functions } from '../functions.js'
import type {
  CredentialAuthority,
  Service,
  TokenAuthority,
  UserClaims,
  WireRequest,
  WireResponse,
  World,
} from '../service.js'
import { accountOperations } from './account.js'
import { adminOperations } from './admin.js'
import { attributeOperations } from './attributes.js'
import { asClient } from './clients.js'
import { deviceOperations } from './devices.js'
import { mfaOperations } from './mfa.js'
import { passkeyOperations } from './passkeys.js'
import { passwordOperations } from './password.js'
import { authPlan, type Pool } from './pool.js'
import { openPools } from './pools.js'
import { signInOperations } from './signIn.js'
import { signUpOperations } from './signUp.js'
import { issuerOf, regionOf, verifyToken } from './tokens.js'
import { groupsOf, listUsers } from './users.js'

const WELL_KNOWN = '/.well-known/'
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
  /** Was this token made for the definition's own client? */
  isOurs(user: UserClaims): boolean
  users(): UserSummary[]
}

/** The user-pool service. See docs/protocols/cognito-idp.md. */
export function createUserPools(
  world: World,
  administrators: CredentialAuthority,
  functions: Functions,
): UserPools {
  const pools = openPools(world, functions)
  const { main } = pools
  const operationsOf = (pool: Pool): Record<string, Operation> => ({
    ...signUpOperations(pool),
    ...signInOperations(pool),
    ...accountOperations(pool),
    ...passwordOperations(pool),
    ...attributeOperations(pool),
    ...mfaOperations(pool),
    ...deviceOperations(pool),
    ...passkeyOperations(pool),
    ...adminOperations(pool, { administrators, pools }),
  })
  // Each operation works on the pool, and for the client, that its input means.
  const operations = Object.fromEntries(
    Object.keys(operationsOf(main)).map((name): [string, Operation] => [
      name,
      (input, request) => operationsOf(pools.meant(input))[name]!(input, request),
    ]),
  )
  const published = ({ url }: WireRequest) =>
    pools.all().find(({ id }) => url.pathname.startsWith(`/${id}${WELL_KNOWN}`))

  return {
    get loginName() {
      return issuerOf(main).slice('https://'.length)
    },
    hostedPages: createHostedPages(main),
    verify: (token) => verifyToken(clientOfToken(main, token), token),
    isOurs: ({ tokenUse, claims }) => (tokenUse === 'id' ? claims.aud : claims.client_id) === main.clientId,
    users: () =>
      world.plan.auth
        ? listUsers(main).map((user) => ({
            username: user.username,
            status: user.status,
            attributes: { sub: user.sub, ...user.attributes },
            groups: groupsOf(main, user),
          }))
        : [],
    service: {
      name: 'cognito-idp',
      matches: (request) => isCallOf(TARGET, request) || !!published(request),
      handle: (request) => {
        const pool = published(request)
        return pool
          ? publish(pool, request, request.url.pathname.slice(`/${pool.id}${WELL_KNOWN}`.length))
          : answerCall(TARGET, operations, request)
      },
      fault: faultReply,
      outputs: () => outputsOf(main),
      reset: pools.reset,
      close: pools.close,
    },
  }
}

/** The pool as the client sees it for which this token was made. */
function clientOfToken(pool: Pool, token: string): Pool {
  try {
    const { token_use, aud, client_id } = decodeJwt(token)
    return asClient(pool, String(token_use === 'id' ? aud : client_id)) ?? pool
  } catch {
    return pool
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
