// Every operator on every kind of field, on the local backend: what a list finds, what a subscription hears, and what a live query takes
// for matching are the same.

import { createAmplifyContext } from '@backline/core'
import { startSandbox } from '@backline/sandbox'
import { a, type ClientSchema } from '@backline/schema'
import { defineBackend, defineData } from '@backline/schema/backend'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { generateClient } from './client.js'
import { type Filter, matches } from './match.js'

const schema = a
  .schema({
    Thing: a.model({
      id: a.id().required(),
      name: a.string(),
      count: a.integer(),
      price: a.float(),
      ripe: a.boolean(),
      kind: a.enum(['FRUIT', 'NUT']),
      born: a.date(),
      at: a.datetime(),
      wakes: a.time(),
      seen: a.timestamp(),
      mail: a.email(),
      site: a.url(),
      tags: a.string().array(),
      fruit: a.string(),
    }),
    Word: a.model({ book: a.id().required(), word: a.string().required() }).identifier(['book', 'word']),
  })
  .authorization((allow) => [allow.publicApiKey()])
type Schema = ClientSchema<typeof schema>

const things = [
  {
    ...{ id: 'a', name: 'apple', count: 1, price: 0.5, ripe: true, kind: 'FRUIT' as const },
    ...{ born: '2024-01-01', at: '2024-01-01T08:00:00.000Z', wakes: '08:00:00', seen: 100 },
    ...{ mail: 'a@x.org', site: 'https://x.org/a', tags: ['red', 'sweet'], fruit: '🍎' },
  },
  {
    ...{ id: 'b', name: 'brazil nut', count: 5, price: 2.25, ripe: false, kind: 'NUT' as const },
    ...{ born: '2024-06-01', at: '2024-06-01T08:00:00.000Z', wakes: '20:30:00', seen: 200 },
    ...{ mail: 'b@x.org', site: 'https://y.org/b', tags: ['brown'], fruit: 'ﬁg' },
  },
  { id: 'c', name: 'cherry' },
]

/** Who passes. */
const vectors: [filter: Filter, ids: string][] = [
  [{ id: { eq: 'a' } }, 'a'],
  [{ id: { beginsWith: 'b' } }, 'b'],
  [{ id: { ne: 'a' } }, 'bc'],
  [{ name: { eq: 'cherry' } }, 'c'],
  [{ name: { ne: 'apple' } }, 'bc'],
  [{ name: { lt: 'b' } }, 'a'],
  [{ name: { le: 'apple' } }, 'a'],
  [{ name: { gt: 'brazil nut' } }, 'c'],
  [{ name: { ge: 'brazil nut' } }, 'bc'],
  [{ name: { between: ['b', 'd'] } }, 'bc'],
  [{ name: { beginsWith: 'br' } }, 'b'],
  [{ name: { contains: 'rr' } }, 'c'],
  [{ name: { notContains: 'p' } }, 'bc'],
  [{ name: { attributeType: 'string' } }, 'abc'],
  [{ name: { size: { gt: 6 } } }, 'b'],
  [{ name: { size: { between: [5, 6] } } }, 'ac'],
  [{ count: { eq: 5 } }, 'b'],
  [{ count: { ne: 5 } }, 'ac'],
  [{ count: { lt: 5 } }, 'a'],
  [{ count: { le: 5 } }, 'ab'],
  [{ count: { gt: 1 } }, 'b'],
  [{ count: { ge: 1 } }, 'ab'],
  [{ count: { between: [2, 9] } }, 'b'],
  [{ count: { attributeExists: false } }, 'c'],
  [{ count: { attributeExists: true } }, 'ab'],
  [{ count: { attributeType: 'number' } }, 'ab'],
  [{ price: { eq: 2.25 } }, 'b'],
  [{ price: { lt: 1 } }, 'a'],
  [{ price: { between: [0.25, 0.75] } }, 'a'],
  [{ ripe: { eq: true } }, 'a'],
  [{ ripe: { ne: true } }, 'bc'],
  [{ ripe: { attributeExists: true } }, 'ab'],
  [{ kind: { eq: 'NUT' } }, 'b'],
  [{ kind: { ne: 'NUT' } }, 'ac'],
  [{ born: { ge: '2024-02-01' } }, 'b'],
  [{ born: { beginsWith: '2024' } }, 'ab'],
  [{ at: { between: ['2024-01-01T00:00:00.000Z', '2024-02-01T00:00:00.000Z'] } }, 'a'],
  [{ wakes: { gt: '12:00:00' } }, 'b'],
  [{ seen: { le: 100 } }, 'a'],
  [{ seen: { between: [150, 250] } }, 'b'],
  [{ mail: { contains: 'x.org' } }, 'ab'],
  [{ site: { beginsWith: 'https://y' } }, 'b'],
  [{ tags: { contains: 'red' } }, 'a'],
  [{ tags: { notContains: 'red' } }, 'bc'],
  // By their bytes the apple comes last, by what JavaScript compares the ligature does.
  [{ fruit: { gt: 'ﬁg' } }, 'a'],
  [{ fruit: { lt: '🍎' } }, 'b'],
  [{ fruit: { between: ['🍋', '🍏'] } }, 'a'],
  [{ fruit: { size: { eq: 4 } } }, 'ab'],
  [{ and: [{ count: { ge: 1 } }, { ripe: { eq: false } }] }, 'b'],
  [{ or: [{ id: { eq: 'a' } }, { name: { beginsWith: 'ch' } }] }, 'ac'],
  [{ not: { kind: { eq: 'NUT' } } }, 'ac'],
  [{ not: { or: [{ id: { eq: 'a' } }, { not: { count: { attributeExists: true } } }] } }, 'b'],
  [{ name: { contains: 'e' }, or: [{ count: { gt: 3 } }, { price: { attributeExists: false } }] }, 'c'],
]

let sandbox: Awaited<ReturnType<typeof startSandbox>>
beforeAll(async () => {
  const data = defineData({ schema, authorizationModes: { defaultAuthorizationMode: 'apiKey' } })
  sandbox = await startSandbox({ backend: defineBackend({ data }) })
})
afterAll(() => sandbox.stop())

test('lists, subscriptions and live queries take a filter to mean the same', async () => {
  const ctx = createAmplifyContext(sandbox.outputs as Parameters<typeof createAmplifyContext>[0])
  const { Thing } = generateClient<Schema>({}, ctx).models
  let acknowledged = 0
  const all = new Promise<void>((resolve) =>
    ctx.events.listen('api', ({ payload }) => {
      if (payload.event === 'Subscription ack' && ++acknowledged === vectors.length + 1) resolve()
    }),
  )
  const heard = new Map<string, string>()
  const hear = (name: string, filter: Filter) => {
    heard.set(name, '')
    return Thing.onCreate({ filter: filter as never }).subscribe(({ id }) =>
      heard.set(name, heard.get(name) + id),
    )
  }
  const subscriptions = vectors.map(([filter]) => hear(JSON.stringify(filter), filter))
  subscriptions.push(hear('everything', {}))
  await all
  for (const thing of things) await Thing.create(thing).orThrow()
  const live: Record<string, string> = {}
  const found: Record<string, string> = {}
  for (const [filter] of vectors) {
    const { data } = await Thing.list({ filter: filter as never, limit: 100 }).orThrow()
    found[JSON.stringify(filter)] = data
      .map(({ id }) => id)
      .sort()
      .join('')
    live[JSON.stringify(filter)] = things
      .filter((thing) => matches(thing, filter))
      .map(({ id }) => id)
      .join('')
  }
  const wanted = Object.fromEntries(vectors.map(([filter, ids]) => [JSON.stringify(filter), ids]))
  expect(found).toEqual(wanted)
  expect(live).toEqual(wanted)
  await expect.poll(() => Object.fromEntries(heard)).toEqual({ ...wanted, everything: 'abc' })
  for (const subscription of subscriptions) subscription.unsubscribe()
})

test('a live list has text in the order of the service', async () => {
  const ctx = createAmplifyContext(sandbox.outputs as Parameters<typeof createAmplifyContext>[0])
  const { Word } = generateClient<Schema>({}, ctx).models
  const words = ['🍎', 'z', 'ﬁg', '🍎s', '', '🍏', 'é'].map((word) => `_${word}`)
  for (const sortDirection of ['ASC', 'DESC'] as const) {
    const book = sortDirection
    let shown: string[] | undefined
    const live = Word.observeQuery({ book, sortDirection }).subscribe(({ items, isSynced }) => {
      if (isSynced) shown = items.map(({ word }) => word)
    })
    await expect.poll(() => shown).toEqual([])
    for (const word of words) await Word.create({ book, word }).orThrow()
    const { data } = await Word.list({ book, sortDirection }).orThrow()
    await expect.poll(() => shown).toEqual(data.map(({ word }) => word))
    live.unsubscribe()
  }
})

test('a filter of a subscription may be larger than the service takes', async () => {
  const ctx = createAmplifyContext(sandbox.outputs as Parameters<typeof createAmplifyContext>[0])
  const { Word } = generateClient<Schema>({}, ctx).models
  const words = [...'abcdefghijkl']
  const all = [
    { word: { in: words.slice(0, 11) } },
    { or: words.slice(0, 11).map((word) => ({ word: { eq: word } })) },
  ]
  const heard = all.map((): string[] => [])
  let acknowledged = 0
  const joined = new Promise<void>((resolve) =>
    ctx.events.listen('api', ({ payload }) => {
      if (payload.event === 'Subscription ack' && ++acknowledged === all.length) resolve()
    }),
  )
  const subscriptions = all.map((filter, at) =>
    Word.onCreate({ filter }).subscribe(({ word }) => heard[at]!.push(word)),
  )
  await joined
  for (const word of ['l', 'a', 'k']) await Word.create({ book: 'large', word }).orThrow()
  await expect
    .poll(() => heard)
    .toEqual([
      ['a', 'k'],
      ['a', 'k'],
    ])
  for (const subscription of subscriptions) subscription.unsubscribe()
})
