import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type LiveSource, liveQuery, type Snapshot, type Watcher } from './liveQuery.js'
import type { Row } from './rows.js'

type Page = Awaited<ReturnType<LiveSource<Row>['page']>>
const version = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`
const row = (id: string, second = 1, more: object = {}): Row => ({ id, updatedAt: version(second), ...more })

/** What was put off until now is done first. */
const turn = () => new Promise((done) => setTimeout(done))

/** A live query whose service is moved by hand. */
function setUp(options: Partial<LiveSource<Row>> = {}) {
  const watchers = {} as Record<'create' | 'update' | 'delete', Watcher>
  const stopped: string[] = []
  const reads: { token: string | null; answer: (page: Page | Promise<Page>) => Promise<void> }[] = []
  const watch = (kind: 'create' | 'update' | 'delete') => (watcher: Watcher) => {
    watchers[kind] = watcher
    return () => stopped.push(kind)
  }
  const seen: Snapshot<Row>[] = []
  const errors: { name?: string }[] = []
  const subscription = liveQuery<Row>({
    keys: ['id'],
    page: (token) =>
      new Promise((resolve) =>
        reads.push({
          token,
          answer: async (page) => {
            resolve(page)
            await turn()
          },
        }),
      ),
    watch: { create: watch('create'), update: watch('update'), delete: watch('delete') },
    belongs: () => true,
    finish: (found) => found,
    ...options,
  }).subscribe({ next: (snapshot) => seen.push(snapshot), error: (error: Error) => errors.push(error) })
  const all = () => Object.values(watchers)
  return {
    watchers,
    reads,
    seen,
    errors,
    stopped,
    subscription,
    live: () => {
      for (const watcher of all()) watcher.live()
    },
    gap: () => {
      for (const watcher of all()) watcher.gap()
    },
    ids: () => seen.at(-1)?.items.map(({ id }) => id),
  }
}

test('nothing is read before all three subscriptions are acknowledged', () => {
  const { watchers, reads } = setUp()
  watchers.create.live()
  watchers.update.live()
  expect(reads).toHaveLength(0)
  watchers.delete.live()
  expect(reads).toHaveLength(1)
})

test('what happens during the read is in the first synced set', async () => {
  const { watchers, reads, seen, live } = setUp()
  live()
  await reads[0]!.answer({ data: [row('a'), row('b'), row('c', 5)], nextToken: 'more' })
  expect(seen).toEqual([{ items: [row('a'), row('b'), row('c', 5)], isSynced: false }])
  watchers.update.next(row('a', 3))
  watchers.update.next(row('c', 2))
  watchers.delete.next(row('b'))
  watchers.create.next(row('d'))
  watchers.create.next(row('e'))
  await reads[1]!.answer({ data: [row('d'), null], nextToken: null })
  expect(reads[1]!.token).toBe('more')
  expect(seen.slice(1)).toEqual([{ items: [row('a', 3), row('c', 5), row('d'), row('e')], isSynced: true }])
})

test('each emission is a new array, and nothing is emitted when nothing changes', async () => {
  const { watchers, reads, seen, live } = setUp()
  live()
  await reads[0]!.answer({ data: [row('a')] })
  watchers.create.next(row('b'))
  watchers.delete.next(row('unknown'))
  watchers.update.next(row('b', 0))
  expect(seen).toHaveLength(2)
  expect(seen[0]!.items).not.toBe(seen[1]!.items)
  expect(seen[0]!.items).toHaveLength(1)
  // Rows that have not changed stay the same object, so that React can tell.
  expect(seen[0]!.items[0]).toBe(seen[1]!.items[0])
})

test('of many changes in a row the first is shown at once, and the others together', async () => {
  const { watchers, reads, seen, live } = setUp()
  live()
  await reads[0]!.answer({ data: [row('a'), row('b'), row('c')] })
  watchers.delete.next(row('a'))
  watchers.update.next(row('c', 2))
  watchers.create.next(row('d'))
  watchers.update.next(row('c', 3))
  expect(seen.slice(1).map(({ items }) => items)).toEqual([[row('b'), row('c')]])
  await turn()
  expect(seen.slice(2).map(({ items }) => items)).toEqual([[row('b'), row('c', 3), row('d')]])
  // What was shown is the receiver's, and stays as it was.
  expect(seen[1]!.items).toEqual([row('b'), row('c')])
  await turn()
  expect(seen).toHaveLength(3)
})

test('what was not shown yet is shown before an end', async () => {
  const { watchers, reads, seen, errors, live } = setUp()
  live()
  await reads[0]!.answer({ data: [] })
  watchers.create.next(row('a'))
  watchers.create.next(row('b'))
  watchers.update.error(new Error('denied'))
  expect(seen.at(-1)!.items).toEqual([row('a'), row('b')])
  expect(errors).toMatchObject([{ message: 'denied' }])
})

test('a row that two pages have is shown once, as the newer one has it, and still changes', async () => {
  const { watchers, reads, seen, live } = setUp()
  live()
  await reads[0]!.answer({ data: [row('a', 1), row('b')], nextToken: 'more' })
  await reads[1]!.answer({ data: [row('a', 2), row('c')] })
  expect(seen.at(-1)!.items).toEqual([row('a', 2), row('b'), row('c')])
  watchers.update.next(row('a', 3))
  expect(seen.at(-1)!.items).toEqual([row('a', 3), row('b'), row('c')])
})

test('wherever rows are put, changed and taken out, each is where it belongs', async () => {
  const change = fc.record({
    kind: fc.constantFrom('create' as const, 'update' as const, 'delete' as const),
    id: fc.integer({ min: 0, max: 11 }).map(String),
    at: fc.nat(4),
  })
  const changes = fc.array(change, { maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(changes, fc.boolean(), async (all, sorted) => {
      const compare = (one: Row, other: Row) => one.at - other.at
      const { watchers, reads, live, ids, subscription } = setUp(sorted ? { compare } : {})
      live()
      let wanted = ['0', '3', '6', '9'].map((id) => row(id, 0, { at: 0 }))
      await reads[0]!.answer({ data: [...wanted] })
      for (const [step, { kind, id, at }] of all.entries()) {
        const next = row(id, 0, { at, updatedAt: new Date(1_800_000_000_000 + step).toISOString() })
        watchers[kind].next(next)
        const known = wanted.findIndex((one) => one.id === id)
        const stays = kind !== 'delete' && known >= 0 && (!sorted || wanted[known]!.at === at)
        if (stays) wanted[known] = next
        else {
          wanted = wanted.filter((one) => one.id !== id)
          if (kind !== 'delete') wanted.push(next)
          if (sorted) wanted.sort(compare)
        }
      }
      await expect.poll(ids, { interval: 1 }).toEqual(wanted.map(({ id }) => id))
      subscription.unsubscribe()
    }),
    { numRuns: 50 },
  )
})

test('news of a row that comes after its deletion is too late; a new row of the same name is not', async () => {
  const { watchers, reads, live, ids } = setUp()
  live()
  await reads[0]!.answer({ data: [row('a', 4)] })
  watchers.delete.next(row('a', 4))
  watchers.update.next(row('a', 3))
  expect(ids()).toEqual([])
  await turn()
  watchers.create.next(row('a', 9))
  expect(ids()).toEqual(['a'])
})

test('rows come and go as they begin and cease to match', async () => {
  const { watchers, reads, live, ids } = setUp({ belongs: ({ open }) => open })
  live()
  await reads[0]!.answer({ data: [row('a', 1, { open: true })] })
  watchers.update.next(row('b', 2, { open: true }))
  expect(ids()).toEqual(['a', 'b'])
  await turn()
  watchers.update.next(row('a', 3, { open: false }))
  expect(ids()).toEqual(['b'])
  watchers.create.next(row('c', 4, { open: false }))
  expect(ids()).toEqual(['b'])
})

test('the order asked for holds for what comes later', async () => {
  const { watchers, reads, live, ids } = setUp({ compare: (one, other) => other.at - one.at })
  live()
  await reads[0]!.answer({ data: [row('c', 1, { at: 3 }), row('a', 1, { at: 1 })] })
  watchers.create.next(row('b', 2, { at: 2 }))
  expect(ids()).toEqual(['c', 'b', 'a'])
})

test('after a gap everything is read again, and one consistent set is emitted', async () => {
  const { watchers, reads, seen, live, gap } = setUp()
  live()
  await reads[0]!.answer({ data: [row('a'), row('b', 7), row('gone')] })
  gap()
  live()
  watchers.create.next(row('d', 8))
  await reads[1]!.answer({ data: [row('a', 2), row('b', 3)], nextToken: 'more' })
  await reads[2]!.answer({ data: [row('c')] })
  expect(seen).toHaveLength(2)
  // The read lagged behind: `b` was seen newer.
  expect(seen[1]).toEqual({ items: [row('a', 2), row('b', 7), row('c'), row('d', 8)], isSynced: true })
})

test('what was heard before everything could be heard is not replayed: it may be undone', async () => {
  const { watchers, reads, seen, live, gap } = setUp()
  watchers.create.live()
  watchers.create.next(row('undone'))
  live()
  await reads[0]!.answer({ data: [] })
  expect(seen).toEqual([{ items: [], isSynced: true }])
  watchers.create.next(row('a'))
  gap()
  watchers.create.next(row('b'))
  live()
  await reads[1]!.answer({ data: [row('a')] })
  expect(seen.at(-1)).toEqual({ items: [row('a')], isSynced: true })
})

test('two versions of a millisecond are told apart by reading', async () => {
  const { watchers, reads, seen, live } = setUp()
  live()
  await reads[0]!.answer({ data: [row('a', 1, { text: 'second' })] })
  watchers.update.next(row('a', 1, { text: 'first' }))
  await reads[1]!.answer({ data: [row('a', 1, { text: 'second' })] })
  watchers.update.next(row('a', 1, { text: 'second' }))
  watchers.delete.next(row('a', 1))
  watchers.create.next(row('a', 1, { text: 'third' }))
  await reads[2]!.answer({ data: [row('a', 1, { text: 'third' })] })
  expect(seen.map(({ items }) => items.map(({ text }) => text))).toEqual([
    ['second'],
    ['second'],
    [],
    ['third'],
  ])
})

test('a gap during the read makes the read worthless', async () => {
  const { reads, seen, live, gap } = setUp()
  live()
  gap()
  await reads[0]!.answer({ data: [row('stale')] })
  expect(seen).toEqual([])
  live()
  await reads[1]!.answer({ data: [row('fresh')] })
  expect(seen).toEqual([{ items: [row('fresh')], isSynced: true }])
})

test('a read that fails is an error, before any synced set', async () => {
  const { reads, seen, errors, live, stopped } = setUp()
  live()
  await reads[0]!.answer({
    data: null,
    errors: [{ message: 'down', errorType: 'NetworkError', errorInfo: null }],
  })
  expect(seen).toEqual([])
  expect(errors).toMatchObject([
    { name: 'NetworkError', message: 'down', errors: [{ errorType: 'NetworkError' }] },
  ])
  expect(stopped).toEqual(['create', 'update', 'delete'])
})

test('a later read that is not answered leaves what is shown, and is tried again', async () => {
  const { reads, seen, errors, live, gap, subscription } = setUp()
  live()
  await reads[0]!.answer({ data: [row('a')] })
  gap()
  live()
  await reads[1]!.answer({
    data: null,
    errors: [{ message: 'down', errorType: 'NetworkError', errorInfo: null }],
  })
  expect(errors).toEqual([])
  while (reads.length < 3) await new Promise((done) => setTimeout(done, 20))
  await reads[2]!.answer({ data: [row('b')] })
  expect(seen.map(({ items }) => items.map(({ id }) => id))).toEqual([['a'], ['b']])
  subscription.unsubscribe()
})

test('rows that may not be read are left out, and the errors say so', async () => {
  const { reads, seen, errors, live } = setUp()
  live()
  const refused = [{ message: 'no', errorType: 'Unauthorized', errorInfo: null }]
  await reads[0]!.answer({ data: [row('a'), null], errors: refused })
  expect(errors).toEqual([])
  expect(seen).toEqual([{ items: [row('a')], isSynced: true, errors: refused }])
})

test('an event that could not be read leads to a new read', async () => {
  const { watchers, reads, seen, live } = setUp()
  live()
  await reads[0]!.answer({ data: [row('a')] })
  watchers.create.next(null)
  await reads[1]!.answer({ data: [row('a'), row('b')] })
  expect(seen.at(-1)).toEqual({ items: [row('a'), row('b')], isSynced: true })
})

test('a failed subscription fails the query, and unsubscribing stops everything', async () => {
  const { watchers, errors, reads, live } = setUp()
  live()
  watchers.update.error(new Error('denied'))
  expect(errors).toMatchObject([{ message: 'denied' }])
  await reads[0]!.answer({ data: [row('a')], nextToken: 'more' })
  expect(reads).toHaveLength(1)

  const other = setUp()
  other.subscription.unsubscribe()
  expect(other.stopped).toEqual(['create', 'update', 'delete'])
})

test('a model without subscriptions is read once', async () => {
  const { reads, seen } = setUp({ watch: {} })
  await reads[0]!.answer({ data: [row('a')] })
  expect(seen).toEqual([{ items: [row('a')], isSynced: true }])
})
