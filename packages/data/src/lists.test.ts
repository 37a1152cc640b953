// Lists on the local backend: as many rows as are asked for, one after the other, and lists inside rows.

import { createAmplifyContext } from '@backline/core'
import { startSandbox } from '@backline/sandbox'
import { a, type ClientSchema } from '@backline/schema'
import { defineBackend, defineData } from '@backline/schema/backend'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { batch } from './batch.js'
import { generateClient } from './client.js'
import { nextTokenOf } from './nextToken.js'

const schema = a
  .schema({
    Box: a.model({ name: a.string(), things: a.hasMany('Thing', 'boxId') }),
    Thing: a
      .model({
        rank: a.integer().required(),
        label: a.string(),
        boxId: a.id(),
        box: a.belongsTo('Box', 'boxId'),
        parts: a.hasMany('Part', 'thingId'),
      })
      .secondaryIndexes((index) => [index('boxId').sortKeys(['rank']).queryField('ranked')]),
    Part: a.model({ size: a.integer(), thingId: a.id(), thing: a.belongsTo('Thing', 'thingId') }),
  })
  .authorization((allow) => [allow.publicApiKey()])
type Schema = ClientSchema<typeof schema>

let sandbox: Awaited<ReturnType<typeof startSandbox>>
let requests = 0
beforeAll(async () => {
  const data = defineData({ schema, authorizationModes: { defaultAuthorizationMode: 'apiKey' } })
  sandbox = await startSandbox({ backend: defineBackend({ data }) })
})
beforeEach(async () => {
  await sandbox.reset()
  requests = 0
})
afterAll(() => sandbox.stop())

function connect(options = {}) {
  const platform = {
    fetch: (url: string | URL | Request, init?: RequestInit) => {
      requests++
      return fetch(url, init)
    },
  }
  const config = sandbox.outputs as Parameters<typeof createAmplifyContext>[0]
  return generateClient<Schema>(options, createAmplifyContext(config, { platform }))
}

const fill = async (ranks: number[], more: object = {}) => {
  const { models } = connect()
  const results = await batch(ranks, (rank, signal) => models.Thing.create({ rank, ...more }, { signal }))
  expect(results.filter(({ errors }) => errors)).toEqual([])
  requests = 0
}

test('limit counts the rows that match; scanLimit those that are looked at', async () => {
  await fill(Array.from({ length: 60 }, (_, at) => at))
  const { models } = connect()
  const filter = { rank: { ge: 50 } }
  expect((await models.Thing.list({ filter, limit: 5 })).data).toHaveLength(5)
  expect(requests).toBeGreaterThan(1)
  requests = 0
  const looked = await models.Thing.list({ filter, scanLimit: 5 })
  expect(looked.data.length).toBeLessThan(5)
  expect(looked.nextToken).toEqual(expect.any(String))
  expect(requests).toBe(1)
  const all = await models.Thing.list({ filter, limit: 500 })
  expect(all).toMatchObject({ nextToken: null })
  expect(all.data).toHaveLength(10)
})

test('pages by limit are gapless, whatever matches where', async () => {
  await fill(Array.from({ length: 40 }, (_, at) => at))
  const { models } = connect()
  const given = fc.record({
    wanted: fc.uniqueArray(fc.nat(39), { maxLength: 12 }),
    limit: fc.integer({ min: 1, max: 7 }),
  })
  await fc.assert(
    fc.asyncProperty(given, async ({ wanted, limit }) => {
      const filter = { or: [{ rank: { eq: -1 } }, ...wanted.map((rank) => ({ rank: { eq: rank } }))] }
      const found: number[] = []
      const sizes: number[] = []
      let nextToken: string | null | undefined
      do {
        const page = await models.Thing.list({ filter, limit, nextToken: nextToken ?? null })
        found.push(...page.data.map(({ rank }) => rank))
        sizes.push(page.data.length)
        nextToken = page.nextToken
      } while (nextToken)
      expect(found.sort((one, other) => one - other)).toEqual(wanted.sort((one, other) => one - other))
      expect(sizes.slice(0, -1).every((size) => size === limit)).toBe(true)
    }),
    { numRuns: 15 },
  )
})

test('a list is iterated over row by row, page after page, and stops when nobody wants more', async () => {
  await fill(
    Array.from({ length: 130 }, (_, at) => at),
    { boxId: 'b' },
  )
  const { models } = connect()
  const ranks: number[] = []
  for await (const { rank } of models.Thing.list({ filter: { rank: { ne: 7 } } })) ranks.push(rank)
  expect(new Set(ranks).size).toBe(129)
  const ranked: number[] = []
  for await (const { rank } of models.Thing.ranked({ boxId: 'b' }, { sortDirection: 'DESC', limit: 3 }))
    ranked.push(rank)
  expect(ranked).toEqual([129, 128, 127])
  // Inside a row a list has its pages, too: a hundred rows, and the way to the others.
  await models.Box.create({ id: 'b', name: 'big' })
  const selectionSet = ['name', 'things.rank'] as const
  const { data: first } = await models.Box.get({ id: 'b' }, { selectionSet })
  const nextToken = nextTokenOf(first!.things)!
  const { data: second } = await models.Box.get(
    { id: 'b' },
    { selectionSet, relations: { things: { nextToken } } },
  )
  expect([first!.things.length, second!.things.length]).toEqual([100, 30])
  expect(new Set([...first!.things, ...second!.things].map(({ rank }) => rank)).size).toBe(130)
  requests = 0
  for await (const _ of models.Thing.list({ scanLimit: 10 })) break
  expect(requests).toBe(1)
})

test('what breaks off an iteration is thrown, after the rows that came before', async () => {
  await fill(Array.from({ length: 20 }, (_, at) => at))
  const { models } = connect({ timeout: 5_000 })
  const seen: number[] = []
  const work = async () => {
    for await (const { rank } of models.Thing.list({ scanLimit: 10 })) {
      seen.push(rank)
      if (seen.length === 10) sandbox.failNext({ service: 'appsync', status: 503, times: 3 })
    }
  }
  await expect(work()).rejects.toMatchObject({ name: 'ServiceUnavailableException' })
  expect(seen).toHaveLength(10)
})

test('lists inside a selection have their own order, length, filter and next page', async () => {
  const { models } = connect()
  const { data: box } = await models.Box.create({ name: 'b' })
  await fill([1, 2, 3, 4, 5], { boxId: box!.id })
  const { data: things } = await models.Thing.list({ filter: { rank: { eq: 5 } } })
  for (const size of [1, 2, 3]) await models.Part.create({ size, thingId: things[0]!.id })
  const selectionSet = ['name', 'things.rank', 'things.parts.size'] as const
  const read = (things: object) =>
    models.Box.get(
      { id: box!.id },
      {
        selectionSet,
        relations: { things, 'things.parts': { filter: { size: { gt: 1 } } } },
      },
    )
  const { data: first } = await read({ limit: 2, sortDirection: 'DESC' })
  expect(first!.things.map(({ rank }) => rank)).toEqual([5, 4])
  expect(first!.things[0]!.parts.map(({ size }) => size).sort()).toEqual([2, 3])
  const { data: second } = await read({ sortDirection: 'DESC', nextToken: nextTokenOf(first!.things) })
  expect(second!.things.map(({ rank }) => rank)).toEqual([3, 2, 1])
  expect(nextTokenOf(second!.things)).toBeUndefined()
  await expect(
    models.Box.list({ selectionSet: ['name'], relations: { things: { limit: 1 } } }),
  ).rejects.toThrow(/"things" in relations/)
})

test('a lazy list takes limit, order, filter and iteration too', async () => {
  const { models } = connect()
  const { data: box } = await models.Box.create({ name: 'b' })
  await fill(
    Array.from({ length: 30 }, (_, at) => at),
    { boxId: box!.id },
  )
  const { data, nextToken } = await box!.things({
    limit: 3,
    filter: { rank: { lt: 25 } },
    sortDirection: 'DESC',
  })
  expect(data.map(({ rank }) => rank)).toEqual([24, 23, 22])
  expect(nextToken).toEqual(expect.any(String))
  let sum = 0
  for await (const { rank } of box!.things()) sum += rank
  expect(sum).toBe(435)
  // Who belonged to a row that is gone can still be read.
  await models.Box.delete({ id: box!.id })
  expect((await box!.things({ limit: 30 })).data).toHaveLength(30)
})

test('a batch does a few at once and tells what became of each', async () => {
  const { models } = connect()
  let running = 0
  let most = 0
  const progress: number[] = []
  const results = await batch(
    [1, null, 3, 4, 5, 6],
    async (rank) => {
      most = Math.max(most, ++running)
      return models.Thing.create({ rank: rank as number }).finally(() => running--)
    },
    { concurrency: 2, onProgress: ({ done }) => progress.push(done) },
  )
  expect(most).toBe(2)
  expect(progress).toEqual([1, 2, 3, 4, 5, 6])
  expect(results.map(({ item, data }) => data?.rank === item)).toEqual([true, false, true, true, true, true])
  expect(results[1]).toMatchObject({ item: null, data: null, errors: [{ message: expect.any(String) }] })

  const controller = new AbortController()
  const stopped = await batch(
    [1, 2, 3],
    (rank, signal) => {
      const made = models.Thing.create({ rank }, { signal })
      if (rank === 2) controller.abort()
      return made
    },
    { concurrency: 1, signal: controller.signal },
  )
  expect(stopped.map(({ errors }) => errors?.[0]?.errorType)).toEqual([
    undefined,
    'CanceledError',
    'CanceledError',
  ])
})
