// Many subscriptions on the local backend: more than a connection holds, and so many after each other that what is left behind would show.

import { createAmplifyContext } from '@backline/core'
import { startSandbox } from '@backline/sandbox'
import { a, type ClientSchema } from '@backline/schema'
import { defineBackend, defineData } from '@backline/schema/backend'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { generateClient } from './client.js'

const schema = a
  .schema({ Note: a.model({ text: a.string() }) })
  .authorization((allow) => [allow.publicApiKey()])
type Schema = ClientSchema<typeof schema>

let sandbox: Awaited<ReturnType<typeof startSandbox>>
beforeAll(async () => {
  const data = defineData({ schema, authorizationModes: { defaultAuthorizationMode: 'apiKey' } })
  sandbox = await startSandbox({ backend: defineBackend({ data }) })
})
afterAll(() => sandbox.stop())

function connect() {
  const sockets: WebSocket[] = []
  const acknowledged = { count: 0, reach: (_: number) => Promise.resolve() }
  const config = sandbox.outputs as Parameters<typeof createAmplifyContext>[0]
  const platform = {
    openSocket(url: string, protocols: string[]) {
      sockets.push(new WebSocket(url, protocols))
      return sockets.at(-1)!
    },
  }
  const ctx = createAmplifyContext(config, { platform })
  let check = () => {}
  ctx.events.listen('api', ({ payload }) => {
    if (payload.event === 'Subscription ack') acknowledged.count++
    check()
  })
  acknowledged.reach = (wanted) =>
    new Promise((resolve) => {
      check = () => acknowledged.count >= wanted && resolve()
      check()
    })
  return { ctx, sockets, acknowledged, Note: generateClient<Schema>({}, ctx).models.Note }
}

test('the two hundred and first subscription opens a second socket, and all hear', async () => {
  const { Note, sockets, acknowledged } = connect()
  let heard = 0
  let all = () => {}
  const everybody = new Promise<void>((resolve) => {
    all = resolve
  })
  const subscriptions = Array.from({ length: 205 }, () =>
    Note.onCreate().subscribe(() => ++heard === 205 && all()),
  )
  await acknowledged.reach(205)
  expect(sockets).toHaveLength(2)
  await Note.create({ text: 'hello' })
  await everybody
  for (const subscription of subscriptions) subscription.unsubscribe()
})

test('a thousand subscriptions after each other share a socket and leave nothing behind', async () => {
  const { ctx, Note, sockets, acknowledged } = connect()
  const kept = Note.onUpdate().subscribe()
  await acknowledged.reach(1)
  for (let round = 0; round < 1_000; round++) {
    const subscription = Note.onCreate().subscribe()
    // Every tenth lives long enough to be acknowledged.
    if (round % 10 === 0) await acknowledged.reach(acknowledged.count + 1)
    subscription.unsubscribe()
  }
  expect(sockets).toHaveLength(1)
  kept.unsubscribe()
  await expect
    .poll(() => (ctx.state.get('data.realtime') as Map<string, unknown>).size, { timeout: 5_000 })
    .toBe(0)
  await expect.poll(() => sockets[0]!.readyState, { timeout: 5_000 }).toBe(WebSocket.CLOSED)
})
