// The app on the phone: what Metro bundles. It does what the test tells it to.
import { Amplify, createAmplifyContext } from 'backline'
import { getCurrentUser, signIn } from 'backline/auth'
import { generateClient } from 'backline/data'
import { Hub } from 'backline/utils'
import { first, ok } from '../../journeys/asserts.js'
import type { Schema } from '../../journeys/backend.js'
import { journeys } from '../../journeys/index.js'
import { createStage } from '../../journeys/stage.js'
import { phoneSteps } from './phoneSteps.js'

const client = generateClient<Schema>()
const list: { now: string[]; isSynced: boolean; listeners: Set<() => void>; refreshes: number } = {
  now: [],
  isSynced: false,
  listeners: new Set(),
  refreshes: 0,
}
const clock = { ahead: 0 }

const steps: Record<string, (...args: never[]) => Promise<unknown>> = {
  ...phoneSteps,

  async play(url: string, name: string) {
    Amplify.configure({})
    await journeys.find((each) => each.name === name)!.play(await createStage(url, 'phone'))
  },

  /** Somebody signs in and looks at a list. */
  async openList(url: string) {
    const { outputs, arrive } = await createStage(url, 'phone')
    Amplify.configure(outputs, { platform: { now: () => Date.now() + clock.ahead } })
    await arrive('ada')
    Hub.listen('auth', ({ payload }) => {
      if (payload.event === 'tokenRefresh') list.refreshes++
    })
    await client.models.Todo.create({ content: 'written before' })
    client.models.Todo.observeQuery().subscribe(({ items, isSynced }) => {
      list.now = items.map(({ content }) => content).sort()
      list.isSynced = isSynced
      for (const listener of list.listeners) listener()
    })
    await first(shown, 'the list', ({ isSynced }) => isSynced)
  },

  /** The device's clock goes on while nothing runs. */
  async sleep(milliseconds: number) {
    clock.ahead += milliseconds
  },

  async listShows(contents: string[]) {
    await first(shown, contents.join(), ({ now }) => String(now) === String(contents))
    const { data, errors } = await client.models.Todo.create({ content: 'written after' })
    ok(data && !errors, 'a row can be written')
    await first(shown, 'what was written after', ({ now }) => now.includes('written after'))
    return list.refreshes
  },

  /** Milliseconds of script that a sign-in by SRP takes: all but what it waits for the network. */
  async signInTime(outputs: object, person: { username: string; password: string }) {
    let waited = 0
    const timed: typeof fetch = async (input, init) => {
      const began = Date.now()
      try {
        return await fetch(input, init)
      } finally {
        waited += Date.now() - began
      }
    }
    const ctx = createAmplifyContext(outputs, { platform: { fetch: timed } })
    const began = Date.now()
    await signIn(person, ctx)
    return Date.now() - began - waited
  },

  async whoIsThere(url: string) {
    Amplify.configure(await (await fetch(`${url}/_backline/outputs`)).json())
    return (await getCurrentUser()).signInDetails?.loginId
  },
}

const shown = {
  subscribe(observer: ((value: typeof list) => void) | { next(value: typeof list): void }) {
    const next = typeof observer === 'function' ? observer : (value: typeof list) => observer.next(value)
    const listener = () => next(list)
    list.listeners.add(listener)
    listener()
    return { unsubscribe: () => void list.listeners.delete(listener) }
  },
}

Object.assign(globalThis, {
  __call: async (name: string, args: never[]) => steps[name]!(...args),
})
