import { Amplify } from '@backline/core'
import { createMemoryStore } from '@backline/core/internal'
import { expect, test } from 'vitest'
import {
  cognitoCredentialsProvider,
  cognitoUserPoolsTokenProvider,
  fetchAuthSession,
  getCurrentUser,
  signIn,
  signOut,
} from './index.js'
import { password, register, useSandbox } from './sandbox.fixture.js'

const state = useSandbox()

test('the session of the default context is kept where the app says', async () => {
  const username = 'ada@example.com'
  await register(state.sandbox, username)
  const keys = new Set<string>()
  const memory = createMemoryStore()
  // As v6 apps do who want both named: ours, given to ourselves.
  Amplify.configure(state.sandbox.outputs, {
    Auth: { tokenProvider: cognitoUserPoolsTokenProvider, credentialsProvider: cognitoCredentialsProvider },
  })
  cognitoUserPoolsTokenProvider.setKeyValueStorage({
    ...memory,
    setItem: (key, value) => memory.setItem(key, value).then(() => void keys.add(key)),
    removeItem: (key) => memory.removeItem(key).then(() => void keys.delete(key)),
  })

  expect(await cognitoUserPoolsTokenProvider.getTokens()).toBeNull()
  await signIn({ username, password })
  expect([...keys].some((key) => key.endsWith('.LastAuthUser'))).toBe(true)
  expect((await cognitoUserPoolsTokenProvider.getTokens())?.idToken?.payload.email).toBe(username)
  expect((await fetchAuthSession()).userSub).toBe((await getCurrentUser()).userId)

  await signOut()
  expect([...keys]).toEqual([])
})
