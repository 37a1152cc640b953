import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  associateWebAuthnCredential,
  deleteWebAuthnCredential,
  listWebAuthnCredentials,
  signIn,
} from './index.js'
import { type ScriptedPool, scriptedPool, tokensOf } from './scriptedPool.fixture.js'

const creation = {
  challenge: 'AAAA',
  rp: { id: 'localhost', name: 'app' },
  user: { id: 'AAAA', name: 'bob' },
}

let pool: ScriptedPool
beforeEach(async () => {
  pool = await scriptedPool({
    InitiateAuth: () => ({ AuthenticationResult: tokensOf('sub-bob') }),
    StartWebAuthnRegistration: () => ({ CredentialCreationOptions: creation }),
    CompleteWebAuthnRegistration: () => ({}),
  })
})
afterEach(() => pool.close())

type Passkeys = (ceremony: 'create' | 'get', options: object) => Promise<object>

async function arrived(passkeys?: Passkeys) {
  const ctx = pool.context({ platform: passkeys && { passkeys } })
  await signIn({ username: 'bob', password: 'x', options: { authFlowType: 'USER_PASSWORD_AUTH' } }, ctx)
  return ctx
}
const said = () => JSON.parse(pool.heard.at(-1)!.body)

test('a passkey is made on the device and told to the pool', async () => {
  const ctx = await arrived(async (...what) => ({ id: 'key', what }))
  expect(await associateWebAuthnCredential(ctx)).toBeUndefined()
  expect(said().Credential).toEqual({ id: 'key', what: ['create', creation] })
})

test.each([
  ['NotAllowedError', 'PasskeyRegistrationCanceled'],
  ['InvalidStateError', 'PasskeyAlreadyExists'],
  ['SecurityError', 'RelyingPartyMismatch'],
  ['AbortError', 'PasskeyOperationAborted'],
  ['ConstraintError', 'PasskeyRegistrationFailed'],
])('%s of the device is %s, and nothing is told to the pool', async (fault, name) => {
  const cause = new DOMException('no', fault)
  const ctx = await arrived(() => Promise.reject(cause))
  await expect(associateWebAuthnCredential(ctx)).rejects.toMatchObject({ name, underlyingError: cause })
  expect(pool.operations()).not.toContain('CompleteWebAuthnRegistration')
})

test('a pool that sends no options is named, not the device', async () => {
  pool.script.StartWebAuthnRegistration = () => ({})
  await expect(associateWebAuthnCredential(await arrived(async () => ({})))).rejects.toMatchObject({
    name: 'InvalidPasskeyRegistrationOptions',
  })
})

test('where there are no passkeys, that is said', async () => {
  await expect(associateWebAuthnCredential(await arrived())).rejects.toMatchObject({
    name: 'PasskeyNotSupported',
    message: expect.stringContaining('https'),
  })
})

test('passkeys are listed by pages', async () => {
  pool.script.ListWebAuthnCredentials = ({ MaxResults, NextToken }) => ({
    Credentials: [
      {
        CredentialId: 'key',
        FriendlyCredentialName: 'Phone',
        RelyingPartyId: 'localhost',
        AuthenticatorTransports: ['internal'],
        CreatedAt: 1_700_000_000,
      },
    ],
    NextToken: `${MaxResults} after ${NextToken}`,
  })
  expect(await listWebAuthnCredentials({ pageSize: 2, nextToken: 'x' }, await arrived())).toEqual({
    credentials: [
      {
        credentialId: 'key',
        friendlyCredentialName: 'Phone',
        relyingPartyId: 'localhost',
        authenticatorAttachment: undefined,
        authenticatorTransports: ['internal'],
        createdAt: new Date(1_700_000_000_000),
      },
    ],
    nextToken: '2 after x',
  })
})

test('a passkey is deleted', async () => {
  pool.script.DeleteWebAuthnCredential = () => ({})
  await deleteWebAuthnCredential({ credentialId: 'key' }, await arrived())
  expect(said().CredentialId).toBe('key')
})
