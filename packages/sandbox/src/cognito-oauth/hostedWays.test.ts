import { AdminUpdateUserAttributesCommand, ListUsersCommand } from '@aws-sdk/client-cognito-identity-provider'
import { type AuthProps, defineAuth, defineBackend } from '@backline/schema/backend'
import { Amplify } from 'aws-amplify'
import { signIn, signOut, signUp } from 'aws-amplify/auth'
import { afterEach, expect, test } from 'vitest'
import { planOf } from '../planOf.js'
import { PASSWORD, startPool, type TestPool } from '../pool.fixture.js'
import { createBrowser } from './browser.fixture.js'

const ADA = 'ada@example.com'
const CALLBACK = 'http://localhost:5173/'
const REDIRECTS = { callbackUrls: [CALLBACK], logoutUrls: [CALLBACK] }

let pool: TestPool
let browser: ReturnType<typeof createBrowser>
afterEach(() => pool.stop())

async function served(props: AuthProps) {
  pool = await startPool(planOf(defineBackend({ auth: defineAuth(props) })).auth)
  browser = createBrowser(pool.sandbox.url)
}

const authorize = (more: Record<string, string> = {}) =>
  browser.visit(
    `/oauth2/authorize?${new URLSearchParams({
      client_id: pool.ClientId,
      redirect_uri: CALLBACK,
      response_type: 'code',
      scope: 'openid',
      ...more,
    })}`,
  )

test('a code by mail or text, or the password, is chosen on the page', async () => {
  await served({
    loginWith: {
      email: { otpLogin: true },
      phone: { otpLogin: true },
      webAuthn: true,
      externalProviders: REDIRECTS,
    },
  })
  // A passkey belongs to a name, not to an address.
  expect(pool.sandbox.outputs.auth).toMatchObject({
    oauth: { domain: expect.stringMatching(/^localhost:\d+$/) },
  })
  await pool.register(ADA, { email: ADA, phone_number: '+15550100' })
  const UserAttributes = [{ Name: 'phone_number_verified', Value: 'true' }]
  await pool.sdk.send(
    new AdminUpdateUserAttributesCommand({ UserPoolId: pool.UserPoolId, Username: ADA, UserAttributes }),
  )
  const choices = async () => {
    const login = await authorize({ prompt: 'login' })
    expect(login.html).toContain('Sign in without a password')
    const seen = await browser.submit(login, { username: ADA, way: 'choose' })
    expect(seen.html).toContain('How do you want to sign in?')
    expect(seen.html).not.toContain('PASSWORD_SRP')
    return seen
  }
  for (const [ANSWER, channel] of [
    ['EMAIL_OTP', 'email'],
    ['SMS_OTP', 'sms'],
  ] as const) {
    const asked = await browser.submit(await choices(), { ANSWER })
    const { code } = await pool.sandbox.inbox.next({ channel })
    const wrong = await browser.submit(asked, { code: '00000000' })
    expect(wrong.html).toContain('Invalid code')
    const { left } = await browser.submit(wrong, { code: code! })
    expect(left?.searchParams.get('code')).toBeTruthy()
  }
  const asked = await browser.submit(await choices(), { ANSWER: 'PASSWORD' })
  expect((await browser.submit(asked, { PASSWORD: 'Wrong-horse-1' })).html).toContain(
    'Incorrect username or password.',
  )
  const again = await browser.submit(await choices(), { ANSWER: 'PASSWORD' })
  expect((await browser.submit(again, { PASSWORD })).left?.searchParams.get('code')).toBeTruthy()
  // Somebody who is nobody is asked like everybody.
  const stranger = await browser.submit(await authorize({ prompt: 'login' }), {
    username: 'eve@example.com',
    way: 'choose',
  })
  expect(stranger.html).toContain('How do you want to sign in?')
})

test('where the pool has ways without a password, an account on the page needs none', async () => {
  await served({ loginWith: { email: { otpLogin: true }, externalProviders: REDIRECTS } })
  const query = new URLSearchParams({
    client_id: pool.ClientId,
    redirect_uri: CALLBACK,
    response_type: 'code',
  })
  const page = await browser.visit(`/signup?${query}`)
  const confirm = await browser.submit(page, { username: ADA, password: '' })
  const { code } = await pool.sandbox.inbox.next({ to: ADA })
  expect((await browser.submit(confirm, { username: ADA, code: code! })).html).toContain('is confirmed')
})

test('a mailed link confirms an account', async () => {
  await served({
    loginWith: {
      email: {
        verificationEmailStyle: 'LINK',
        verificationEmailSubject: 'Welcome',
        verificationEmailBody: (createLink: (text?: string) => string) => `Hello! ${createLink('Come in')}`,
      },
    },
  })
  Amplify.configure({
    Auth: {
      Cognito: {
        userPoolId: pool.UserPoolId,
        userPoolClientId: pool.ClientId,
        userPoolEndpoint: pool.sandbox.url,
      },
    },
  })
  await signUp({ username: ADA, password: PASSWORD })
  const mail = await pool.sandbox.inbox.next({ to: ADA })
  expect(mail.subject).toBe('Welcome')
  expect(mail.body).toBe(`Hello! <a href="${mail.link!.replaceAll('&', '&amp;')}">Come in</a>`)
  const wrong = await fetch(mail.link!.replace(mail.code!, '000000'))
  expect([wrong.status, await wrong.text()]).toEqual([
    400,
    expect.stringContaining('An error was encountered'),
  ])
  // A mail scanner looks, and changes nothing.
  await fetch(mail.link!, { method: 'HEAD' })
  const seen = await fetch(mail.link!)
  expect([seen.status, await seen.text()]).toEqual([
    200,
    expect.stringContaining('Your registration has been confirmed'),
  ])
  expect(await signIn({ username: ADA, password: PASSWORD })).toMatchObject({ isSignedIn: true })
  await signOut()
})

test('a provider’s claims become the attributes that the definition maps them to', async () => {
  await served({
    loginWith: {
      email: true,
      externalProviders: {
        ...REDIRECTS,
        oidc: [
          {
            name: 'Acme',
            attributeMapping: {
              email: 'mail',
              emailVerified: 'email_verified',
              profilePicture: 'avatar',
              custom: { 'custom:team': 'department' },
            },
          },
        ],
        google: { clientId: 'x', clientSecret: 'y' },
      },
    },
    userAttributes: { 'custom:team': { dataType: 'String' } },
  })
  const come = async (identity_provider: string, typed: Record<string, string>) =>
    (await browser.submit(await authorize({ identity_provider, prompt: 'login' }), typed)).left!.searchParams
  await come('Acme', {
    email: 'g@acme.example',
    mail: 'grace@acme.example',
    avatar: 'https://acme.example/g.png',
    department: 'Compilers',
  })
  // Where nothing is mapped the email comes, and is not proven.
  await come('Google', { email: 'grace@gmail.com', name: 'Grace' })
  const { Users } = await pool.sdk.send(new ListUsersCommand({ UserPoolId: pool.UserPoolId }))
  const attributes = Users!.map(({ Attributes }) =>
    Object.fromEntries(Attributes!.map(({ Name, Value }) => [Name, Value])),
  )
  expect(attributes).toEqual([
    {
      sub: expect.any(String),
      identities: expect.stringContaining('"providerName":"Acme"'),
      email: 'grace@acme.example',
      email_verified: 'true',
      picture: 'https://acme.example/g.png',
      'custom:team': 'Compilers',
    },
    {
      sub: expect.any(String),
      identities: expect.stringContaining('"providerName":"Google"'),
      email: 'grace@gmail.com',
      email_verified: 'false',
    },
  ])
  // What the pool must know and the provider does not say is said to the app.
  const refused = await come('Acme', { email: 'h@acme.example' })
  expect(refused.get('error_description')).toBe('attributes required: [email]')
})
