import {
  CompleteWebAuthnRegistrationCommand,
  DeleteWebAuthnCredentialCommand,
  InitiateAuthCommand,
  ListWebAuthnCredentialsCommand,
  RespondToAuthChallengeCommand,
  StartWebAuthnRegistrationCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { afterEach, expect, test } from 'vitest'
import { startPool, type TestPool } from '../pool.fixture.js'
import { createAuthenticator } from './authenticator.fixture.js'

const ADA = 'ada@example.com'

let pool: TestPool

afterEach(() => pool.stop())

type Authenticator = ReturnType<typeof createAuthenticator>

async function start(AccessToken: string): Promise<{ challenge: string }> {
  const { CredentialCreationOptions } = await pool.sdk.send(
    new StartWebAuthnRegistrationCommand({ AccessToken }),
  )
  return CredentialCreationOptions as { challenge: string }
}

async function register(AccessToken: string, authenticator: Authenticator) {
  const Credential = authenticator.create(await start(AccessToken))
  await pool.sdk.send(new CompleteWebAuthnRegistrationCommand({ AccessToken, Credential }))
}

const initiate = (USERNAME = ADA) =>
  pool.sdk.send(
    new InitiateAuthCommand({
      ClientId: pool.ClientId,
      AuthFlow: 'USER_AUTH',
      AuthParameters: { USERNAME, PREFERRED_CHALLENGE: 'WEB_AUTHN' },
    }),
  )

const answer = (Session: string | undefined, credential: object) =>
  pool.sdk.send(
    new RespondToAuthChallengeCommand({
      ClientId: pool.ClientId,
      ChallengeName: 'WEB_AUTHN',
      Session,
      ChallengeResponses: { USERNAME: ADA, CREDENTIAL: JSON.stringify(credential) },
    }),
  )

const optionsIn = ({ ChallengeParameters }: { ChallengeParameters?: Record<string, string> }) =>
  JSON.parse(ChallengeParameters!.CREDENTIAL_REQUEST_OPTIONS!) as {
    challenge: string
    allowCredentials: { id: string }[]
  }

test('a passkey is registered, signs in past the second factor, is listed and deleted', async () => {
  pool = await startPool({
    passwordless: ['WEB_AUTHN'],
    mfa: { mode: 'OPTIONAL', totp: true, sms: false, email: true },
  })
  await pool.register(ADA)
  const { AccessToken } = await pool.signIn(ADA)
  const authenticator = createAuthenticator()
  await register(AccessToken, authenticator)

  const first = await initiate()
  expect(first.ChallengeName).toBe('WEB_AUTHN')
  const { AuthenticationResult } = await answer(first.Session, authenticator.get(optionsIn(first)))
  expect(AuthenticationResult?.AccessToken).toBeDefined()

  const { Credentials } = await pool.sdk.send(new ListWebAuthnCredentialsCommand({ AccessToken }))
  expect(Credentials).toMatchObject([
    {
      FriendlyCredentialName: 'Passkey 1',
      RelyingPartyId: 'localhost',
      AuthenticatorAttachment: 'platform',
      AuthenticatorTransports: ['internal'],
    },
  ])
  const { CredentialId } = Credentials![0]!
  await pool.sdk.send(new DeleteWebAuthnCredentialCommand({ AccessToken, CredentialId }))
  expect((await initiate()).AvailableChallenges).toEqual(['PASSWORD', 'PASSWORD_SRP'])
})

test('what another key signed, or for another challenge, or twice, is refused', async () => {
  pool = await startPool({ passwordless: ['WEB_AUTHN'] })
  await pool.register(ADA)
  const { AccessToken } = await pool.signIn(ADA)
  const authenticator = createAuthenticator()
  await register(AccessToken, authenticator)
  const refused = { name: 'NotAuthorizedException', message: 'Invalid credential.' }

  const foreign = await initiate()
  await expect(answer(foreign.Session, createAuthenticator().get(optionsIn(foreign)))).rejects.toMatchObject(
    refused,
  )
  const forged = await initiate()
  const { id } = authenticator.create(optionsIn(forged))
  await expect(
    answer(forged.Session, { ...createAuthenticator().get(optionsIn(forged)), id, rawId: id }),
  ).rejects.toMatchObject(refused)
  const stale = await initiate()
  await expect(answer(stale.Session, authenticator.get(optionsIn(await initiate())))).rejects.toMatchObject(
    refused,
  )
  const good = await initiate()
  const credential = authenticator.get(optionsIn(good))
  await answer(good.Session, credential)
  await expect(answer(good.Session, credential)).rejects.toMatchObject({ name: 'NotAuthorizedException' })
})

test('a registration answers a challenge of one’s own, from the app’s own page', async () => {
  pool = await startPool({ passwordless: ['WEB_AUTHN'] })
  await pool.register(ADA)
  await pool.addUser('eve@example.com')
  const { AccessToken } = await pool.signIn(ADA)
  const eve = await pool.signIn('eve@example.com')
  const complete = (Credential: object, token = AccessToken) =>
    pool.sdk.send(
      new CompleteWebAuthnRegistrationCommand({ AccessToken: token, Credential: { ...Credential } }),
    )
  await expect(
    complete(createAuthenticator().create(await start(AccessToken)), eve.AccessToken),
  ).rejects.toMatchObject({ name: 'WebAuthnChallengeNotFoundException' })
  await expect(
    complete(createAuthenticator({ origin: 'https://evil.example' }).create(await start(AccessToken))),
  ).rejects.toMatchObject({ name: 'WebAuthnOriginNotAllowedException' })
  await expect(
    complete(createAuthenticator({ rpId: 'evil.example' }).create(await start(AccessToken))),
  ).rejects.toMatchObject({ name: 'WebAuthnRelyingPartyMismatchException' })
  await expect(complete({ id: 'x' })).rejects.toMatchObject({ name: 'InvalidParameterException' })
})

test('a pool without passkeys says so', async () => {
  pool = await startPool()
  await pool.register(ADA)
  const { AccessToken } = await pool.signIn(ADA)
  await expect(start(AccessToken)).rejects.toMatchObject({ name: 'WebAuthnNotEnabledException' })
})
