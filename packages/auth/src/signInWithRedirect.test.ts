import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { app, hostedPages } from './hostedPages.fixture.js'
import { fetchAuthSession, getCurrentUser, signInWithRedirect, signOut } from './index.js'
import { completeRedirect } from './redirectSignIn.js'
import { tokensOf } from './scriptedPool.fixture.js'

let pages: Awaited<ReturnType<typeof hostedPages>>
beforeEach(async () => {
  pages = await hostedPages()
})
afterEach(() => pages.close())

const named = (name: string) => expect.objectContaining({ name })

/** A tab whose user has signed in on the hosted pages, as it comes back. */
async function comingBack(input: Parameters<typeof signInWithRedirect>[0] = {}, browser = pages.browser()) {
  const tab = browser.tab()
  const before = tab.load()
  await signInWithRedirect(input, before.ctx)
  const url = pages.enter(before.opened[0]!)
  const after = tab.load(url)
  after.listen()
  return { tab, before, after, url, browser }
}

test('the user leaves with a challenge and a state, and comes back signed in', async () => {
  const { before, after } = await comingBack({ provider: 'Google', customState: 'to/here?ü' })
  const asked = new URL(before.opened[0]!)
  expect(asked.origin + asked.pathname).toBe(`${pages.url}/oauth2/authorize`)
  expect(Object.fromEntries(asked.searchParams)).toEqual({
    redirect_uri: app,
    response_type: 'code',
    client_id: 'client',
    identity_provider: 'Google',
    scope: 'openid email',
    state: expect.stringMatching(/^[\da-f]{32}-[\da-f]+$/),
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge_method: 'S256',
  })

  const urls: string[] = []
  after.ctx.events.listen('auth', () => void urls.push(after.here()))
  await completeRedirect(after.ctx)
  expect(after.events).toEqual([
    { event: 'customOAuthState', data: 'to/here?ü' },
    { event: 'signInWithRedirect' },
    { event: 'signedIn', data: { username: 'sub-ada', userId: 'sub-ada' } },
  ])
  // The address was clean when the app heard of it.
  expect(urls).toEqual([app, app, app])
  expect(pages.exchanged).toEqual([
    {
      grant_type: 'authorization_code',
      code: expect.any(String),
      client_id: 'client',
      redirect_uri: app,
      code_verifier: expect.stringMatching(/^[\w-]{128}$/),
    },
  ])
  expect(await getCurrentUser(after.ctx)).toEqual({ username: 'sub-ada', userId: 'sub-ada' })
})

test.each([
  [{ provider: 'Amazon' }, { identity_provider: 'LoginWithAmazon' }],
  [{ provider: 'Apple' }, { identity_provider: 'SignInWithApple' }],
  [{ provider: 'Facebook' }, { identity_provider: 'Facebook' }],
  [{ provider: { custom: 'Okta' } }, { identity_provider: 'Okta' }],
  [{ provider: { idpIdentifier: 'example.com' } }, { idp_identifier: 'example.com' }],
  [{}, { identity_provider: 'COGNITO' }],
  [{ options: { prompt: 'NONE' } }, { prompt: 'none' }],
  [
    { options: { prompt: 'SELECT_ACCOUNT', loginHint: 'ada', lang: 'pt-BR', nonce: 'n' } },
    { identity_provider: 'COGNITO', prompt: 'select_account', login_hint: 'ada', lang: 'pt-BR', nonce: 'n' },
  ],
] as const)('%j asks for %j', async (input, expected) => {
  const { opened, ctx } = pages.browser().tab().load()
  await signInWithRedirect(input, ctx)
  const {
    redirect_uri,
    response_type,
    client_id,
    scope,
    state,
    code_challenge,
    code_challenge_method,
    ...rest
  } = Object.fromEntries(new URL(opened[0]!).searchParams)
  expect(rest).toEqual(expected)
})

describe('a page that comes back', () => {
  test('exchanges the code once, however often it is mounted, reloaded or configured', async () => {
    const { tab, after, url } = await comingBack()
    await Promise.all([completeRedirect(after.ctx), completeRedirect(after.ctx)])
    const again = tab.load(url)
    again.listen()
    await completeRedirect(again.ctx)
    expect(pages.exchanged).toHaveLength(1)
    expect(after.events.map(({ event }) => event)).toEqual(['signInWithRedirect', 'signedIn'])
    expect(again.events).toEqual([])
    expect(await getCurrentUser(again.ctx)).toMatchObject({ userId: 'sub-ada' })
  })

  test('lets who asks for the session meanwhile wait for it', async () => {
    const { after } = await comingBack()
    void completeRedirect(after.ctx)
    expect((await fetchAuthSession({}, after.ctx)).userSub).toBe('sub-ada')
  })

  test('tells also those who listen only afterwards', async () => {
    const browser = pages.browser()
    const tab = browser.tab()
    const before = tab.load()
    await signInWithRedirect({ customState: 'x' }, before.ctx)
    const after = tab.load(pages.enter(before.opened[0]!))
    await completeRedirect(after.ctx)
    after.listen()
    await Promise.resolve()
    expect(after.events.map(({ event }) => event)).toEqual(['customOAuthState', 'signInWithRedirect'])
  })

  test('is not disturbed by a second tab that was opened meanwhile', async () => {
    const { after, browser } = await comingBack()
    const second = browser.tab().load()
    second.listen()
    await completeRedirect(second.ctx)
    expect(second.events).toEqual([])
    await completeRedirect(after.ctx)
    expect(after.events.map(({ event }) => event)).toContain('signedIn')
  })

  test('two tabs may sign in at the same time', async () => {
    const browser = pages.browser()
    const first = await comingBack({}, browser)
    const second = await comingBack({}, browser)
    await Promise.all([completeRedirect(first.after.ctx), completeRedirect(second.after.ctx)])
    expect(first.after.events.map(({ event }) => event)).toContain('signInWithRedirect')
    expect(second.after.events.map(({ event }) => event)).toContain('signInWithRedirect')
  })

  test.each([
    ['?error=access_denied&error_description=The%20user%20said%20no', 'The user said no'],
    ['?error=access_denied', 'access_denied'],
    ['?code=stolen&state=forged', 'An error occurred while validating the state.'],
    ['?code=stolen', 'An error occurred while validating the state.'],
    ['', 'User cancelled OAuth flow.'],
  ])('with %j fails with the reason', async (query, message) => {
    const tab = pages.browser().tab()
    await signInWithRedirect({}, tab.load().ctx)
    const after = tab.load(app + query)
    after.listen()
    await completeRedirect(after.ctx)
    expect(after.events).toEqual([
      {
        event: 'signInWithRedirect_failure',
        data: { error: expect.objectContaining({ name: 'OAuthSignInException', message }) },
      },
    ])
    expect(pages.exchanged).toEqual([])
    await expect(getCurrentUser(after.ctx)).rejects.toEqual(named('UserUnAuthenticatedException'))
    // And a new start is possible.
    const next = tab.load()
    await signInWithRedirect({}, next.ctx)
    expect(next.opened).toHaveLength(1)
  })

  test('says what the token endpoint said', async () => {
    const { tab, after, url } = await comingBack()
    const state = new URL(url).searchParams.get('state')
    const wrong = tab.load(`${app}?code=spent&state=${state}`)
    wrong.listen()
    await completeRedirect(wrong.ctx)
    expect(wrong.events).toEqual([
      {
        event: 'signInWithRedirect_failure',
        data: { error: expect.objectContaining({ message: 'The code is spent, or not yours.' }) },
      },
    ])
    expect(after.events).toEqual([])
  })

  test('checks that the id token was made for it', async () => {
    const tab = pages.browser().tab()
    const before = tab.load()
    await signInWithRedirect({ options: { nonce: 'mine' } }, before.ctx)
    const url = pages.enter(before.opened[0]!.replace('nonce=mine', 'nonce=theirs'))
    const after = tab.load(url)
    after.listen()
    await completeRedirect(after.ctx)
    expect(after.events.map(({ event }) => event)).toEqual(['signInWithRedirect_failure'])
    await expect(getCurrentUser(after.ctx)).rejects.toEqual(named('UserUnAuthenticatedException'))
  })

  test('without a network fails, and says so', async () => {
    const { after } = await comingBack()
    await pages.close()
    await completeRedirect(after.ctx)
    expect(after.events).toEqual([
      { event: 'signInWithRedirect_failure', data: { error: named('NetworkError') } },
    ])
  })
})

test('while the browser is still leaving, nothing is taken for a cancelled sign-in', async () => {
  const page = pages.browser().tab().load()
  page.listen()
  await signInWithRedirect({}, page.ctx)
  await completeRedirect(page.ctx)
  expect(page.events).toEqual([])
})

test('the back button, to a page as it was left, ends the sign-in, and another can begin', async () => {
  const page = pages.browser().tab().load()
  page.listen()
  await signInWithRedirect({}, page.ctx)
  page.restore()
  await expect.poll(() => page.events.map(({ event }) => event)).toEqual(['signInWithRedirect_failure'])
  await signInWithRedirect({}, page.ctx)
  expect(page.opened).toHaveLength(2)
})

test('the implicit grant brings tokens in the address, which is cleaned', async () => {
  const tab = pages.browser({ responseType: 'token' }).tab()
  const before = tab.load()
  await signInWithRedirect({}, before.ctx)
  const asked = new URL(before.opened[0]!).searchParams
  expect(asked.get('response_type')).toBe('token')
  expect(asked.has('code_challenge')).toBe(false)
  const { AccessToken, IdToken } = tokensOf('sub-ada')
  const hash = new URLSearchParams({
    access_token: AccessToken,
    id_token: IdToken,
    state: asked.get('state')!,
    token_type: 'Bearer',
    expires_in: '3600',
  })
  const after = tab.load(`${app}#${hash}`)
  after.listen()
  await completeRedirect(after.ctx)
  expect(after.here()).toBe(app)
  expect(after.events.map(({ event }) => event)).toEqual(['signInWithRedirect', 'signedIn'])
  expect(await getCurrentUser(after.ctx)).toMatchObject({ userId: 'sub-ada' })
})

test('where the app lives on meanwhile, as on a phone, it is signed in when the promise resolves', async () => {
  const phone = pages
    .browser({ redirectSignIn: [app] })
    .tab()
    .load()
  phone.listen()
  const authSessionOpener = async (url: string) => ({ type: 'success' as const, url: pages.enter(url) })
  await signInWithRedirect({ options: { authSessionOpener } }, phone.ctx)
  expect(phone.events.map(({ event }) => event)).toEqual(['signInWithRedirect', 'signedIn'])
  await signOut({}, phone.ctx)

  const canceled = async () => ({ type: 'canceled' as const })
  await expect(
    signInWithRedirect({ options: { authSessionOpener: canceled } }, phone.ctx),
  ).rejects.toMatchObject({ name: 'OAuthSignInException', message: 'canceled' })
})

describe('before the user leaves', () => {
  test('somebody who is signed in is no reason to leave, unless asked anew', async () => {
    const { after } = await comingBack()
    await completeRedirect(after.ctx)
    await expect(signInWithRedirect({}, after.ctx)).rejects.toEqual(
      named('UserAlreadyAuthenticatedException'),
    )
    await signInWithRedirect({ options: { prompt: 'LOGIN' } }, after.ctx)
    expect(after.opened).toHaveLength(1)
  })

  test('an address that is not configured is named', async () => {
    const elsewhere = pages.browser().tab().load('https://evil.example.org/')
    await expect(signInWithRedirect({}, elsewhere.ctx)).rejects.toMatchObject({
      name: 'InvalidOriginException',
      message: expect.stringContaining('evil.example.org'),
    })
    const none = pages.browser({ redirectSignIn: [] }).tab().load()
    await expect(signInWithRedirect({}, none.ctx)).rejects.toEqual(named('InvalidRedirectException'))
  })

  test('the address of this page is preferred to others of its host', async () => {
    const redirectSignIn = ['https://app.example.com/other', 'https://app.example.com/in']
    const page = pages.browser({ redirectSignIn }).tab().load('https://app.example.com/in?x=1')
    await signInWithRedirect({}, page.ctx)
    expect(new URL(page.opened[0]!).searchParams.get('redirect_uri')).toBe(redirectSignIn[1])
  })

  test.each([
    ['shop.auth.eu-west-1.amazoncognito.com', 'https://shop.auth.eu-west-1.amazoncognito.com'],
    ['127.0.0.1:20002', 'http://127.0.0.1:20002'],
    ['localhost:20002', 'http://localhost:20002'],
    ['LOCALHOST', 'http://localhost'],
    ['[::1]:20002', 'http://[::1]:20002'],
    ['shop.localhost:20002', 'http://shop.localhost:20002'],
    ['https://localhost:20002/', 'https://localhost:20002'],
    ['localhost.example.com', 'https://localhost.example.com'],
    ['127.0.0.1.example.com', 'https://127.0.0.1.example.com'],
    ['mylocalhost', 'https://mylocalhost'],
  ])('the pages of the domain %s are at %s', async (domain, origin) => {
    const { ctx, opened } = pages.browser({ domain }).tab().load()
    await signInWithRedirect({}, ctx)
    expect(new URL(opened[0]!).origin).toBe(origin)
  })

  test('missing configuration is named', async () => {
    const { ctx } = pages.browser().tab().load()
    ctx.config = {
      Auth: { Cognito: { userPoolId: 'us-east-1_AbCdEfGh1', userPoolClientId: 'client' } },
    }
    await expect(signInWithRedirect({}, ctx)).rejects.toEqual(named('OAuthNotConfigureException'))
  })
})

describe('signOut after a sign-in by redirect', () => {
  test('leaves by the hosted pages, with the session gone before', async () => {
    const { after } = await comingBack()
    await completeRedirect(after.ctx)
    await signOut({}, after.ctx)
    expect(after.opened).toEqual([
      `${pages.url}/logout?client_id=client&logout_uri=${encodeURIComponent(app)}`,
    ])
    await expect(getCurrentUser(after.ctx)).rejects.toEqual(named('UserUnAuthenticatedException'))
  })

  test('comes back where it is told to, if that is configured', async () => {
    const { after } = await comingBack()
    await completeRedirect(after.ctx)
    await signOut({ oauth: { redirectUrl: `${app}bye` } }, after.ctx)
    expect(new URL(after.opened[0]!).searchParams.get('logout_uri')).toBe(`${app}bye`)

    const other = await comingBack()
    await completeRedirect(other.after.ctx)
    await expect(
      signOut({ oauth: { redirectUrl: 'https://evil.example.org' } }, other.after.ctx),
    ).rejects.toEqual(named('InvalidPreferredRedirectUrlException'))
    // Signed out all the same.
    await expect(getCurrentUser(other.after.ctx)).rejects.toThrow()
    expect(other.after.opened).toEqual([])
  })
})
