import { createMemoryStore, type KeyValueStorageInterface } from '@backline/core/internal'
import { expect, test, vi } from 'vitest'
import { fetchAuthSession, onAuthChange, signIn, signOut } from './index.js'
import { contextOn, password, register, useSandbox } from './sandbox.fixture.js'

const state = useSandbox()

/** What the tabs of a browser share: a change by one is told to the others. */
function sharedStore() {
  const store = createMemoryStore()
  type Listener = Parameters<NonNullable<KeyValueStorageInterface['addListener']>>[0]
  const listeners = new Set<[tab: object, listener: Listener]>()
  return (): KeyValueStorageInterface => {
    const tab = {}
    const change = async (key: string, newValue: string | null) => {
      const oldValue = await store.getItem(key)
      await (newValue === null ? store.removeItem(key) : store.setItem(key, newValue))
      for (const [other, listener] of listeners) {
        if (other !== tab) void listener({ key, oldValue, newValue })
      }
    }
    return {
      ...store,
      setItem: change,
      removeItem: (key) => change(key, null),
      addListener(listener) {
        const entry: [object, Listener] = [tab, listener]
        listeners.add(entry)
        return () => void listeners.delete(entry)
      },
    }
  }
}

test('every tab hears who is here, at the beginning and whenever that changes, and once', async () => {
  const username = 'ada@example.com'
  await register(state.sandbox, username)
  const store = sharedStore()
  const here = contextOn(state.sandbox, { store: store() })
  const there = contextOn(state.sandbox, { store: store() })
  const heard = { here: [] as unknown[], there: [] as unknown[] }
  const stopHere = onAuthChange((user) => heard.here.push(user?.signInDetails?.loginId ?? null), here)
  onAuthChange((user) => heard.there.push(user?.signInDetails?.loginId ?? null), there)
  await expect.poll(() => heard).toEqual({ here: [null], there: [null] })

  await signIn({ username, password }, here)
  await expect.poll(() => heard).toEqual({ here: [null, username], there: [null, username] })
  await fetchAuthSession({ forceRefresh: true }, here)
  stopHere()
  await signOut({}, there)
  await expect.poll(() => heard).toEqual({ here: [null, username], there: [null, username, null] })
})

test('a callback that throws hurts nobody', async () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {})
  const ctx = contextOn(state.sandbox)
  onAuthChange(() => {
    throw new Error('mine')
  }, ctx)
  const heard: unknown[] = []
  onAuthChange((user) => heard.push(user), ctx)
  await expect.poll(() => heard).toEqual([null])
  expect(error).toHaveBeenCalledOnce()
  error.mockRestore()
})
