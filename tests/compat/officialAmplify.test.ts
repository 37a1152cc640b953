import { randomBytes } from 'node:crypto'
import type { Sandbox } from '@backline/sandbox'
import { Amplify } from 'aws-amplify'
import {
  confirmSignUp,
  fetchAuthSession,
  fetchUserAttributes,
  getCurrentUser,
  signIn,
  signOut,
  signUp,
} from 'aws-amplify/auth'
import { generateClient } from 'aws-amplify/data'
import { downloadData, getUrl, list, remove, uploadData } from 'aws-amplify/storage'
import { Hub } from 'aws-amplify/utils'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { FileReader, fetchFrom, PlainWebSocket } from './redirect.fixture.js'
import { PASSWORD, startShop } from './shop.fixture.js'

// The official aws-amplify 6, unmodified, does an app's main job with nothing but the outputs that the sandbox wrote. Its single
// categories are tried further beside each service: packages/sandbox/src/{cognito-idp,cognito-identity,appsync,s3}.

const ADA = 'ada@example.com'
let sandbox: Sandbox
// biome-ignore lint/suspicious/noExplicitAny: the official client's types for our schema are tried in packages/schema.
let client: any

beforeAll(async () => {
  sandbox = await startShop()
  vi.stubGlobal('fetch', fetchFrom(sandbox))
  vi.stubGlobal('WebSocket', PlainWebSocket)
  vi.stubGlobal('FileReader', FileReader)
  Amplify.configure(sandbox.outputs as Parameters<typeof Amplify.configure>[0])
  client = generateClient()
})
afterAll(async () => {
  await signOut()
  vi.unstubAllGlobals()
  await sandbox.stop()
})

test('a guest has an identity and keys, and may read what guests may read', async () => {
  const { identityId, credentials, tokens } = await fetchAuthSession()
  expect(identityId).toMatch(/^us-east-1:/)
  expect(credentials?.sessionToken).toBeTruthy()
  expect(tokens).toBeUndefined()
  const { data, errors } = await client.models.Post.list({ authMode: 'identityPool' })
  expect({ data, errors }).toEqual({ data: [], errors: undefined })
  const refused = await client.models.Post.create({ title: 'x' }, { authMode: 'identityPool' })
  expect(refused.errors[0].errorType).toBe('Unauthorized')
  const { items } = await list({ path: 'public/' })
  expect(items).toEqual([])
})

test('a person signs up with the mailed code, signs in and has a session with credentials', async () => {
  const { nextStep, userId } = await signUp({
    username: ADA,
    password: PASSWORD,
    options: { userAttributes: { email: ADA } },
  })
  expect(nextStep).toEqual({
    signUpStep: 'CONFIRM_SIGN_UP',
    codeDeliveryDetails: { deliveryMedium: 'EMAIL', destination: 'a***@e***', attributeName: 'email' },
  })
  const { code } = await sandbox.inbox.next({ to: ADA })
  await confirmSignUp({ username: ADA, confirmationCode: code! })

  const heard: string[] = []
  const unlisten = Hub.listen('auth', ({ payload }) => heard.push(payload.event))
  const wrong = signIn({ username: ADA, password: 'Wrong-horse-1' })
  await expect(wrong).rejects.toMatchObject({ name: 'NotAuthorizedException' })
  await expect(signIn({ username: ADA, password: PASSWORD })).resolves.toMatchObject({ isSignedIn: true })
  unlisten()
  expect(heard).toContain('signedIn')
  expect(await getCurrentUser()).toMatchObject({ userId, signInDetails: { loginId: ADA } })
  expect(await fetchUserAttributes()).toMatchObject({ email: ADA, email_verified: 'true', sub: userId })
  const { tokens, credentials, userSub } = await fetchAuthSession()
  expect(userSub).toBe(userId)
  expect(tokens?.idToken?.payload.email).toBe(ADA)
  expect(credentials?.accessKeyId).toMatch(/^ASIA/)
  const fresh = await fetchAuthSession({ forceRefresh: true })
  expect(fresh.tokens?.accessToken.toString()).not.toBe(tokens?.accessToken.toString())
})

test('models are created, read along their relations, filtered, changed and deleted', async () => {
  const { userId: owner } = await getCurrentUser()
  const made = await client.models.Post.create({ title: 'Hello', rating: 3 })
  expect(made.errors).toBeUndefined()
  expect(made.data).toMatchObject({ title: 'Hello', rating: 3, owner })
  await client.models.Post.create({ title: 'Bye', rating: 1 })
  for (const text of ['first', 'second']) await client.models.Comment.create({ text, postId: made.data.id })

  const lazy = await made.data.comments()
  expect(lazy.data.map((comment: { text: string }) => comment.text).toSorted()).toEqual(['first', 'second'])
  const eager = await client.models.Comment.list({ selectionSet: ['text', 'post.title'] })
  expect(eager.data).toContainEqual({ text: 'first', post: { title: 'Hello' } })
  const filtered = await client.models.Post.list({
    filter: { or: [{ rating: { gt: 2 } }, { title: { beginsWith: 'Zz' } }] },
  })
  expect(filtered.data.map((post: { title: string }) => post.title)).toEqual(['Hello'])
  const paged = await client.models.Post.list({ limit: 1 })
  expect(paged.data).toHaveLength(1)
  const rest = await client.models.Post.list({ nextToken: paged.nextToken })
  expect(rest.data).toHaveLength(1)

  const { id } = made.data
  expect((await client.models.Post.update({ id, rating: 5 })).data.rating).toBe(5)
  expect((await client.models.Post.get({ id }, { authMode: 'apiKey' })).data.rating).toBe(5)
  expect((await client.models.Post.delete({ id })).data.id).toBe(id)
  expect((await client.models.Post.get({ id })).data).toBeNull()
})

test('a subscription hears, and a live query shows, what is created', async () => {
  const heard: string[] = []
  const shown: string[][] = []
  const subscriptions = [
    client.models.Post.onCreate().subscribe({ next: (post: { title: string }) => heard.push(post.title) }),
    client.models.Post.observeQuery().subscribe({
      next: ({ items }: { items: { title: string }[] }) => shown.push(items.map(({ title }) => title)),
    }),
  ]
  // The official client does not say when it is connected; so rows are made until one is heard.
  for (let attempt = 0; attempt < 100 && !(heard.length && shown.at(-1)?.includes('News')); attempt++) {
    await client.models.Post.create({ title: 'News' })
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  expect(heard).toContain('News')
  expect(shown.at(-1)).toEqual(expect.arrayContaining(['Bye', 'News']))
  for (const each of subscriptions) each.unsubscribe()
})

test('files go up, small and in parts, are listed, come down, are linked to and removed', async () => {
  const { identityId } = await fetchAuthSession()
  const small = `own/${identityId}/ä b+c.txt`
  await uploadData({ path: small, data: 'hello', options: { contentType: 'text/plain' } }).result
  const big = randomBytes(11_000_000)
  await uploadData({ path: ({ identityId }) => `own/${identityId}/big.bin`, data: big }).result

  const { items } = await list({ path: `own/${identityId}/`, options: { listAll: true } })
  expect(items.map(({ path, size }) => [path, size])).toEqual([
    [`own/${identityId}/big.bin`, big.length],
    [small, 5],
  ])
  const { body } = await downloadData({ path: `own/${identityId}/big.bin` }).result
  expect(Buffer.from(await (await body.blob()).arrayBuffer()).equals(big)).toBe(true)
  const { url } = await getUrl({ path: small, options: { expiresIn: 60, validateObjectExistence: true } })
  const linked = await fetch(url)
  expect([linked.headers.get('content-type'), await linked.text()]).toEqual(['text/plain', 'hello'])
  await remove({ path: small })
  await expect(downloadData({ path: small }).result).rejects.toMatchObject({ name: 'NoSuchKey' })
  await expect(downloadData({ path: 'own/somebody-else/x' }).result).rejects.toMatchObject({
    name: 'AccessDenied',
  })
})

test('signed out everywhere, nobody is signed in, and the tokens of before are refused', async () => {
  const { tokens } = await fetchAuthSession()
  await signOut({ global: true })
  await expect(getCurrentUser()).rejects.toMatchObject({ name: 'UserUnAuthenticatedException' })
  expect((await fetchAuthSession()).tokens).toBeUndefined()
  // The token is whole and has an hour to live; only the pool knows that its session is over.
  const answer = await fetch(`${sandbox.url}/`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AWSCognitoIdentityProviderService.GetUser',
    },
    body: JSON.stringify({ AccessToken: String(tokens!.accessToken) }),
  })
  expect(await answer.json()).toMatchObject({ __type: 'NotAuthorizedException' })
})
