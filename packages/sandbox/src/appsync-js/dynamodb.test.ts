import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { speakTo } from '../appsync/stage.fixture.js'
import { type Sandbox, startSandbox } from '../sandbox.js'

// Every operation of the DynamoDB data source, sent by a resolver that sends what it is given and answers with what came back.

const RAW = `export const request = (ctx) => ctx.args.request
export const response = (ctx) => ({ result: ctx.result, error: ctx.error })`
const MODULE = `import { util } from '@aws-appsync/utils'
import * as ddb from '@aws-appsync/utils/dynamodb'
export function request(ctx) {
  const [name, options] = ctx.args.request
  const marked = (value) => value && value.$op ? ddb.operations[value.$op](...(value.with ?? [])) : value
  if (options.update) options.update = Object.fromEntries(Object.entries(options.update).map(([key, value]) => [key, marked(value)]))
  return ddb[name](options)
}
export const response = (ctx) => ({ result: ctx.result, error: ctx.error })`

const SOURCE = `import { a, defineBackend, defineData } from '@aws-amplify/backend'
const open = (allow) => [allow.publicApiKey()]
const schema = a.schema({
  Post: a.model({ postId: a.id().required(), rank: a.integer().required(), title: a.string(), likes: a.integer(), tags: a.string().array(), meta: a.json(), team: a.string() })
    .identifier(['postId', 'rank']).secondaryIndexes((index) => [index('team').sortKeys(['title']).name('byTeam')]).authorization(open),
  Note: a.model({ text: a.string() }).authorization(open),
  raw: a.mutation().arguments({ request: a.json() }).returns(a.json()).handler(a.handler.custom({ dataSource: a.ref('Post'), entry: './raw.js' })).authorization(open),
  module: a.mutation().arguments({ request: a.json() }).returns(a.json()).handler(a.handler.custom({ dataSource: a.ref('Post'), entry: './module.js' })).authorization(open),
})
defineBackend({ data: defineData({ schema, authorizationModes: { defaultAuthorizationMode: 'apiKey' } }) })`

let sandbox: Sandbox
let ask: ReturnType<typeof speakTo>['ask']
// The folder may go once it has been read; so the test that writes it keeps it no longer.
beforeAll(async () => {
  const { mkdtempSync, writeFileSync, mkdirSync, rmSync } = await import('node:fs')
  const { tmpdir } = await import('node:os')
  const folder = join(mkdtempSync(join(tmpdir(), 'backline-ddb-')), 'amplify')
  mkdirSync(folder)
  for (const [name, text] of Object.entries({ 'backend.ts': SOURCE, 'raw.js': RAW, 'module.js': MODULE }))
    writeFileSync(join(folder, name), text)
  sandbox = await startSandbox({ backend: folder })
  rmSync(join(folder, '..'), { recursive: true })
  ask = speakTo(sandbox).ask
})
afterAll(() => sandbox.stop())
beforeEach(() => sandbox.reset())

async function send(field: 'raw' | 'module', request: unknown) {
  const { data, errors } = await ask(`mutation ($request: AWSJSON) { ${field}(request: $request) }`, {
    request: JSON.stringify(request),
  })
  expect(errors).toBeUndefined()
  return JSON.parse(data[field]) as { result: any; error: { type: string; message: string } | null }
}
const raw = async (request: unknown) => send('raw', request)
const result = async (request: unknown) => {
  const answer = await raw(request)
  expect(answer.error).toBeNull()
  return answer.result
}
const key = (postId: string, rank = 1) => ({ postId: { S: postId }, rank: { N: rank } })
const put = (postId: string, rank: number, values: object = {}) =>
  result({ operation: 'PutItem', key: key(postId, rank), attributeValues: values })

test('PutItem, GetItem and DeleteItem', async () => {
  const item = await put('a', 1, {
    title: { S: 'One' },
    tags: { L: [{ S: 'x' }] },
    meta: { M: { deep: { NULL: null } } },
  })
  expect(item).toEqual({ postId: 'a', rank: 1, title: 'One', tags: ['x'], meta: { deep: null } })
  expect(await result({ operation: 'GetItem', key: key('a') })).toEqual(item)
  const projection = { expression: '#t, meta.deep', expressionNames: { '#t': 'title' } }
  expect(await result({ operation: 'GetItem', key: key('a'), projection })).toEqual({
    title: 'One',
    meta: { deep: null },
  })
  expect(await result({ operation: 'GetItem', key: key('b') })).toBeNull()
  expect(await result({ operation: 'DeleteItem', key: key('a') })).toEqual(item)
  expect(await result({ operation: 'DeleteItem', key: key('a') })).toBeNull()
  expect((await raw({ operation: 'GetItem', key: { postId: { S: 'a' } } })).error).toMatchObject({
    type: 'DynamoDB:DynamoDbException',
    message: expect.stringMatching(/rank is missing/),
  })
})

test('a condition that does not hold fails, with the item that is there', async () => {
  await put('a', 1, { title: { S: 'One' } })
  const condition = { expression: 'attribute_not_exists(postId)' }
  expect(
    await raw({ operation: 'PutItem', key: key('a'), attributeValues: { title: { S: 'Two' } }, condition }),
  ).toMatchObject({ result: { title: 'One' }, error: { type: 'DynamoDB:ConditionalCheckFailedException' } })
  // What was wanted is there already: that is no failure.
  expect(
    await raw({ operation: 'PutItem', key: key('a'), attributeValues: { title: { S: 'One' } }, condition }),
  ).toMatchObject({ result: { title: 'One' }, error: null })
  const named = {
    expression: '#t = :t',
    expressionNames: { '#t': 'title' },
    expressionValues: { ':t': { S: 'Two' } },
  }
  expect((await raw({ operation: 'DeleteItem', key: key('a'), condition: named })).error?.type).toBe(
    'DynamoDB:ConditionalCheckFailedException',
  )
})

test.each([
  ['SET likes = :n', { ':n': { N: 5 } }, { likes: 5 }],
  ['SET likes = likes + :n, title = :t', { ':n': { N: 2 }, ':t': { S: 'New' } }, { likes: 3, title: 'New' }],
  ['SET likes = likes - :n', { ':n': { N: 2 } }, { likes: -1 }],
  ['SET team = if_not_exists(team, :t)', { ':t': { S: 'red' } }, { team: 'red' }],
  ['SET title = if_not_exists(title, :t)', { ':t': { S: 'no' } }, { title: 'One' }],
  ['SET tags = list_append(tags, :l)', { ':l': { L: [{ S: 'c' }] } }, { tags: ['a', 'b', 'c'] }],
  ['SET tags[0] = :t', { ':t': { S: 'z' } }, { tags: ['z', 'b'] }],
  ['SET meta.inner = :t', { ':t': { BOOL: true } }, { meta: { deep: 1, inner: true } }],
  ['REMOVE title, tags[1]', {}, { title: undefined, tags: ['a'] }],
  ['ADD likes :n', { ':n': { N: 10 } }, { likes: 11 }],
  ['ADD team :n', { ':n': { N: 1 } }, { team: 1 }],
  ['ADD tags :s', { ':s': { SS: ['b', 'c'] } }, { tags: ['a', 'b', 'c'] }],
  ['DELETE tags :s', { ':s': { SS: ['a'] } }, { tags: ['b'] }],
  ['SET likes = :n REMOVE title ADD team :n', { ':n': { N: 2 } }, { likes: 2, title: undefined, team: 2 }],
])('UpdateItem: %s', async (expression, expressionValues, expected) => {
  await put('a', 1, {
    title: { S: 'One' },
    likes: { N: 1 },
    tags: { L: [{ S: 'a' }, { S: 'b' }] },
    meta: { M: { deep: { N: 1 } } },
  })
  const updated = await result({
    operation: 'UpdateItem',
    key: key('a'),
    update: { expression, expressionValues },
  })
  for (const [name, value] of Object.entries(expected)) expect(updated[name]).toEqual(value)
  expect(await result({ operation: 'GetItem', key: key('a') })).toEqual(updated)
})

test.each([
  ['SET', /Syntax error/],
  ['SET title', /ends too soon/],
  ['SET title = :nope', /not defined; attribute value: :nope/],
  ['SET #nope = :t', /not defined; attribute name: #nope/],
  ['SET title = other', /refers to an attribute that does not exist/],
  ['SET title = shout(title, title)', /Invalid function name; function: shout/],
  ['SET a.b = :t', /document path provided .* is invalid/],
  ['PAINT title = :t', /Syntax error; token: "PAINT"/],
])('an update that cannot be meant is refused: %s', async (expression, message) => {
  const update = { expression, expressionValues: { ':t': { S: 'x' } } }
  const { error } = await raw({ operation: 'UpdateItem', key: key('a'), update })
  expect(error).toMatchObject({ type: 'DynamoDB:DynamoDbException', message: expect.stringMatching(message) })
})

test.each<[string, object, string[]]>([
  ['likes = :n', { ':n': { N: 2 } }, ['b']],
  ['likes <> :n', { ':n': { N: 2 } }, ['a', 'c']],
  ['likes < :n', { ':n': { N: 2 } }, ['a']],
  ['likes <= :n', { ':n': { N: 2 } }, ['a', 'b']],
  ['likes > :n OR title = :t', { ':n': { N: 2 }, ':t': { S: 'Ann' } }, ['a', 'c']],
  ['likes >= :n AND NOT title = :t', { ':n': { N: 2 }, ':t': { S: 'Cat' } }, ['b']],
  ['likes BETWEEN :n AND :m', { ':n': { N: 1 }, ':m': { N: 2 } }, ['a', 'b']],
  ['title IN (:t, :u)', { ':t': { S: 'Ann' }, ':u': { S: 'Cat' } }, ['a', 'c']],
  ['begins_with(title, :t)', { ':t': { S: 'A' } }, ['a']],
  ['contains(title, :t)', { ':t': { S: 'at' } }, ['c']],
  ['contains(tags, :t)', { ':t': { S: 'x' } }, ['b']],
  ['attribute_exists(tags)', {}, ['b']],
  ['attribute_not_exists(tags)', {}, ['a', 'c']],
  ['attribute_type(tags, :t)', { ':t': { S: 'L' } }, ['b']],
  ['size(title) > :n', { ':n': { N: 3 } }, ['b']],
  [
    '(likes = :n OR likes = :m) AND (NOT begins_with(title, :t))',
    { ':n': { N: 1 }, ':m': { N: 2 }, ':t': { S: 'B' } },
    ['a'],
  ],
])('Scan: %s', async (expression, expressionValues, ids) => {
  await put('a', 1, { title: { S: 'Ann' }, likes: { N: 1 } })
  await put('b', 1, { title: { S: 'Berta' }, likes: { N: 2 }, tags: { L: [{ S: 'x' }] } })
  await put('c', 1, { title: { S: 'Cat' }, likes: { N: 3 } })
  const { items } = await result({ operation: 'Scan', filter: { expression, expressionValues } })
  expect(items.map((each: { postId: string }) => each.postId)).toEqual(ids)
})

test('Query by key and by index, forwards and backwards, page by page', async () => {
  for (const rank of [1, 2, 3]) await put('a', rank, { team: { S: 'red' }, title: { S: `T${4 - rank}` } })
  const ask = (expression: string, values: object, more: object = {}) =>
    result({
      operation: 'Query',
      query: {
        expression,
        expressionNames: { '#id': 'postId', '#r': 'rank', '#team': 'team', '#t': 'title' },
        expressionValues: values,
      },
      ...more,
    })
  const ranks = ({ items }: { items: { rank: number }[] }) => items.map((each) => each.rank)
  const a = { ':a': { S: 'a' } }
  expect(ranks(await ask('#id = :a', a))).toEqual([1, 2, 3])
  expect(ranks(await ask('#id = :a AND #r >= :r', { ...a, ':r': { N: 2 } }))).toEqual([2, 3])
  expect(
    ranks(await ask('#id = :a AND #r BETWEEN :r AND :s', { ...a, ':r': { N: 2 }, ':s': { N: 2 } })),
  ).toEqual([2])
  expect(ranks(await ask('#id = :a', a, { scanIndexForward: false }))).toEqual([3, 2, 1])
  const first = await ask('#id = :a', a, { limit: 2 })
  expect(ranks(await ask('#id = :a', a, { limit: 2, nextToken: first.nextToken }))).toEqual([3])
  const red = { ':red': { S: 'red' } }
  expect(ranks(await ask('#team = :red', red, { index: 'byTeam' }))).toEqual([3, 2, 1])
  expect(
    ranks(
      await ask('#team = :red AND begins_with(#t, :t)', { ...red, ':t': { S: 'T1' } }, { index: 'byTeam' }),
    ),
  ).toEqual([3])
  const wrong = await raw({ operation: 'Query', query: { expression: 'title = :a', expressionValues: a } })
  expect(wrong.error?.message).toMatch(/title is no key of this index/)
})

test('Sync tells when it began, and gives what changed since', async () => {
  await put('a', 1, { updatedAt: { S: '2020-01-01T00:00:00.000Z' } })
  await put('b', 1, { updatedAt: { S: '2024-01-01T00:00:00.000Z' } })
  const all = await result({ operation: 'Sync' })
  expect(all).toMatchObject({ items: [{ postId: 'a' }, { postId: 'b' }], startedAt: expect.any(Number) })
  const since = await result({ operation: 'Sync', lastSync: Date.parse('2022-01-01') })
  expect(since.items).toMatchObject([{ postId: 'b' }])
})

test('batches over several tables, by the names that Amplify gives them', async () => {
  const table = 'Post-sandbox-NONE'
  const notes = [{ id: { S: 'n' }, text: { S: 'note' } }]
  const posts = [
    { ...key('a'), title: { S: 'A' } },
    { ...key('b'), title: { S: 'B' } },
  ]
  const written = await result({ operation: 'BatchPutItem', tables: { [table]: posts, Note: notes } })
  expect(written.data.Note).toEqual([{ id: 'n', text: 'note' }])
  expect(written.unprocessedItems).toEqual({ [table]: [], Note: [] })
  const keys = [key('a'), key('none')]
  const got = await result({
    operation: 'BatchGetItem',
    tables: { [table]: { keys }, Note: { keys: [{ id: { S: 'n' } }] } },
  })
  expect(got.data[table]).toMatchObject([{ title: 'A' }, null])
  expect(got.data.Note).toMatchObject([{ text: 'note' }])
  await result({ operation: 'BatchDeleteItem', tables: { [table]: [key('a'), key('b')] } })
  expect((await result({ operation: 'Scan' })).items).toEqual([])
  expect((await raw({ operation: 'BatchGetItem', tables: { Nowhere: { keys } } })).error?.type).toBe(
    'DynamoDB:ResourceNotFoundException',
  )
})

test('a transaction is done as a whole or not at all, and says why not', async () => {
  await put('a', 1, { title: { S: 'A' } })
  const create = (postId: string) => ({
    table: 'Post',
    operation: 'PutItem',
    key: key(postId),
    attributeValues: { title: { S: postId } },
    condition: { expression: 'attribute_not_exists(postId)' },
  })
  const refused = await raw({ operation: 'TransactWriteItems', transactItems: [create('b'), create('a')] })
  expect(refused).toMatchObject({
    error: { type: 'DynamoDB:TransactionCanceledException' },
    result: {
      keys: null,
      cancellationReasons: [{ type: 'None' }, { type: 'ConditionalCheckFailed', item: { title: 'A' } }],
    },
  })
  expect((await result({ operation: 'Scan' })).items).toHaveLength(1)
  const done = await result({
    operation: 'TransactWriteItems',
    transactItems: [
      create('b'),
      {
        table: 'Post',
        operation: 'UpdateItem',
        key: key('a'),
        update: { expression: 'SET likes = :n', expressionValues: { ':n': { N: 9 } } },
      },
      {
        table: 'Note',
        operation: 'ConditionCheck',
        key: { id: { S: 'x' } },
        condition: { expression: 'attribute_not_exists(id)' },
      },
    ],
  })
  expect(done).toEqual({
    keys: [{ postId: 'b', rank: 1 }, { postId: 'a', rank: 1 }, { id: 'x' }],
    cancellationReasons: null,
  })
  const got = await result({
    operation: 'TransactGetItems',
    transactItems: [
      { table: 'Post', key: key('a') },
      { table: 'Note', key: { id: { S: 'x' } } },
    ],
  })
  expect(got.items).toMatchObject([{ likes: 9 }, null])
})

test('the module for DynamoDB writes the same requests', async () => {
  const run = async (name: string, options: object) => {
    const answer = await send('module', [name, options])
    expect(answer.error).toBeNull()
    return answer.result
  }
  const at = { postId: 'm', rank: 1 }
  expect(await run('put', { key: at, item: { title: 'M', likes: 1, tags: ['a'] } })).toEqual({
    ...at,
    title: 'M',
    likes: 1,
    tags: ['a'],
  })
  expect(await run('get', { key: at, projection: ['title'] })).toEqual({ title: 'M' })
  const changed = await run('update', {
    key: at,
    update: {
      title: 'N',
      likes: { $op: 'increment', with: [4] },
      tags: { $op: 'append', with: [['b']] },
      team: { $op: 'replace', with: ['red'] },
    },
    condition: { likes: { eq: 1 } },
  })
  expect(changed).toEqual({ ...at, title: 'N', likes: 5, tags: ['a', 'b'], team: 'red' })
  expect(await run('query', { query: { postId: { eq: 'm' }, rank: { ge: 1 } } })).toMatchObject({
    items: [at],
  })
  expect(await run('query', { index: 'byTeam', query: { team: { eq: 'red' } } })).toMatchObject({
    items: [at],
  })
  expect(
    await run('scan', { filter: { or: [{ likes: { gt: 100 } }, { title: { beginsWith: 'N' } }] } }),
  ).toMatchObject({ items: [at] })
  expect(await run('scan', { filter: { not: { tags: { contains: 'b' } } } })).toMatchObject({ items: [] })
  expect(await run('batchGet', { tables: { Post: { keys: [at] } } })).toMatchObject({ data: { Post: [at] } })
  expect(
    await run('transactWrite', {
      items: [{ putItem: { table: 'Post', key: { postId: 't', rank: 2 }, item: { title: 'T' } } }],
    }),
  ).toMatchObject({ keys: [{ postId: 't', rank: 2 }] })
  const other = { postId: 'o', rank: 3 }
  expect(await run('batchPut', { tables: { Post: [{ ...other, title: 'O' }] } })).toMatchObject({
    data: { Post: [{ title: 'O' }] },
  })
  expect(
    await run('transactGet', {
      items: [
        { table: 'Post', key: other, projection: ['title'] },
        { table: 'Post', key: { postId: 'no', rank: 1 } },
      ],
    }),
  ).toEqual({ items: [{ title: 'O' }, null], cancellationReasons: null })
  expect(await run('batchDelete', { tables: { Post: [other] } })).toMatchObject({ data: { Post: [other] } })
  expect(await run('get', { key: other })).toBeNull()
  expect(
    await run('transactWrite', {
      items: [
        { updateItem: { table: 'Post', key: at, update: { title: 'U' } } },
        { conditionCheck: { table: 'Post', key: at, condition: { likes: { eq: 5 } } } },
        { deleteItem: { table: 'Post', key: { postId: 'no', rank: 1 } } },
      ],
    }),
  ).toMatchObject({ keys: [at, at, { postId: 'no', rank: 1 }] })
  expect(await run('get', { key: at, projection: ['title'] })).toEqual({ title: 'U' })
  expect(await run('remove', { key: at })).toMatchObject(at)
  expect(await run('sync', {})).toMatchObject({ items: [{ postId: 't' }] })
})
