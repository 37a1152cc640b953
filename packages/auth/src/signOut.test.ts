import { createMemoryStore } from '@backline/core/internal'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fetchAuthSession, fetchUserAttributes, getCurrentUser, signIn, signOut } from './index.js'
import { arrive, contextOn, password, useSandbox } from './sandbox.fixture.js'
import { Refusal, type ScriptedPool, scriptedPool, tokensOf } from './scriptedPool.fixture.js'

const state = useSandbox()
const nobody = { name: 'UserUnAuthenticatedException' }

test('after await nobody is signed in, and an app heard so when it was true', async () => {
  const ctx = await arrive(state.sandbox, 'ada@example.com')
  const heard: unknown[] = []
  ctx.events.listen('auth', ({ payload }) => {
    heard.push(payload)
    heard.push(getCurrentUser(ctx).catch(({ name }) => name))
  })
  await signOut({}, ctx)
  expect(heard[0]).toEqual({ event: 'signedOut' })
  expect(await heard[1]).toBe(nobody.name)
  await expect(getCurrentUser(ctx)).rejects.toMatchObject(nobody)
  await expect(fetchUserAttributes(ctx)).rejects.toMatchObject(nobody)
  expect((await fetchAuthSession({}, ctx)).tokens).toBeUndefined()
})

test('a store that takes its time is clear when await goes on', async () => {
  const memory = createMemoryStore()
  const slowly = () => new Promise((resolve) => setTimeout(resolve, 20))
  const store = {
    ...memory,
    setItem: (key: string, value: string) => slowly().then(() => memory.setItem(key, value)),
    getItem: (key: string) => slowly().then(() => memory.getItem(key)),
    removeItem: (key: string) => slowly().then(() => memory.removeItem(key)),
  }
  const ctx = await arrive(state.sandbox, 'slow@example.com', { store })
  await signOut({}, ctx)
  await expect(getCurrentUser(ctx)).rejects.toMatchObject(nobody)
})

test('the refresh token is worthless afterwards', async () => {
  const store = createMemoryStore()
  const ctx = await arrive(state.sandbox, 'revoked@example.com', { store })
  const kept = new Map<string, string>()
  const { setItem } = store
  const { user_pool_client_id: client } = state.sandbox.outputs.auth as { user_pool_client_id: string }
  const last = `CognitoIdentityServiceProvider.${client}.LastAuthUser`
  const user = (await store.getItem(last))!
  kept.set(last, user)
  for (const key of ['accessToken', 'idToken', 'refreshToken']) {
    const name = `CognitoIdentityServiceProvider.${client}.${user}.${key}`
    kept.set(name, (await store.getItem(name))!)
  }
  await signOut({}, ctx)

  for (const [key, value] of kept) await setItem(key, value)
  const thief = contextOn(state.sandbox, { store })
  expect((await getCurrentUser(thief)).userId).toBe(user)
  expect((await fetchAuthSession({ forceRefresh: true }, thief)).tokens).toBeUndefined()
  await expect(getCurrentUser(thief)).rejects.toMatchObject(nobody)
})

test('global ends the sessions of other devices', async () => {
  const phone = await arrive(state.sandbox, 'two@example.com')
  const laptop = contextOn(state.sandbox)
  await signIn({ username: 'two@example.com', password }, laptop)
  await signOut({ global: true }, phone)
  await expect(fetchUserAttributes(laptop)).rejects.toMatchObject({ name: 'NotAuthorizedException' })
  expect((await fetchAuthSession({ forceRefresh: true }, laptop)).tokens).toBeUndefined()
})

test('without a network the user is signed out all the same', async () => {
  let online = true
  const fetch = (...input: Parameters<typeof globalThis.fetch>) =>
    online ? globalThis.fetch(...input) : Promise.reject(new TypeError('fetch failed'))
  const ctx = await arrive(state.sandbox, 'tunnel@example.com', { platform: { fetch } })
  online = false
  await signOut({}, ctx)
  await expect(getCurrentUser(ctx)).rejects.toMatchObject(nobody)
})

test('global without a network signs out here, and says that it was only here', async () => {
  let online = true
  const fetch = (...input: Parameters<typeof globalThis.fetch>) =>
    online ? globalThis.fetch(...input) : Promise.reject(new TypeError('fetch failed'))
  const ctx = await arrive(state.sandbox, 'tunnel2@example.com', { platform: { fetch } })
  online = false
  await expect(signOut({ global: true }, ctx)).rejects.toMatchObject({ name: 'NetworkError' })
  await expect(getCurrentUser(ctx)).rejects.toMatchObject(nobody)
})

test('nobody signed in: signing out is no error', async () => {
  await signOut({}, contextOn(state.sandbox))
  await signOut({ global: true }, contextOn(state.sandbox))
})

test('two contexts of one program do not see each other', async () => {
  const here = await arrive(state.sandbox, 'here@example.com')
  const there = await arrive(state.sandbox, 'there@example.com')
  const heard: string[] = []
  there.events.listen('auth', ({ payload }) => void heard.push(payload.event))
  await signOut({}, here)
  expect((await getCurrentUser(there)).signInDetails?.loginId).toBe('there@example.com')
  expect(heard).toEqual([])
})

describe('on a pool that answers as told', () => {
  let pool: ScriptedPool
  beforeEach(async () => {
    pool = await scriptedPool({
      InitiateAuth: ({ AuthParameters }) => ({ AuthenticationResult: tokensOf(AuthParameters.USERNAME) }),
      RevokeToken: () => ({}),
      GlobalSignOut: () => ({}),
    })
  })
  afterEach(() => pool.close())
  const enter = (username: string, ctx = pool.context()) =>
    signIn({ username, password, options: { authFlowType: 'USER_PASSWORD_AUTH' } }, ctx).then(() => ctx)

  test('a refresh that was under way does not sign the user in again', async () => {
    const ctx = await enter('bob')
    let answer = () => {}
    const answered = new Promise<void>((resolve) => {
      answer = resolve
    })
    let asked = () => {}
    const refreshing = new Promise<void>((resolve) => {
      asked = resolve
    })
    pool.script.GetTokensFromRefreshToken = async () => {
      asked()
      await answered
      return { AuthenticationResult: tokensOf('bob', { jti: 'late' }) }
    }
    const late = fetchAuthSession({ forceRefresh: true }, ctx)
    await refreshing
    await signOut({}, ctx)
    answer()
    expect((await late).tokens).toBeUndefined()
    await expect(getCurrentUser(ctx)).rejects.toMatchObject(nobody)
  })

  test.each(['ada lovelace@example.com', '100%@example.com', 'Ünïcödé 😀', 'a.b+c=d;e/f', 'o\'neil"x'])(
    'the user %s comes and goes, and leaves nothing behind',
    async (username) => {
      const memory = createMemoryStore()
      const keys = new Set<string>()
      const store = {
        ...memory,
        setItem: (key: string, value: string) => memory.setItem(key, value).then(() => void keys.add(key)),
        removeItem: (key: string) => memory.removeItem(key).then(() => void keys.delete(key)),
      }
      const ctx = await enter(username, pool.context({ store }))
      expect((await getCurrentUser(ctx)).username).toBe(username)
      expect([...keys].filter((key) => key.endsWith('.accessToken')).length).toBe(1)
      await signOut({}, ctx)
      expect([...keys]).toEqual([])
    },
  )

  test('tokens that cannot be revoked are not tried', async () => {
    pool.script.InitiateAuth = () => ({ AuthenticationResult: tokensOf('bob', { origin_jti: undefined }) })
    await signOut({}, await enter('bob'))
    expect(pool.operations()).toEqual(['InitiateAuth'])
  })

  test('global with an expired access token renews it first', async () => {
    const old = Math.floor(Date.now() / 1000) - 7200
    pool.script.InitiateAuth = () => ({
      AuthenticationResult: tokensOf('bob', { iat: old, exp: old + 3600 }),
    })
    pool.script.GetTokensFromRefreshToken = () => ({ AuthenticationResult: tokensOf('bob', { jti: 'new' }) })
    await signOut({ global: true }, await enter('bob'))
    expect(pool.operations()).toEqual(['InitiateAuth', 'GetTokensFromRefreshToken', 'GlobalSignOut'])
  })

  test('global for a user who is gone is no error', async () => {
    pool.script.GlobalSignOut = () => {
      throw new Refusal('NotAuthorizedException', 'Access Token has been revoked')
    }
    await signOut({ global: true }, await enter('bob'))
  })
})
