import { createHash } from 'node:crypto'
import { CreateUserPoolClientCommand, GetUserCommand } from '@aws-sdk/client-cognito-identity-provider'
import { defineAuth, defineBackend } from '@backline/schema/backend'
import { decodeJwt } from 'jose'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { totpAt } from '../cognito-idp/totp.js'
import type { AuthPlan } from '../plan.js'
import { planOf } from '../planOf.js'
import { PASSWORD, startPool, type TestPool } from '../pool.fixture.js'
import { createBrowser, type Seen } from './browser.fixture.js'

const ADA = 'ada@example.com'
const CALLBACK = 'http://localhost:5173/callback'
const VERIFIER = 'a-verifier-of-at-least-forty-three-characters-1234'
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url')

let pool: TestPool
let browser: ReturnType<typeof createBrowser>

const plan = () =>
  planOf(
    defineBackend({
      auth: defineAuth({
        loginWith: {
          email: true,
          externalProviders: {
            google: {
              clientId: 'x',
              clientSecret: 'y',
              attributeMapping: { email: 'email', emailVerified: 'email_verified', fullname: 'name' },
            },
            oidc: [{ name: 'Acme' }],
            callbackUrls: [CALLBACK, 'myapp://callback'],
            logoutUrls: ['http://localhost:5173/'],
          },
        },
      }),
    }),
  ).auth!

async function served(more: Partial<AuthPlan> = {}) {
  pool = await startPool({ ...plan(), ...more })
  browser = createBrowser(pool.sandbox.url)
}

beforeEach(async ({ task }) => {
  if (!task.name.startsWith('(own pool)')) await served()
})
afterEach(() => pool.stop())

const authorizeUrl = (more: Record<string, string> = {}) =>
  `/oauth2/authorize?${new URLSearchParams({
    client_id: pool.ClientId,
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'openid email profile aws.cognito.signin.user.admin',
    state: 'the-state',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    ...more,
  })}`

interface TokenAnswer {
  status: number
  id_token?: string
  access_token?: string
  refresh_token?: string
  token_type?: string
  expires_in?: number
  error?: string
}

async function tokens(values: Record<string, string>): Promise<TokenAnswer> {
  const answer = await fetch(`${pool.sandbox.url}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: pool.ClientId, ...values }),
  })
  return { status: answer.status, ...((await answer.json()) as object) }
}

const redeem = ({ left }: Seen, more: Record<string, string> = {}) =>
  tokens({
    grant_type: 'authorization_code',
    code: left!.searchParams.get('code')!,
    redirect_uri: CALLBACK,
    code_verifier: VERIFIER,
    ...more,
  })

const logIn = async (password = PASSWORD) =>
  browser.submit(await browser.visit(authorizeUrl()), { username: ADA, password })

test('somebody signs in on the page, and the app gets tokens for the code', async () => {
  const sub = await pool.register(ADA)
  const wrong = await logIn('Wrong-horse-1')
  expect(wrong.html).toContain('Incorrect username or password.')
  const back = await browser.submit(wrong, { username: ADA, password: PASSWORD })
  expect(back.left?.href.startsWith(`${CALLBACK}?`)).toBe(true)
  expect(back.left?.searchParams.get('state')).toBe('the-state')

  const { id_token, access_token, refresh_token, token_type, expires_in } = await redeem(back)
  expect([token_type, expires_in]).toEqual(['Bearer', 3600])
  expect(decodeJwt(id_token!)).toMatchObject({ sub, email: ADA })
  expect(decodeJwt(access_token!)).toMatchObject({
    scope: 'openid email profile aws.cognito.signin.user.admin',
  })
  await pool.sdk.send(new GetUserCommand({ AccessToken: access_token }))
  const about = await fetch(`${pool.sandbox.url}/oauth2/userInfo`, {
    headers: { authorization: `Bearer ${access_token}` },
  })
  expect(await about.json()).toMatchObject({ sub, email: ADA, email_verified: 'true' })

  const next = await tokens({ grant_type: 'refresh_token', refresh_token: refresh_token! })
  expect(decodeJwt(next.access_token!).scope).toBe(decodeJwt(access_token!).scope)
  const revoked = await fetch(`${pool.sandbox.url}/oauth2/revoke`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: pool.ClientId, token: refresh_token! }),
  })
  expect(revoked.status).toBe(200)
  expect(await tokens({ grant_type: 'refresh_token', refresh_token: refresh_token! })).toMatchObject({
    status: 400,
    error: 'invalid_grant',
  })
})

test('a code is good once, for the app that asked, for five minutes', async () => {
  await pool.register(ADA)
  const back = await logIn()
  await redeem(back)
  expect(await redeem(back)).toMatchObject({ status: 400, error: 'invalid_grant' })
  const wrongs: Record<string, string>[] = [
    { code_verifier: `${VERIFIER}x` },
    { code_verifier: '' },
    { redirect_uri: 'myapp://callback' },
  ]
  for (const more of wrongs) {
    expect(await redeem(await browser.visit(authorizeUrl()), more)).toMatchObject({ error: 'invalid_grant' })
  }
  const late = await browser.visit(authorizeUrl())
  pool.sandbox.clock.advance(300_000)
  expect(await redeem(late)).toMatchObject({ error: 'invalid_grant' })
  expect(await redeem(late, { client_id: 'other' })).toMatchObject({ error: 'invalid_client' })
  expect(await tokens({ grant_type: 'password' })).toMatchObject({ error: 'unsupported_grant_type' })
})

test('a client that was made has pages of its own, and shows its secret for the tokens', async () => {
  await pool.register(ADA)
  const redirect_uri = 'https://kiosk.example.com/'
  const { UserPoolClient } = await pool.sdk.send(
    new CreateUserPoolClientCommand({
      UserPoolId: pool.UserPoolId,
      ClientName: 'kiosk',
      GenerateSecret: true,
      CallbackURLs: [redirect_uri],
    }),
  )
  const { ClientId: client_id = '', ClientSecret = '' } = UserPoolClient!
  const page = await browser.visit(authorizeUrl({ client_id, redirect_uri }))
  const { left } = await browser.submit(page, { username: ADA, password: PASSWORD })
  const again = await browser.visit(authorizeUrl({ client_id, redirect_uri }))
  const body = (code: URL | undefined) => ({
    grant_type: 'authorization_code',
    code: code!.searchParams.get('code')!,
    redirect_uri,
    code_verifier: VERIFIER,
  })
  // The definition's client may not spend it, and nobody without the secret.
  expect(await tokens(body(left))).toMatchObject({ error: 'invalid_grant' })
  expect(await tokens({ ...body(again.left), client_id })).toMatchObject({ error: 'invalid_client' })
  const answer = await fetch(`${pool.sandbox.url}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${client_id}:${ClientSecret}`)}` },
    body: new URLSearchParams(body(again.left)),
  })
  const { id_token } = (await answer.json()) as TokenAnswer
  expect(decodeJwt(id_token!).aud).toBe(client_id)
})

test('who is signed in is not asked again, until they sign out', async () => {
  await pool.register(ADA)
  await logIn()
  expect((await browser.visit(authorizeUrl())).left?.searchParams.get('code')).toBeTruthy()
  expect((await browser.visit(authorizeUrl({ prompt: 'login' }))).html).toContain('Sign in')
  const out = new URLSearchParams({ client_id: pool.ClientId, logout_uri: 'http://localhost:5173/' })
  expect((await browser.visit(`/logout?${out}`)).left?.href).toBe('http://localhost:5173/')
  expect((await browser.visit(authorizeUrl())).html).toContain('Sign in')
  const silent = await browser.visit(authorizeUrl({ prompt: 'none' }))
  expect(silent.left?.searchParams.get('error')).toBe('login_required')
})

test('the implicit grant brings tokens in the fragment, and no refresh token', async () => {
  await pool.register(ADA)
  await logIn()
  const { left } = await browser.visit(authorizeUrl({ response_type: 'token', nonce: 'n1' }))
  const fragment = new URLSearchParams(left!.hash.slice(1))
  expect(decodeJwt(fragment.get('id_token')!).nonce).toBe('n1')
  expect(fragment.get('state')).toBe('the-state')
  expect(fragment.has('refresh_token')).toBe(false)
})

test('nobody is sent where the definition does not send them', async () => {
  const wrongs: Record<string, string>[] = [
    { redirect_uri: 'https://evil.example/' },
    { redirect_uri: `${CALLBACK}/deeper` },
    { redirect_uri: '' },
    { client_id: 'other' },
  ]
  for (const more of wrongs) {
    const { status, left } = await browser.visit(authorizeUrl(more))
    expect([status, left]).toEqual([400, undefined])
  }
  const out = new URLSearchParams({ client_id: pool.ClientId, logout_uri: 'https://evil.example/' })
  expect(await browser.visit(`/logout?${out}`)).toMatchObject({ status: 400, left: undefined })
  for (const [more, error] of [
    [{ scope: 'openid root' }, 'invalid_scope'],
    [{ response_type: 'id_token' }, 'invalid_request'],
    [{ code_challenge_method: 'plain' }, 'invalid_request'],
    [{ identity_provider: 'Nobody' }, 'invalid_request'],
  ] as const) {
    const { left } = await browser.visit(authorizeUrl(more))
    expect(left?.searchParams.get('error')).toBe(error)
    expect(left?.searchParams.get('state')).toBe('the-state')
  }
})

test('somebody signs up, confirms, forgets the password and comes in with a new one', async () => {
  const query = authorizeUrl().slice('/oauth2/authorize'.length)
  const confirming = await browser.submit(await browser.visit(`/signup${query}`), {
    username: ADA,
    password: PASSWORD,
  })
  expect(confirming.html).toContain('Confirm your account')
  const { code } = await pool.sandbox.inbox.next({ to: ADA })
  const confirmed = await browser.submit(confirming, { username: ADA, code: code! })
  expect(confirmed.html).toContain('Your account is confirmed')

  const resetting = await browser.submit(await browser.visit(`/forgotPassword${query}`), { username: ADA })
  const mail = await pool.sandbox.inbox.next({ to: ADA })
  const changed = await browser.submit(resetting, {
    username: ADA,
    code: mail.code!,
    password: 'Another-horse-2',
  })
  const back = await browser.submit(changed, { username: ADA, password: 'Another-horse-2' })
  expect((await redeem(back)).status).toBe(200)
})

test('a federated button leads to the sandbox’s own provider and back as one user', async () => {
  const come = async () => {
    const there = await browser.visit(authorizeUrl({ identity_provider: 'Google' }))
    expect(there.html).toContain('Google, as the sandbox plays it')
    const back = await browser.submit(there, { email: 'grace@gmail.com', name: 'Grace' })
    return decodeJwt((await redeem(back)).id_token!)
  }
  const first = await come()
  expect(first).toMatchObject({
    'cognito:username': expect.stringMatching(/^Google_\w+$/),
    email: 'grace@gmail.com',
    email_verified: true,
    name: 'Grace',
    identities: [{ providerName: 'Google', primary: true }],
  })
  expect((await come()).sub).toBe(first.sub)
  // The address is nobody's here yet.
  await pool.register('grace@gmail.com')
  await pool.signIn('grace@gmail.com')
  expect((await browser.visit(`/login?${authorizeUrl().split('?')[1]}`)).html).toContain('Continue with Acme')
})

test('a form from elsewhere does nothing', async () => {
  await pool.register(ADA)
  const answer = await fetch(`${pool.sandbox.url}/login?${authorizeUrl().split('?')[1]}`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ username: ADA, password: PASSWORD, _csrf: 'guess' }),
  })
  expect([answer.status, answer.headers.get('set-cookie')]).toEqual([400, null])
})

test('what is typed comes back as text, never as markup', async () => {
  const nasty = '"><script>alert(1)</script>'
  const seen = await browser.submit(await browser.visit(authorizeUrl()), { username: nasty, password: 'x' })
  expect(seen.html).not.toContain('<script>')
})

test('the outputs tell an app where to go', () => {
  expect((pool.sandbox.outputs.auth as { oauth: object }).oauth).toEqual({
    identity_providers: ['GOOGLE', 'Acme'],
    domain: new URL(pool.sandbox.url).host,
    scopes: ['phone', 'email', 'openid', 'profile', 'aws.cognito.signin.user.admin'],
    redirect_sign_in_uri: [CALLBACK, 'myapp://callback'],
    redirect_sign_out_uri: ['http://localhost:5173/'],
    response_type: 'code',
  })
})

test('(own pool) a second factor is asked for on the page as well, and set up there', async () => {
  await served({ mfa: { mode: 'REQUIRED', totp: true, sms: false, email: false } })
  await pool.addUser(ADA)
  const step = () => Math.floor(pool.sandbox.clock.now() / 30_000)
  const setUp = await logIn()
  const secret = /<code>(\w+)<\/code>/.exec(setUp.html)![1]!
  const back = await browser.submit(setUp, { code: totpAt(secret, step()) })
  const { access_token: AccessToken } = await redeem(back)
  pool.sandbox.clock.advance(60_000)

  const again = await browser.submit(await browser.visit(authorizeUrl({ prompt: 'login' })), {
    username: ADA,
    password: PASSWORD,
  })
  const wrong = await browser.submit(again, { code: '000000' })
  expect(wrong.html).toContain('Invalid code received for user')
  expect((await browser.submit(wrong, { code: totpAt(secret, step()) })).left).toBeDefined()
  expect((await pool.sdk.send(new GetUserCommand({ AccessToken }))).UserMFASettingList).toEqual([
    'SOFTWARE_TOKEN_MFA',
  ])
})

test('(own pool) without external providers there are no pages', async () => {
  pool = await startPool()
  browser = createBrowser(pool.sandbox.url)
  expect((await browser.visit(authorizeUrl())).status).not.toBe(200)
})
