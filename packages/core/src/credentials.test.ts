import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createAmplifyContext } from './amplifyContext.js'
import { toBase64Url, utf8 } from './bytes.js'
import { clearCredentials, credentials } from './credentials.js'
import { decodeJWT } from './jwt.js'
import type { LibraryOptions } from './resourcesConfig.js'
import { clearSession, storeSession } from './sessionStore.js'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

const guestKey = 'com.amplify.Cognito.us-east-1:pool.identityId'

/** An identity pool. `lives` is how many seconds its credentials have; `linked` which identity a login has. */
async function pool({ lives = 3600, linked, gone }: { lives?: number; linked?: string; gone?: string } = {}) {
  const asked: { operation: string; input: any }[] = []
  let serial = 0
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of request) chunks.push(chunk)
    const operation = `${request.headers['x-amz-target']}`
    const input = JSON.parse(Buffer.concat(chunks).toString())
    asked.push({ operation, input })
    if (operation.endsWith('.GetId'))
      return response.end(JSON.stringify({ IdentityId: `us-east-1:id-${++serial}` }))
    if (input.IdentityId === gone) {
      return response
        .writeHead(400)
        .end(JSON.stringify({ __type: 'ResourceNotFoundException', message: 'gone' }))
    }
    const Credentials = {
      AccessKeyId: `AK${++serial}`,
      SecretKey: 's',
      SessionToken: 't',
      Expiration: Date.now() / 1000 + lives,
    }
    return response.end(
      JSON.stringify({ IdentityId: (input.Logins && linked) ?? input.IdentityId, Credentials }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const identityPoolEndpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const context = (options: LibraryOptions = {}, { allowGuestAccess = true, userPool = true } = {}) => {
    const users = userPool ? { userPoolId: 'us-east-1_abc', userPoolClientId: 'client1' } : {}
    return createAmplifyContext(
      {
        Auth: {
          Cognito: {
            ...users,
            identityPoolId: 'us-east-1:pool',
            identityPoolEndpoint,
            allowGuestAccess,
          } as any,
        },
      },
      options,
    )
  }
  return { asked, operations: () => asked.map(({ operation }) => operation.split('.')[1]), context }
}

function token(sub: string, claims: object = {}) {
  const iat = Math.floor(Date.now() / 1000)
  const payload = {
    sub,
    iss: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_abc',
    iat,
    exp: iat + 3600,
    ...claims,
  }
  return decodeJWT(`e30.${toBase64Url(utf8(JSON.stringify(payload)))}.x`)
}
const signIn = (ctx: any, sub = 'u-1') =>
  storeSession(ctx, {
    username: sub,
    accessToken: token(sub),
    idToken: token(sub, { token_use: 'id' }),
    refreshToken: 'r',
  })

test('ten guests at once ask for one identity and one set of credentials', async () => {
  const { operations, asked, context } = await pool()
  const ctx = context()
  const all = await Promise.all(Array.from({ length: 10 }, () => credentials(ctx)))

  expect(operations()).toEqual(['GetId', 'GetCredentialsForIdentity'])
  expect(asked[0]!.operation).toBe('AWSCognitoIdentityService.GetId')
  expect(asked[0]!.input).toEqual({ IdentityPoolId: 'us-east-1:pool' })
  expect(new Set(all.map((one) => one!.credentials.accessKeyId)).size).toBe(1)
  expect(all[0]).toMatchObject({
    identityId: 'us-east-1:id-1',
    credentials: {
      accessKeyId: 'AK2',
      secretAccessKey: 's',
      sessionToken: 't',
      expiration: expect.any(Date),
    },
  })
  expect(await ctx.platform.store.getItem(guestKey)).toBe('us-east-1:id-1')
})

test('a guest who comes back is the same guest', async () => {
  const { operations, context } = await pool()
  const first = context()
  const { identityId } = (await credentials(first))!
  const second = context({ store: first.platform.store })
  expect((await credentials(second))!.identityId).toBe(identityId)
  expect(operations()).toEqual(['GetId', 'GetCredentialsForIdentity', 'GetCredentialsForIdentity'])
})

test('guests work without a user pool', async () => {
  const { context } = await pool()
  expect(await credentials(context({}, { userPool: false }))).toBeDefined()
})

test('where guests are not allowed there are no credentials, and nobody is asked', async () => {
  const { asked, context } = await pool()
  expect(await credentials(context({}, { allowGuestAccess: false }))).toBeUndefined()
  expect(await credentials(createAmplifyContext({}))).toBeUndefined()
  expect(asked).toEqual([])
})

test('the identity of a guest is linked to who signs in', async () => {
  const { asked, context } = await pool()
  const ctx = context()
  const guest = (await credentials(ctx))!
  await signIn(ctx)
  await clearCredentials(ctx)
  const user = (await credentials(ctx))!

  expect(user.identityId).toBe(guest.identityId)
  expect(asked.at(-1)!.input).toEqual({
    IdentityId: guest.identityId,
    Logins: { 'cognito-idp.us-east-1.amazonaws.com/us-east-1_abc': expect.stringMatching(/^e30\./) },
  })
  expect(await ctx.platform.store.getItem(guestKey)).toBeNull()
})

test('where a login has an identity already, the one the service answers with counts', async () => {
  const { context, operations } = await pool({ linked: 'us-east-1:old-friend' })
  const ctx = context()
  await credentials(ctx)
  await signIn(ctx)
  expect((await credentials(ctx))!.identityId).toBe('us-east-1:old-friend')
  await credentials(ctx, { forceRefresh: true })
  expect(operations().filter((one) => one === 'GetId')).toHaveLength(1)
})

test('signing in drops the credentials of the guest, though nobody said so', async () => {
  const { context } = await pool()
  const ctx = context()
  const guest = (await credentials(ctx))!
  await signIn(ctx)
  const user = (await credentials(ctx))!
  await clearSession(ctx)
  const again = (await credentials(ctx))!
  expect(new Set([guest, user, again].map((one) => one.credentials.accessKeyId)).size).toBe(3)
})

test('a new user of a shared device does not get the identity of the one before', async () => {
  const { context, asked } = await pool()
  const ctx = context()
  await signIn(ctx, 'u-1')
  await credentials(ctx)
  await clearSession(ctx)
  await clearCredentials(ctx, { forgetIdentity: true })
  await signIn(ctx, 'u-2')
  const second = (await credentials(ctx))!
  expect(asked.filter(({ operation }) => operation.endsWith('GetId'))).toHaveLength(2)
  expect(second.identityId).not.toBe('us-east-1:id-1')
})

test('short-lived credentials are fetched again before they expire, by the clock of the service', async () => {
  let ahead = 0
  const { context, operations } = await pool({ lives: 60 })
  const ctx = context({ platform: { now: () => Date.now() + ahead } })
  await credentials(ctx)
  ahead = 50_000
  await credentials(ctx)
  expect(operations()).toHaveLength(2)
  ahead = 56_000
  await credentials(ctx)
  expect(operations()).toHaveLength(3)
})

test('an identity that was deleted is replaced, once', async () => {
  const { context, operations } = await pool({ gone: 'us-east-1:gone' })
  const ctx = context()
  await ctx.platform.store.setItem(guestKey, 'us-east-1:gone')
  expect((await credentials(ctx))!.identityId).toBe('us-east-1:id-1')
  expect(operations()).toEqual(['GetCredentialsForIdentity', 'GetId', 'GetCredentialsForIdentity'])
})

test('credentials that were on their way at sign-out are not kept', async () => {
  const { context, operations } = await pool()
  const ctx = context()
  await signIn(ctx)
  const pending = credentials(ctx)
  await clearSession(ctx)
  await clearCredentials(ctx, { forgetIdentity: true })
  await pending
  await signIn(ctx)
  await credentials(ctx)
  expect(operations().filter((one) => one === 'GetCredentialsForIdentity').length).toBeGreaterThanOrEqual(2)
})

test('credentials of one’s own replace the identity pool', async () => {
  const asked: any[] = []
  const credentialsProvider = {
    async getCredentialsAndIdentityId(options: any) {
      asked.push(options)
      return { credentials: { accessKeyId: 'own', secretAccessKey: 's' }, identityId: 'own-id' }
    },
    clearCredentialsAndIdentityId: () => void asked.push('cleared'),
  }
  const ctx = createAmplifyContext({}, { Auth: { credentialsProvider } })
  expect(await credentials(ctx, { forceRefresh: true })).toMatchObject({ identityId: 'own-id' })
  await clearCredentials(ctx)
  expect(asked).toMatchObject([{ authenticated: false, forceRefresh: true }, 'cleared'])
})

test('tokens of another provider are shown to the identity pool under their issuer', async () => {
  const { context, asked } = await pool()
  const idToken = token('g-1', { iss: 'https://accounts.google.com' })
  const ctx = context(
    { Auth: { tokenProvider: { getTokens: async () => ({ accessToken: idToken, idToken }) } } },
    { userPool: false },
  )
  await credentials(ctx)
  expect(Object.keys(asked[0]!.input.Logins)).toEqual(['accounts.google.com'])
})
