// A thousand live queries in random weather: rows come, change, stop matching and go, sockets drop, reads fail. In the end each shows
// what a fresh list does.

import { createAmplifyContext } from '@backline/core'
import { startSandbox } from '@backline/sandbox'
import { a, type ClientSchema } from '@backline/schema'
import { defineBackend, defineData } from '@backline/schema/backend'
import fc from 'fast-check'
import { afterAll, beforeAll, test } from 'vitest'
import { generateClient } from './client.js'

const schema = a
  .schema({
    Item: a
      .model({ lane: a.string().required(), name: a.string().required(), on: a.boolean(), rank: a.integer() })
      .identifier(['lane', 'name']),
  })
  .authorization((allow) => [allow.publicApiKey()])
type Schema = ClientSchema<typeof schema>
type Item = Schema['Item']['type']

let sandbox: Awaited<ReturnType<typeof startSandbox>>
let watcher: ReturnType<typeof connect>
let writer: ReturnType<typeof connect>
beforeAll(async () => {
  const data = defineData({ schema, authorizationModes: { defaultAuthorizationMode: 'apiKey' } })
  sandbox = await startSandbox({ backend: defineBackend({ data }) })
  watcher = connect()
  writer = connect()
})
afterAll(() => sandbox.stop())

function connect() {
  const platform = {
    // Ids differ; dice always show the shortest wait.
    randomBytes: (length: number) =>
      length === 1 ? new Uint8Array(1) : crypto.getRandomValues(new Uint8Array(length)),
  }
  const config = sandbox.outputs as Parameters<typeof createAmplifyContext>[0]
  return generateClient<Schema>({}, createAmplifyContext(config, { platform })).models.Item
}

const lanesAtOnce = 10
const name = fc.constantFrom('a', 'b', 'c')
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('create' as const), name, on: fc.boolean(), rank: fc.nat(3) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('update' as const), name, on: fc.boolean(), rank: fc.nat(3) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('delete' as const), name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('drop' as const), refuse: fc.nat(1) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('fail' as const), times: fc.integer({ min: 1, max: 2 }) }),
  },
)
/** What is there before, what happens, and whether the query is one partition in order or a filtered list. */
const script = fc.record({
  before: fc.subarray(['a', 'b', 'c']),
  steps: fc.array(step, { minLength: 2, maxLength: 8 }),
  sorted: fc.boolean(),
})

type Script = typeof script extends fc.Arbitrary<infer Value> ? Value : never

let lanes = 0

/** Plays one script in a lane of its own, and resolves when the live query shows what a list gives. */
async function play({ before, steps, sorted }: Script): Promise<void> {
  const lane = `lane ${lanes++}`
  for (const name of before) await writer.create({ lane, name, on: true, rank: 0 })
  const query = (
    sorted ? { lane, sortDirection: 'DESC' } : { filter: { lane: { eq: lane }, on: { eq: true } } }
  ) as object

  let items: Item[] | undefined
  let changed = () => {}
  let stop = () => {}
  function observe() {
    const subscription = watcher.observeQuery(query).subscribe({
      next(snapshot) {
        items = snapshot.isSynced ? snapshot.items : undefined
        changed()
      },
      // Before the first read was done; an app would begin again, too.
      error: () => observe(),
    })
    stop = () => subscription.unsubscribe()
  }
  observe()

  for (const step of steps) {
    if (step.do === 'drop') sandbox.dropSockets(step.refuse)
    else if (step.do === 'fail') sandbox.failNext({ service: 'appsync', status: 503, times: step.times })
    else if (step.do === 'delete') await writer.delete({ lane, name: step.name })
    else {
      const { do: operation, ...values } = step
      await writer[operation]({ lane, ...values })
    }
  }

  const all = { ...query, limit: 100 }
  let listed = await writer.list(all)
  while (listed.errors) listed = await writer.list(all)
  const shown = (rows: Item[]) => {
    const plain = rows.map(({ name, on, rank }) => `${name} ${on} ${rank}`)
    return JSON.stringify(sorted ? plain : plain.sort())
  }
  const wanted = shown(listed.data)
  await new Promise<void>((resolve) => {
    changed = () => items && shown(items) === wanted && resolve()
    changed()
  })
  stop()
}

test('whatever happens, a live query ends up with what a list gives', { timeout: 180_000 }, async () => {
  const scripts = fc.array(script, { minLength: lanesAtOnce, maxLength: lanesAtOnce })
  await fc.assert(
    fc.asyncProperty(scripts, async (all) => {
      const late = new Promise<never>((_, reject) =>
        setTimeout(() => reject(new Error('A live query never showed what a list gives.')), 20_000).unref(),
      )
      await Promise.race([Promise.all(all.map(play)), late])
    }),
    { numRuns: 1_000 / lanesAtOnce, endOnFailure: true },
  )
})
