// The client on the local backend: what each side takes the other to mean.

import { createAmplifyContext } from '@backline/core'
import { startSandbox } from '@backline/sandbox'
import { a, type ClientSchema } from '@backline/schema'
import { defineAuth, defineBackend, defineData } from '@backline/schema/backend'
import { parse } from 'graphql'
import { combineLatest, filter, firstValueFrom, from, map, switchMap, take, toArray } from 'rxjs'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { generateClient } from './client.js'

const schema = a
  .schema({
    Mood: a.enum(['GOOD', 'BAD']),
    Place: a.customType({ street: a.string().required(), tags: a.string().array() }),
    Todo: a
      .model({
        content: a.string().required(),
        done: a.boolean().default(false),
        rank: a.integer(),
        due: a.datetime(),
        extra: a.json(),
        place: a.ref('Place'),
        mood: a.ref('Mood'),
        listId: a.id(),
        list: a.belongsTo('List', 'listId'),
      })
      .secondaryIndexes((index) => [index('listId').sortKeys(['rank']).queryField('todosByRank')]),
    List: a.model({
      name: a.string().required(),
      todos: a.hasMany('Todo', 'listId'),
      cover: a.hasOne('Cover', 'listId'),
    }),
    Cover: a.model({ color: a.string(), listId: a.id(), list: a.belongsTo('List', 'listId') }),
    Seat: a
      .model({ row: a.string().required(), number: a.integer().required(), taken: a.boolean() })
      .identifier(['row', 'number']),
    Note: a.model({ text: a.string() }).authorization((allow) => [allow.guest(), allow.authenticated()]),
  })
  .authorization((allow) => [allow.publicApiKey()])
type Schema = ClientSchema<typeof schema>

let sandbox: Awaited<ReturnType<typeof startSandbox>>
beforeAll(async () => {
  const data = defineData({
    schema,
    authorizationModes: { defaultAuthorizationMode: 'apiKey', apiKeyAuthorizationMode: { expiresInDays: 7 } },
  })
  const auth = defineAuth({ loginWith: { email: true } })
  sandbox = await startSandbox({ backend: defineBackend({ auth, data }) })
})
beforeEach(() => sandbox.reset())
afterAll(() => sandbox.stop())

const connect = () =>
  generateClient<Schema>(
    {},
    createAmplifyContext(sandbox.outputs as Parameters<typeof createAmplifyContext>[0]),
  )

type Observed = { subscribe(observer: object): { unsubscribe(): void } }

/** All that an observable says, and a promise for the first state of it that is as wanted. */
function listen<T>(observable: Observed) {
  const seen: T[] = []
  const errors: unknown[] = []
  let check = () => {}
  const subscription = observable.subscribe({
    next: (value: T) => {
      seen.push(value)
      check()
    },
    error: (error: unknown) => {
      errors.push(error)
      check()
    },
  })
  const until = (wanted: (last: T | undefined) => unknown): Promise<T> =>
    new Promise((resolve, reject) => {
      check = () => {
        if (errors.length) reject(errors[0])
        else if (wanted(seen.at(-1))) resolve(seen.at(-1) as T)
      }
      check()
    })
  return { seen, until, stop: () => subscription.unsubscribe() }
}

test('rows are created, read, changed and deleted, with every kind of value', async () => {
  const { models, enums } = connect()
  const due = new Date('2026-05-06T07:08:09.000Z')
  const { data: made, errors } = await models.Todo.create({
    content: 'milk',
    due: due as unknown as string,
    extra: { size: [1, 2] },
    place: { street: 'Main', tags: ['x'] },
    mood: 'GOOD',
  })
  expect(errors).toBeUndefined()
  expect(made).toMatchObject({
    content: 'milk',
    done: false,
    rank: null,
    due: due.toISOString(),
    extra: { size: [1, 2] },
    place: { street: 'Main', tags: ['x'] },
    mood: 'GOOD',
  })
  const id = made!.id
  expect((await models.Todo.update({ id, done: true, mood: null })).data).toMatchObject({
    content: 'milk',
    done: true,
    mood: null,
  })
  expect((await models.Todo.get({ id }, { selectionSet: ['content', 'place.street'] })).data).toEqual({
    content: 'milk',
    place: { street: 'Main' },
  })
  expect((await models.Todo.delete({ id })).data).toMatchObject({ id })
  expect(await models.Todo.get({ id })).toEqual({ data: null })
  expect(enums.Mood.values()).toEqual(['GOOD', 'BAD'])
  const again = await models.Todo.update({ id, done: true })
  expect(again).toMatchObject({
    data: null,
    errors: [{ errorType: 'DynamoDB:ConditionalCheckFailedException' }],
  })
})

test('relations are read lazily, eagerly, and page by page', async () => {
  const { models } = connect()
  const { data: list } = await models.List.create({ name: 'shopping' })
  for (const rank of [3, 1, 2]) await models.Todo.create({ content: `t${rank}`, rank, listId: list!.id })
  await models.Todo.create({ content: 'stray' })
  await models.Cover.create({ color: 'red', listId: list!.id })
  const { data: todos } = await list!.todos()
  expect(todos.map(({ content }) => content).sort()).toEqual(['t1', 't2', 't3'])
  expect((await todos[0]!.list()).data).toMatchObject({ name: 'shopping' })
  expect((await list!.cover()).data).toMatchObject({ color: 'red' })
  const first = await list!.todos({ limit: 2 })
  expect(first.data).toHaveLength(2)
  const second = await list!.todos({ limit: 2, nextToken: first.nextToken! })
  expect([...first.data, ...second.data].map(({ id }) => id).sort()).toEqual(todos.map(({ id }) => id).sort())
  const { data: eager } = await models.List.get(
    { id: list!.id },
    { selectionSet: ['name', 'todos.content', 'cover.color'] },
  )
  expect(eager!.todos).toHaveLength(3)
  expect(eager).toMatchObject({ name: 'shopping', cover: { color: 'red' } })
  const ranked = await models.Todo.todosByRank(
    { listId: list!.id, rank: { ge: 2 } },
    { sortDirection: 'DESC' },
  )
  expect(ranked.data.map(({ rank }) => rank)).toEqual([3, 2])
})

test('lists filter and page', async () => {
  const { models } = connect()
  for (let rank = 0; rank < 5; rank++) await models.Todo.create({ content: `t${rank}`, rank })
  const { data } = await models.Todo.list({
    filter: { or: [{ rank: { gt: 3 } }, { content: { contains: '0' } }] },
  })
  expect(data.map(({ rank }) => rank).sort()).toEqual([0, 4])
  const ids: string[] = []
  let nextToken: string | null | undefined
  do {
    const page = await models.Todo.list({ limit: 2, nextToken: nextToken ?? null, selectionSet: ['id'] })
    ids.push(...page.data.map(({ id }) => id))
    nextToken = page.nextToken
  } while (nextToken)
  expect(new Set(ids).size).toBe(5)
})

test('one partition is read in order', async () => {
  const { models } = connect()
  for (const number of [2, 1, 3]) await models.Seat.create({ row: 'A', number })
  await models.Seat.create({ row: 'B', number: 9 })
  const { data } = await models.Seat.list({ row: 'A', number: { le: 2 }, sortDirection: 'DESC' })
  expect(data.map(({ number }) => number)).toEqual([2, 1])
  expect((await models.Seat.get({ row: 'B', number: 9 })).data).toMatchObject({ row: 'B', number: 9 })
})

test('a conditional update that does not hold is refused', async () => {
  const { models } = connect()
  const { data } = await models.Todo.create({ content: 'x', rank: 1 })
  const options = { condition: { rank: { eq: 2 } } }
  expect(await models.Todo.update({ id: data!.id, content: 'y' }, options as object)).toMatchObject({
    data: null,
    errors: [{ errorType: 'DynamoDB:ConditionalCheckFailedException' }],
  })
})

test('events reach those who subscribe, filtered by the service', async () => {
  const { models } = connect()
  const created = listen<{ content: string }>(
    models.Todo.onCreate({ filter: { content: { beginsWith: 'a' } } }),
  )
  const live = listen<{ isSynced: boolean }>(models.Todo.observeQuery())
  await live.until((last) => last?.isSynced)
  await models.Todo.create({ content: 'banana' })
  await models.Todo.create({ content: 'apple', extra: { of: 'json' } })
  expect(await created.until((last) => last)).toMatchObject({ content: 'apple', extra: { of: 'json' } })
  expect(created.seen).toHaveLength(1)
  created.stop()
  live.stop()
})

test('a live query follows what another client does, and rows come and go as they match', async () => {
  const { models } = connect()
  const other = connect().models
  const { data: first } = await other.Todo.create({ content: 'one', rank: 1 })
  const query = listen<{ items: { content: string }[]; isSynced: boolean }>(
    models.Todo.observeQuery({ filter: { done: { ne: true } }, selectionSet: ['content'] }),
  )
  const contents = (last: { items: { content: string }[] } | undefined) =>
    last?.items.map(({ content }) => content).join()
  await query.until((last) => last?.isSynced)
  const { data: second } = await other.Todo.create({ content: 'two' })
  expect((await query.until((last) => contents(last) === 'one,two')).items).toEqual([
    { content: 'one' },
    { content: 'two' },
  ])
  await other.Todo.update({ id: first!.id, done: true })
  await query.until((last) => contents(last) === 'two')
  await other.Todo.update({ id: first!.id, done: false })
  await query.until((last) => contents(last) === 'two,one')
  await other.Todo.delete({ id: second!.id })
  await query.until((last) => contents(last) === 'one')
  query.stop()
})

test('subscriptions and live queries go through operators of RxJS', async () => {
  const { models } = connect()
  const live = models.Todo.observeQuery()
  const synced = live.pipe(
    filter(({ isSynced }) => isSynced),
    map(({ items }) => items.map(({ content }) => content)),
  )
  const created = firstValueFrom(
    from(models.Todo.onCreate()).pipe(
      map(({ content }) => content),
      take(2),
      toArray(),
    ),
  )
  const both = firstValueFrom(
    combineLatest([synced, synced.pipe(map((contents) => contents.length))]).pipe(
      filter(([contents, count]) => contents.length === 2 && count === 2),
    ),
  )
  const followed = firstValueFrom(
    synced.pipe(
      filter(({ length }) => length === 2),
      switchMap(() => live),
      filter(({ isSynced }) => isSynced),
    ),
  )
  expect(await firstValueFrom(synced)).toEqual([])
  for (const content of ['one', 'two']) await models.Todo.create({ content })
  expect(await created).toEqual(['one', 'two'])
  expect((await both)[0].toSorted()).toEqual(['one', 'two'])
  expect((await followed).items).toHaveLength(2)
})

test('raw GraphQL: a query, a mutation and a subscription', async () => {
  const client = connect()
  const events = listen<{ data: { onCreateTodo: object } }>(
    client.graphql({ query: 'subscription { onCreateTodo { content id } }' }),
  )
  const parsed = listen<{ data: { onCreateTodo: object } }>(
    client.graphql({ query: parse('subscription { onCreateTodo { content id } }') }) as Observed,
  )
  const query = listen<{ isSynced: boolean }>(client.models.Todo.observeQuery())
  await query.until((last) => last?.isSynced)
  const made = await client.graphql({
    query: 'mutation ($input: CreateTodoInput!) { createTodo(input: $input) { id content } }',
    variables: { input: { content: 'raw' } },
  })
  for (const each of [events, parsed])
    expect(await each.until((last) => last)).toEqual({ data: { onCreateTodo: made.data.createTodo } })
  await expect(client.graphql({ query: '{ nothing }' })).rejects.toMatchObject({
    errors: [{ message: expect.stringContaining('nothing') }],
  })
  for (const each of [events, parsed, query]) each.stop()
})

test.each(['identityPool', 'iam'] as const)(
  'a guest signs its requests and its sockets: %s',
  async (authMode) => {
    const { models } = connect()
    const options = { authMode }
    const query = listen<{ items: { text: string }[]; isSynced: boolean }>(models.Note.observeQuery(options))
    await query.until((last) => last?.isSynced)
    const { data, errors } = await models.Note.create({ text: 'hello' }, options)
    expect({ text: data?.text, errors }).toEqual({ text: 'hello', errors: undefined })
    await query.until((last) => last?.items[0]?.text === 'hello')
    query.stop()
    const refused = await models.Note.list()
    expect(refused).toMatchObject({ data: [], errors: [{ errorType: 'Unauthorized' }] })
  },
)
