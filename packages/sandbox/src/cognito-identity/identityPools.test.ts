import {
  CognitoIdentityClient,
  GetCredentialsForIdentityCommand,
  GetIdCommand,
} from '@aws-sdk/client-cognito-identity'
import {
  AdminAddUserToGroupCommand,
  CognitoIdentityProviderClient,
  GlobalSignOutCommand,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { Amplify } from 'aws-amplify'
import { fetchAuthSession, signIn, signOut } from 'aws-amplify/auth'
import { afterEach, expect, test } from 'vitest'
import { PASSWORD, startPool, type TestPool } from '../pool.fixture.js'

let pool: TestPool
let identity: CognitoIdentityClient

const provider = () => `cognito-idp.us-east-1.amazonaws.com/${pool.UserPoolId}`

async function start(allowGuests = true) {
  pool = await startPool({ allowGuests })
  identity = new CognitoIdentityClient({ region: 'us-east-1', endpoint: pool.sandbox.url, maxAttempts: 1 })
}

async function signedIn(email: string, GroupName?: string) {
  await pool.addUser(email)
  if (GroupName) {
    await pool.sdk.send(
      new AdminAddUserToGroupCommand({ UserPoolId: pool.UserPoolId, Username: email, GroupName }),
    )
  }
  return pool.signIn(email)
}

const getId = (token?: string) =>
  identity
    .send(
      new GetIdCommand({
        IdentityPoolId: pool.outputs.identity_pool_id,
        ...(token ? { Logins: { [provider()]: token } } : {}),
      }),
    )
    .then(({ IdentityId }) => IdentityId!)

const getCredentials = (IdentityId: string, token?: string) =>
  identity.send(
    new GetCredentialsForIdentityCommand({
      IdentityId,
      ...(token ? { Logins: { [provider()]: token } } : {}),
    }),
  )

afterEach(async () => {
  identity.destroy()
  await pool.stop()
})

test('a guest gets an identity and credentials for an hour', async () => {
  await start()
  const id = await getId()
  expect(id).toMatch(/^us-east-1:[0-9a-f-]{36}$/)
  const { Credentials, IdentityId } = await getCredentials(id)
  expect(IdentityId).toBe(id)
  expect(Credentials!.AccessKeyId).toMatch(/^ASIA[0-9A-F]{16}$/)
  expect(Credentials!.SessionToken).toBeTruthy()
  const left = Credentials!.Expiration!.getTime() - pool.sandbox.clock.now()
  expect(Math.round(left / 60_000)).toBe(60)
})

test('where guests are off, nobody gets credentials without signing in', async () => {
  await start(false)
  expect(pool.sandbox.outputs.auth).toMatchObject({ unauthenticated_identities_enabled: false })
  await expect(getId()).rejects.toMatchObject({
    name: 'NotAuthorizedException',
    message: 'Unauthenticated access is not supported for this identity pool.',
  })
})

test('a user has one identity, whoever asks first; others cannot use it', async () => {
  await start()
  const ada = await signedIn('ada@example.com')
  const bob = await signedIn('bob@example.com')
  const [first, second] = await Promise.all([getId(ada.IdToken), getId(ada.IdToken)])
  expect(second).toBe(first)
  expect((await getCredentials(first, ada.IdToken)).IdentityId).toBe(first)
  await expect(getCredentials(first)).rejects.toMatchObject({
    name: 'NotAuthorizedException',
    message: `Access to Identity '${first}' is forbidden.`,
  })
  await expect(getCredentials(first, bob.IdToken)).rejects.toMatchObject({ name: 'NotAuthorizedException' })
  await expect(getCredentials('us-east-1:nobody', ada.IdToken)).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  })
})

test('a guest who signs in keeps the identity', async () => {
  await start()
  const guest = await getId()
  const ada = await signedIn('ada@example.com')
  expect((await getCredentials(guest, ada.IdToken)).IdentityId).toBe(guest)
  expect(await getId(ada.IdToken)).toBe(guest)
  await expect(getCredentials(guest)).rejects.toMatchObject({ name: 'NotAuthorizedException' })

  const another = await getId()
  expect((await getCredentials(another, ada.IdToken)).IdentityId).toBe(guest)
})

test('only a good id token of this user pool opens an identity', async () => {
  await start()
  const ada = await signedIn('ada@example.com')
  const [head, body, signature] = ada.IdToken!.split('.') as [string, string, string]
  const forged = Buffer.from(body, 'base64url').toString().replace('ada@', 'eve@')
  await expect(
    getId(`${head}.${Buffer.from(forged).toString('base64url')}.${signature}`),
  ).rejects.toMatchObject({ name: 'NotAuthorizedException', message: expect.stringContaining('signature') })
  await expect(getId(ada.AccessToken)).rejects.toMatchObject({ name: 'NotAuthorizedException' })
  await expect(getId('not a token')).rejects.toMatchObject({ name: 'NotAuthorizedException' })
  await expect(
    identity.send(
      new GetIdCommand({
        IdentityPoolId: pool.outputs.identity_pool_id,
        Logins: { 'accounts.google.com': ada.IdToken! },
      }),
    ),
  ).rejects.toMatchObject({ message: 'Token is not from a supported provider of this identity pool.' })
  await pool.sdk.send(new GlobalSignOutCommand({ AccessToken: ada.AccessToken }))
  await expect(getId(ada.IdToken)).rejects.toMatchObject({ message: expect.stringContaining('revoked') })

  const bob = await signedIn('bob@example.com')
  pool.sandbox.clock.advance(3_600_000)
  await expect(getId(bob.IdToken)).rejects.toMatchObject({ message: expect.stringContaining('expired') })
})

test('credentials of a guest or user sign nothing that only an administrator may do', async () => {
  await start()
  const ada = await signedIn('ada@example.com', 'ADMINS')
  const { Credentials } = await getCredentials(await getId(ada.IdToken), ada.IdToken)
  const asAda = new CognitoIdentityProviderClient({
    region: 'us-east-1',
    endpoint: pool.sandbox.url,
    maxAttempts: 1,
    credentials: {
      accessKeyId: Credentials!.AccessKeyId!,
      secretAccessKey: Credentials!.SecretKey!,
      sessionToken: Credentials!.SessionToken!,
    },
  })
  await expect(asAda.send(new ListUsersCommand({ UserPoolId: pool.UserPoolId }))).rejects.toMatchObject({
    name: 'UnrecognizedClientException',
  })
  asAda.destroy()
})

test('another identity pool is not found', async () => {
  await start()
  await expect(
    identity.send(new GetIdCommand({ IdentityPoolId: 'us-east-1:00000000-0000-0000-0000-000000000000' })),
  ).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
})

test('the official client is a guest, then itself, and keeps one identity', async () => {
  await start()
  const { user_pool_client_id: userPoolClientId, identity_pool_id: identityPoolId } = pool.outputs
  Amplify.configure({
    Auth: {
      Cognito: {
        userPoolId: pool.UserPoolId,
        userPoolClientId,
        userPoolEndpoint: pool.sandbox.url,
        identityPoolId,
        identityPoolEndpoint: pool.sandbox.url,
        allowGuestAccess: true,
      },
    },
  })
  const guest = await fetchAuthSession()
  expect(guest.identityId).toMatch(/^us-east-1:/)
  expect(guest.credentials?.sessionToken).toBeTruthy()
  await pool.addUser('ada@example.com')
  await signIn({ username: 'ada@example.com', password: PASSWORD })
  const signed = await fetchAuthSession()
  expect(signed.credentials?.accessKeyId).not.toBe(guest.credentials?.accessKeyId)
  expect((await fetchAuthSession({ forceRefresh: true })).identityId).toBe(signed.identityId)
  await signOut()
})
