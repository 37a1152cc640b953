import { randomBytes } from 'node:crypto'
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import { type Input, type Operation, ServiceError } from '../awsJson.js'
import { invalidParameter, notAuthorized, optionalText, parameter, text } from '../input.js'
import { signedIn } from './account.js'
import { authPlan, type Pool } from './pool.js'
import { asked, challenge, close, type Outcome, type SignIn } from './sessions.js'
import { findUser, type User } from './users.js'

// Passkeys. What an authenticator says is judged by @simplewebauthn/server, which is loaded when somebody has one.
// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow-methods.html#amazon-cognito-user-pools-authentication-flow-methods-passkey

interface Passkey {
  id: string
  sub: string
  /** Base64url. */
  public_key: string
  counter: number
  name: string
  rp_id: string
  transports: string
  attachment: string | null
  created_at: number
}

const PATIENCE = 5 * 60_000

/** What people do with their passkeys. */
export function passkeyOperations(pool: Pool): Record<string, Operation> {
  const { store, clock } = pool.world
  return {
    async StartWebAuthnRegistration(input) {
      const user = await signedIn(pool, text(input, 'AccessToken'))
      const { rpId, verification } = relyingParty(pool)
      const { generateRegistrationOptions } = await import('@simplewebauthn/server')
      const name = user.attributes.email ?? user.attributes.phone_number ?? user.username
      const options = await generateRegistrationOptions({
        rpID: rpId,
        rpName: rpId,
        userName: name,
        userDisplayName: user.attributes.name ?? name,
        userID: new Uint8Array(Buffer.from(user.sub)),
        excludeCredentials: passkeysOf(pool, user).map(({ id, transports }) => ({
          id,
          transports: list(transports),
        })),
        authenticatorSelection: {
          residentKey: 'required',
          requireResidentKey: true,
          userVerification: verification,
        },
        timeout: 60_000,
      })
      store.run('DELETE FROM passkey_registrations WHERE expires_at < ?', clock.now())
      store.run(
        'INSERT INTO passkey_registrations VALUES (?, ?, ?)',
        options.challenge,
        user.sub,
        clock.now() + PATIENCE,
      )
      return { CredentialCreationOptions: options }
    },

    async CompleteWebAuthnRegistration(input) {
      const user = await signedIn(pool, text(input, 'AccessToken'))
      const { rpId, verification } = relyingParty(pool)
      const response = credential<RegistrationResponseJSON>(input.Credential)
      const { challenge: given, origin } = clientData(response)
      const begun = store.get<{ sub: string; expires_at: number }>(
        'SELECT sub, expires_at FROM passkey_registrations WHERE challenge = ?',
        given,
      )
      store.run('DELETE FROM passkey_registrations WHERE challenge = ?', given)
      if (begun?.sub !== user.sub || clock.now() >= begun.expires_at) {
        throw new ServiceError(
          'WebAuthnChallengeNotFoundException',
          'The challenge of this registration is not known, or no longer.',
        )
      }
      checkOrigin(origin, rpId)
      const { verifyRegistrationResponse } = await import('@simplewebauthn/server')
      const { registrationInfo } = await verifyRegistrationResponse({
        response,
        expectedChallenge: given,
        expectedOrigin: origin,
        expectedRPID: rpId,
        requireUserVerification: verification === 'required',
      }).catch((error: Error) => {
        if (/RP ID/i.test(error.message))
          throw new ServiceError('WebAuthnRelyingPartyMismatchException', error.message)
        throw new ServiceError('WebAuthnCredentialNotSupportedException', error.message)
      })
      if (!registrationInfo) {
        throw new ServiceError(
          'WebAuthnCredentialNotSupportedException',
          'The attestation could not be verified.',
        )
      }
      const { id, publicKey, counter, transports = [] } = registrationInfo.credential
      if (passkey(pool, id))
        throw new ServiceError(
          'WebAuthnCredentialNotSupportedException',
          'This passkey is registered already.',
        )
      store.run(
        'INSERT INTO passkeys VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
        id,
        user.sub,
        Buffer.from(publicKey).toString('base64url'),
        counter,
        `Passkey ${passkeysOf(pool, user).length + 1}`,
        rpId,
        JSON.stringify(transports),
        response.authenticatorAttachment ?? null,
        clock.now(),
      )
      return {}
    },

    async ListWebAuthnCredentials(input) {
      const user = await signedIn(pool, text(input, 'AccessToken'))
      const most = input.MaxResults ?? 20
      if (typeof most !== 'number' || !(most >= 0 && most <= 20)) {
        throw invalidParameter('MaxResults must be between 0 and 20.')
      }
      const all = passkeysOf(pool, user)
      const after = optionalText(input, 'NextToken')
      const start = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1
      if (after !== undefined && start === 0) throw invalidParameter('Invalid pagination token provided.')
      const page = all.slice(start, start + (most || 20))
      return {
        Credentials: page.map(({ id, name, rp_id, attachment, transports, created_at }) => ({
          CredentialId: id,
          FriendlyCredentialName: name,
          RelyingPartyId: rp_id,
          ...(attachment ? { AuthenticatorAttachment: attachment } : {}),
          AuthenticatorTransports: list(transports),
          CreatedAt: created_at / 1000,
        })),
        ...(start + page.length < all.length ? { NextToken: page.at(-1)!.id } : {}),
      }
    },

    async DeleteWebAuthnCredential(input) {
      const user = await signedIn(pool, text(input, 'AccessToken'))
      const id = text(input, 'CredentialId')
      const { changes } = store.run('DELETE FROM passkeys WHERE id = ? AND sub = ?', id, user.sub)
      if (changes === 0) throw new ServiceError('ResourceNotFoundException', 'The passkey does not exist.')
      return {}
    },
  }
}

/** Has this user a passkey that the pool takes? */
export const hasPasskey = (pool: Pool, user: User): boolean =>
  !!authPlan(pool).passwordless?.includes('WEB_AUTHN') && passkeysOf(pool, user).length > 0

export function askForPasskey(pool: Pool, signIn: SignIn, user: User) {
  const { rpId, verification } = relyingParty(pool)
  const given = randomBytes(32).toString('base64url')
  const options = {
    challenge: given,
    timeout: 180_000,
    rpId,
    allowCredentials: passkeysOf(pool, user).map(({ id, transports }) => ({
      id,
      type: 'public-key',
      transports: list(transports),
    })),
    userVerification: verification,
  }
  return challenge(
    pool,
    signIn,
    'WEB_AUTHN',
    { challenge: given },
    {
      USERNAME: signIn.username,
      CREDENTIAL_REQUEST_OPTIONS: JSON.stringify(options),
    },
  )
}

/** WEB_AUTHN: whoever holds the passkey needs no second factor. */
export async function answerPasskey(
  pool: Pool,
  session: string,
  given: Record<string, string>,
): Promise<Outcome> {
  const question = asked(pool, 'WEB_AUTHN', session, given)
  const { rpId, verification } = relyingParty(pool)
  const response = credential<AuthenticationResponseJSON>(parameter(given, 'CREDENTIAL'))
  close(pool, question)
  const user = findUser(pool, question.signIn.username)
  const known = passkey(pool, response.id)
  if (!user || known?.sub !== user.sub) throw notAuthorized('Invalid credential.')
  const { origin } = clientData(response)
  checkOrigin(origin, rpId)
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server')
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response,
    expectedChallenge: question.data.challenge,
    expectedOrigin: origin,
    expectedRPID: rpId,
    credential: {
      id: known.id,
      publicKey: new Uint8Array(Buffer.from(known.public_key, 'base64url')),
      counter: known.counter,
    },
    requireUserVerification: verification === 'required',
  }).catch(() => {
    throw notAuthorized('Invalid credential.')
  })
  if (!verified) throw notAuthorized('Invalid credential.')
  pool.world.store.run(
    'UPDATE passkeys SET counter = ? WHERE id = ?',
    authenticationInfo.newCounter,
    known.id,
  )
  return { at: 'proven', user, signIn: { ...question.signIn, secondDone: true } }
}

function relyingParty(pool: Pool) {
  const { passwordless, webAuthn } = authPlan(pool)
  if (!passwordless?.includes('WEB_AUTHN')) {
    throw new ServiceError('WebAuthnNotEnabledException', 'Passkeys are not enabled for this user pool.')
  }
  return {
    rpId: webAuthn?.relyingPartyId ?? 'localhost',
    verification: webAuthn?.userVerification ?? 'preferred',
  }
}

/** The relying party itself or a host below it, and only where nobody can listen. */
function checkOrigin(origin: string, rpId: string): void {
  const url = URL.parse(origin)
  const fits = url && (url.hostname === rpId || url.hostname.endsWith(`.${rpId}`))
  const local = url?.hostname === 'localhost' || url?.hostname.endsWith('.localhost')
  if (!fits || !(url.protocol === 'https:' || local)) {
    throw new ServiceError(
      'WebAuthnOriginNotAllowedException',
      `The origin ${origin} is not allowed for ${rpId}.`,
    )
  }
}

/** A credential in JSON, as an object or, where the wire has only texts, as text. */
function credential<Response extends RegistrationResponseJSON | AuthenticationResponseJSON>(
  value: unknown,
): Response {
  let parsed = value
  try {
    if (typeof value === 'string') parsed = JSON.parse(value)
  } catch {
    throw invalidParameter('The credential is not valid JSON.')
  }
  const { id, response } = (parsed ?? {}) as Input
  if (typeof id !== 'string' || typeof (response as Input | undefined)?.clientDataJSON !== 'string') {
    throw invalidParameter('The credential is not that of an authenticator.')
  }
  return parsed as Response
}

function clientData({ response }: RegistrationResponseJSON | AuthenticationResponseJSON) {
  try {
    const { challenge: given, origin } = JSON.parse(
      Buffer.from(response.clientDataJSON, 'base64url').toString(),
    ) as Input
    return { challenge: String(given), origin: String(origin) }
  } catch {
    throw invalidParameter('The clientDataJSON of the credential cannot be read.')
  }
}

const passkeysOf = ({ world: { store } }: Pool, { sub }: User) =>
  store.all<Passkey>('SELECT * FROM passkeys WHERE sub = ? ORDER BY created_at, id', sub)

const passkey = ({ world: { store } }: Pool, id: string) =>
  store.get<Passkey>('SELECT * FROM passkeys WHERE id = ?', id)

const list = (transports: string) => JSON.parse(transports) as AuthenticatorTransport[]
type AuthenticatorTransport = NonNullable<RegistrationResponseJSON['response']['transports']>[number]
