import { expect, test } from 'vitest'
import { arrive, useSandbox } from './sandbox.fixture.js'
import { fetchAuthSession, fetchUserAttributes, getCurrentUser } from './server.js'

const state = useSandbox()

test('two requests see their own users, each by its context', async () => {
  const users = ['ada@example.com', 'bob@example.com']
  const contexts = await Promise.all(users.map((email) => arrive(state.sandbox, email)))
  const seen = await Promise.all(contexts.map((ctx) => fetchUserAttributes(ctx)))
  expect(seen.map(({ email }) => email)).toEqual(users)
  const [ada] = contexts
  const { userId } = await getCurrentUser(ada!)
  expect((await fetchAuthSession(ada!, { forceRefresh: true })).userSub).toBe(userId)
})

test('a forgotten context is named, instead of one that all requests would share', async () => {
  for (const call of [fetchAuthSession, fetchUserAttributes, getCurrentUser]) {
    await expect(call(undefined as never)).rejects.toMatchObject({ name: 'InvalidServerContext' })
  }
})
