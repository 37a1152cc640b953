import { confirmSignUp, fetchAuthSession, getCurrentUser, signIn, signOut, signUp } from '@backline/auth'
import { type AmplifyContext, createAmplifyContext } from '@backline/core'
import { type Sandbox, startSandbox } from '@backline/sandbox'
import { defineAuth, defineBackend } from '@backline/schema/backend'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createNativePlatform } from './index.js'
import { startPhone } from './phone.fixture.js'

// A store of a phone that has lost some of its keys, any of them, when the app starts.

let sandbox: Sandbox
const ada = { username: 'ada@example.com', password: 'Analytical-1' }
const phone = startPhone()
const KEYS = ['accessToken', 'clockDrift', 'idToken', 'LastAuthUser', 'refreshToken', 'signInDetails']
let whole: Map<string, string>

beforeAll(async () => {
  const backend = defineBackend({ auth: defineAuth({ loginWith: { email: true } }) })
  sandbox = await startSandbox({ backend })
  const ctx = start()
  await signUp(ada, ctx)
  const { code } = await sandbox.inbox.next({ to: ada.username })
  await confirmSignUp({ username: ada.username, confirmationCode: code! }, ctx)
  await signIn(ada, ctx)
  whole = new Map([...phone.kept].filter(([key]) => KEYS.some((end) => key.endsWith(`.${end}`))))
})
afterAll(() => sandbox.stop())

function start(): AmplifyContext {
  return createAmplifyContext(sandbox.outputs, { platform: createNativePlatform(phone) })
}

/** The app starts with a store that has lost these. */
function startWithout(lost: string[]): AmplifyContext {
  phone.kept.clear()
  for (const [key, value] of whole)
    if (!lost.some((end) => key.endsWith(`.${end}`))) phone.kept.set(key, value)
  return start()
}

const subsets = Array.from({ length: 2 ** KEYS.length }, (_, bits) =>
  KEYS.filter((_, index) => bits & (1 << index)),
)

test('whatever a store has lost, the session is whole or nobody is there, and a sign-in works', async () => {
  expect(whole.size).toBe(KEYS.length)
  for (const lost of subsets) {
    const has = (key: string) => !lost.includes(key)
    const isThere = has('LastAuthUser') && (has('accessToken') || has('refreshToken'))
    const ctx = startWithout(lost)
    const [user, session] = await Promise.all([
      getCurrentUser(ctx).then(
        ({ userId }) => userId,
        (error: Error) => error.name,
      ),
      fetchAuthSession({}, ctx).catch((error: Error) => error),
    ])
    const about = `without ${lost.join(', ')}`
    if (isThere && !has('idToken') && !has('refreshToken')) {
      // Nothing is left to renew it with: the user is there, and what needs the id token says so.
      expect(session, about).toMatchObject({ name: 'AuthTokenConfigException' })
      expect(user, about).not.toBe('UserUnAuthenticatedException')
    } else {
      const { tokens, credentials } = session as Awaited<ReturnType<typeof fetchAuthSession>>
      expect(user, about).toBe(isThere ? tokens?.accessToken.payload.sub : 'UserUnAuthenticatedException')
      expect([!!tokens, !!tokens?.idToken], about).toEqual([isThere, isThere])
      expect(!!credentials?.sessionToken, about).toBe(true)
    }

    if (isThere) await signOut(undefined, ctx)
    expect((await signIn({ ...ada, options: { authFlowType: 'USER_PASSWORD_AUTH' } }, ctx)).isSignedIn).toBe(
      true,
    )
    // A sign-out revokes what was kept: the next round begins with new tokens.
    whole = new Map([...phone.kept].filter(([key]) => KEYS.some((end) => key.endsWith(`.${end}`))))
  }
})

test('a session is mended once, however many ask for it, and outlives a service that is down', async () => {
  const ctx = startWithout(['accessToken', 'idToken'])
  sandbox.failNext({ service: 'cognito-idp', status: 503, times: 3 })
  await expect(fetchAuthSession({}, ctx)).rejects.toThrow()

  let refreshes = 0
  ctx.events.listen('auth', ({ payload }) => {
    if (payload.event === 'tokenRefresh') refreshes++
  })
  const sessions = await Promise.all(Array.from({ length: 10 }, () => fetchAuthSession({}, ctx)))
  expect(new Set(sessions.map(({ tokens }) => `${tokens?.idToken}`)).size).toBe(1)
  expect(sessions[0]!.tokens?.idToken?.payload.email).toBe(ada.username)
  expect(refreshes).toBe(1)
})

test('what is mended during a sign-out stays signed out', async () => {
  const ctx = startWithout(['accessToken'])
  await Promise.all([fetchAuthSession({}, ctx).catch(() => undefined), signOut(undefined, ctx)])
  expect((await fetchAuthSession({}, ctx)).tokens).toBeUndefined()
  await expect(getCurrentUser(start())).rejects.toMatchObject({ name: 'UserUnAuthenticatedException' })
})

test.each(['.accessToken', '.idToken'])('a spoilt %s is as good as lost', async (end) => {
  const ctx = startWithout([])
  await signIn({ ...ada, options: { authFlowType: 'USER_PASSWORD_AUTH' } }, ctx)
  for (const key of phone.kept.keys()) if (key.endsWith(end)) phone.kept.set(key, 'eyJhb')
  const { tokens } = await fetchAuthSession({}, start())
  expect([tokens?.accessToken.payload.sub, tokens?.idToken?.payload.sub]).toEqual([
    expect.any(String),
    expect.any(String),
  ])
})
