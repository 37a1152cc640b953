import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CREATE, LIST, openStage, REMOVE, start, TODO, UPDATE } from './stage.fixture.js'

test('a condition that does not hold fails as DynamoDB fails it', async () => {
  const { ask } = await start(TODO)
  const input = { id: 'one', content: 'milk', priority: 1 }
  await ask(CREATE, { input })
  const failed = {
    data: null,
    errorType: 'DynamoDB:ConditionalCheckFailedException',
    errorInfo: null,
    message: expect.stringMatching(/^The conditional request failed \(Service: DynamoDb, Status Code: 400/),
    locations: [{ line: 1, column: expect.any(Number), sourceName: null }],
  }
  const again = await ask(CREATE, { input })
  expect(again).toMatchObject({
    status: 200,
    data: { createTodo: null },
    errors: [{ ...failed, path: ['createTodo'] }],
  })
  const absent = await ask(UPDATE, { input: { id: 'two', content: 'x' } })
  expect(absent).toMatchObject({ data: { updateTodo: null }, errors: [{ ...failed, path: ['updateTodo'] }] })
  expect((await ask(REMOVE, { input: { id: 'two' } })).errors?.[0]).toMatchObject({
    ...failed,
    path: ['deleteTodo'],
  })
  const unmet = await ask(UPDATE, { input: { id: 'one', content: 'x' }, condition: { priority: { gt: 1 } } })
  expect(unmet.errors?.[0]).toMatchObject(failed)
  const met = await ask(UPDATE, { input: { id: 'one', content: 'x' }, condition: { priority: { eq: 1 } } })
  expect(met.data.updateTodo.content).toBe('x')
  expect(
    (await ask(REMOVE, { input: { id: 'one' }, condition: { content: { ne: 'x' } } })).data.deleteTodo,
  ).toBeNull()
})

test('a limit counts the rows that are read, before the filter', async () => {
  const { ask } = await start(TODO)
  for (let i = 0; i < 5; i++)
    await ask(CREATE, { input: { id: `t${i}`, content: i % 2 ? 'odd' : 'even', priority: i } })

  const first = (await ask(LIST, { limit: 2, filter: { content: { eq: 'odd' } } })).data.listTodos
  expect(first.items.map((each: { id: string }) => each.id)).toEqual(['t1'])
  const second = (
    await ask(LIST, { limit: 2, filter: { content: { eq: 'odd' } }, nextToken: first.nextToken })
  ).data.listTodos
  expect(second.items.map((each: { id: string }) => each.id)).toEqual(['t3'])
  const third = (
    await ask(LIST, { limit: 2, filter: { content: { eq: 'odd' } }, nextToken: second.nextToken })
  ).data.listTodos
  expect(third).toEqual({ items: [], nextToken: null })

  const bad = await ask(LIST, { nextToken: 'bm90IG9uZQ' })
  expect(bad.errors?.[0]).toMatchObject({ path: ['listTodos'], message: 'Invalid pagination token given.' })
  expect((await ask(LIST, { limit: 0 })).errors?.[0]?.message).toMatch(/'limit' failed to satisfy constraint/)
})

test('a page ends after a megabyte, as in DynamoDB', async () => {
  const { ask } = await start(TODO)
  const content = 'x'.repeat(300_000)
  for (let i = 0; i < 5; i++) await ask(CREATE, { input: { content } })
  const first = (await ask(LIST)).data.listTodos
  expect(first.items).toHaveLength(4)
  const second = (await ask(LIST, { nextToken: first.nextToken })).data.listTodos
  expect(second).toMatchObject({ items: [{}], nextToken: null })
})

test('a row holds 400 KB and 32 levels, as in DynamoDB', async () => {
  const { ask } = await start(
    `type Note @model @auth(rules: [{allow: public, provider: apiKey}]) { text: String more: AWSJSON }`,
  )
  const create = (input: object) =>
    ask('mutation ($input: CreateNoteInput!) { createNote(input: $input) { id } }', { input })
  const errorType = 'DynamoDB:DynamoDbException'
  // Names and values of `id`, `createdAt` and `updatedAt` take some.
  expect((await create({ id: 'n', text: 'é'.repeat(200 * 1024 - 50) })).data.createNote).toEqual({ id: 'n' })
  const over = await create({ text: 'é'.repeat(200 * 1024) })
  expect(over.data).toEqual({ createNote: null })
  expect(over.errors).toMatchObject([
    { errorType, message: 'Item size has exceeded the maximum allowed size' },
  ])
  const grown = await ask('mutation ($input: UpdateNoteInput!) { updateNote(input: $input) { id } }', {
    input: { id: 'n', more: JSON.stringify({ list: Array.from({ length: 40 }, (_, i) => i) }) },
  })
  expect(grown.errors).toMatchObject([
    { errorType, message: 'Item size to update has exceeded the maximum allowed size' },
  ])
  const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
  expect((await create({ more: nested(32) })).errors).toBeUndefined()
  for (const levels of [33, 100_000]) {
    expect((await create({ more: nested(levels) })).errors).toMatchObject([
      { errorType, message: 'Nesting Levels have exceeded supported limits' },
    ])
  }
})

test('filters compare as DynamoDB does', async () => {
  const { ask } = await start(`type Thing @model @auth(rules: [{allow: public}]) {
    text: String  number: Int  tags: [String]  on: Boolean  level: Level
  } enum Level { LOW HIGH }`)
  const rows = [
    { id: 'a', text: 'apple', number: 1, tags: ['red', 'round'], on: true, level: 'LOW' },
    { id: 'b', text: 'banana', number: 2, tags: ['yellow'], on: false, level: 'HIGH' },
    { id: 'c', text: 'cherry', number: null },
    { id: 'd' },
  ]
  for (const input of rows)
    await ask('mutation ($input: CreateThingInput!) { createThing(input: $input) { id } }', { input })
  const ids = async (filter: object) => {
    const { data, errors } = await ask(
      'query ($f: ModelThingFilterInput) { listThings(filter: $f) { items { id } } }',
      { f: filter },
    )
    expect(errors).toBeUndefined()
    return data.listThings.items.map((each: { id: string }) => each.id).join('')
  }
  expect(await ids({ text: { eq: 'apple' } })).toBe('a')
  expect(await ids({ text: { ne: 'apple' } })).toBe('bcd')
  expect(await ids({ text: { beginsWith: 'b' } })).toBe('b')
  expect(await ids({ text: { contains: 'an' } })).toBe('b')
  expect(await ids({ text: { notContains: 'an' } })).toBe('acd')
  expect(await ids({ text: { between: ['b', 'd'] } })).toBe('bc')
  expect(await ids({ text: { size: { gt: 5 } } })).toBe('bc')
  expect(await ids({ tags: { contains: 'red' } })).toBe('a')
  expect(await ids({ number: { ge: 1, lt: 2 } })).toBe('a')
  expect(await ids({ number: { attributeExists: false } })).toBe('d')
  expect(await ids({ number: { attributeType: '_null' } })).toBe('c')
  expect(await ids({ on: { eq: false } })).toBe('b')
  expect(await ids({ level: { ne: 'LOW' } })).toBe('bcd')
  expect(await ids({ or: [{ text: { eq: 'apple' } }, { number: { eq: 2 } }] })).toBe('ab')
  expect(await ids({ and: [{ number: { gt: 0 } }, { on: { eq: true } }] })).toBe('a')
  expect(await ids({ not: { text: { eq: 'apple' } }, number: { gt: 0 } })).toBe('b')
  expect(await ids({ or: [] })).toBe('abcd')
})

const SHELF = `
type Book @model @auth(rules: [{allow: public}]) {
  author: String! @primaryKey(sortKeyFields: ["year", "title"])
  year: Int!
  title: String!
  genre: String @index(sortKeyFields: ["price"], queryField: "booksByGenre")
  price: Float
  shelfId: ID @index(name: "byPlace", sortKeyFields: ["room", "slot"], queryField: "booksByPlace")
  room: String
  slot: Int
}`

test('rows are found by their keys, in order, either way', async () => {
  const { ask } = await start(SHELF)
  const add = (input: object) =>
    ask('mutation ($i: CreateBookInput!) { createBook(input: $i) { title } }', { i: input })
  for (const [author, year, title, genre, price] of [
    ['Le Guin', 1974, 'The Dispossessed', 'novel', 9.5],
    ['Le Guin', 1968, 'A Wizard of Earthsea', 'fantasy', 7],
    ['Le Guin', 2000, 'The Telling', 'novel', 12],
    ['Lem', 1961, 'Solaris', 'novel', 10],
    ['Lem', 1965, 'The Cyberiad', 'stories', null],
  ] as const) {
    expect((await add({ author, year, title, genre, price })).errors).toBeUndefined()
  }
  const titles = async (query: string) => {
    const { data, errors } = await ask(query)
    expect(errors).toBeUndefined()
    const [page] = Object.values(data) as { items: { title: string }[] }[]
    return page!.items.map((each) => each.title.replace(/^(A|The) /, '').slice(0, 3)).join(' ')
  }
  expect(await titles('{ listBooks(author: "Le Guin") { items { title } } }')).toBe('Wiz Dis Tel')
  expect(await titles('{ listBooks(author: "Le Guin", sortDirection: DESC) { items { title } } }')).toBe(
    'Tel Dis Wiz',
  )
  expect(
    await titles(
      '{ listBooks(author: "Le Guin", yearTitle: { beginsWith: { year: 1974 } }) { items { title } } }',
    ),
  ).toBe('Dis')
  expect(
    await titles(
      '{ listBooks(author: "Le Guin", yearTitle: { between: [{ year: 1970 }, { year: 1999 }] }) { items { title } } }',
    ),
  ).toBe('Dis')
  expect(
    await titles('{ booksByGenre(genre: "novel", price: { ge: 9.5, lt: 12 }) { items { title } } }'),
  ).toBe('Dis Sol')
  expect(await titles('{ booksByGenre(genre: "novel", sortDirection: DESC) { items { title } } }')).toBe(
    'Tel Sol Dis',
  )
  // A row without the sort key is not in the index.
  expect(await titles('{ booksByGenre(genre: "stories") { items { title } } }')).toBe('')
  const got = await ask('{ getBook(author: "Lem", year: 1961, title: "Solaris") { price } }')
  expect(got.data.getBook).toEqual({ price: 10 })

  let seen = ''
  let nextToken: string | null = null
  do {
    const { data } = await ask(
      'query ($t: String) { booksByGenre(genre: "novel", limit: 1, nextToken: $t, sortDirection: DESC) { items { title } nextToken } }',
      { t: nextToken },
    )
    seen += data.booksByGenre.items.map((each: { title: string }) => `${each.title};`).join('')
    nextToken = data.booksByGenre.nextToken
  } while (nextToken)
  expect(seen).toBe('The Telling;Solaris;The Dispossessed;')

  const lonely = await ask('{ listBooks(sortDirection: DESC) { items { title } } }')
  expect(lonely.errors?.[0]).toMatchObject({
    errorType: 'InvalidArgumentsError',
    message: "When providing argument 'sortDirection' you must also provide arguments author",
  })
  const half = await ask(
    'mutation { updateBook(input: { author: "Lem", year: 1961, title: "Solaris", room: "A" }) { title } }',
  )
  expect(half.errors?.[0]?.message).toMatch(/composite sort key for @index 'byPlace'.*Missing key: 'slot'/)
  const empty = await add({ author: '', year: 1, title: 'x' })
  expect(empty.errors?.[0]?.message).toMatch(/key attribute author cannot be an empty string/)
})

test('an index follows its row', async () => {
  const { ask } = await start(SHELF)
  await ask(
    'mutation { createBook(input: { author: "Lem", year: 1961, title: "Solaris", genre: "novel", price: 10 }) { title } }',
  )
  const genre = async (name: string) =>
    (await ask(`{ booksByGenre(genre: "${name}") { items { title } } }`)).data.booksByGenre.items.length
  await ask(
    'mutation { updateBook(input: { author: "Lem", year: 1961, title: "Solaris", genre: "classic" }) { title } }',
  )
  expect([await genre('novel'), await genre('classic')]).toEqual([0, 1])
  await ask(
    'mutation { updateBook(input: { author: "Lem", year: 1961, title: "Solaris", genre: null }) { title } }',
  )
  expect(await genre('classic')).toBe(0)
})

const BLOG = `
type Post @model @auth(rules: [{allow: public}]) {
  title: String
  comments: [Comment] @hasMany(references: ["postId"])
  cover: Cover @hasOne(references: ["postId"])
}
type Comment @model @auth(rules: [{allow: public}]) {
  text: String
  stars: Int
  postId: ID
  post: Post @belongsTo(references: ["postId"])
}
type Cover @model @auth(rules: [{allow: public}]) {
  url: AWSURL
  postId: ID
  post: Post @belongsTo(references: ["postId"])
}`

test('relations are followed both ways, page by page', async () => {
  const { ask } = await start(BLOG)
  await ask('mutation { createPost(input: { id: "p", title: "Hello" }) { id } }')
  await ask('mutation { createCover(input: { postId: "p", url: "https://example.com/c.png" }) { id } }')
  for (let i = 0; i < 5; i++) {
    await ask(
      `mutation { createComment(input: { id: "c${i}", text: "t${i}", stars: ${i}, postId: "p" }) { id } }`,
    )
  }
  await ask('mutation { createComment(input: { id: "other", text: "elsewhere" }) { id } }')
  const { data } = await ask(`{ getPost(id: "p") {
    cover { url post { title } }
    comments(limit: 3, sortDirection: DESC, filter: { stars: { lt: 4 } }) { items { id post { title } } nextToken }
  } }`)
  expect(data.getPost.cover).toEqual({ url: 'https://example.com/c.png', post: { title: 'Hello' } })
  expect(data.getPost.comments.items.map((each: { id: string }) => each.id)).toEqual(['c3', 'c2'])
  const rest = await ask(
    'query ($t: String) { getPost(id: "p") { comments(nextToken: $t, sortDirection: DESC) { items { id } nextToken } } }',
    { t: data.getPost.comments.nextToken },
  )
  expect(rest.data.getPost.comments).toEqual({ items: [{ id: 'c1' }, { id: 'c0' }], nextToken: null })
  expect((await ask('{ getComment(id: "other") { post { title } } }')).data.getComment).toEqual({
    post: null,
  })
})

test('rows, their order and the API key outlive the process', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'appsync-'))
  try {
    const before = await openStage(TODO, {}, dataDir)
    for (const id of ['b', 'a', 'c']) await before.ask(CREATE, { input: { id } })
    await before.sandbox.stop()
    const after = await openStage(TODO, {}, dataDir)
    const { data } = await after.ask(LIST, {}, before.withKey)
    await after.sandbox.stop()
    expect(data.listTodos.items.map((each: { id: string }) => each.id)).toEqual(['b', 'a', 'c'])
  } finally {
    rmSync(dataDir, { recursive: true })
  }
})

test('another schema keeps the rows and finds them by its own keys and indexes', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'appsync-'))
  try {
    const before = await openStage(TODO, {}, dataDir)
    await before.ask(CREATE, { input: { id: 'one', content: 'milk', priority: 2 } })
    await before.sandbox.stop()
    const changed = `type Todo @model @auth(rules: [{allow: public}]) {
      content: String! @primaryKey
      priority: Int @index(queryField: "todosByPriority")
      note: String
    }`
    const after = await openStage(changed, {}, dataDir)
    const { data, errors } = await after.ask(
      '{ getTodo(content: "milk") { priority note } todosByPriority(priority: 2) { items { content } } }',
    )
    await after.sandbox.stop()
    expect(errors).toBeUndefined()
    expect(data).toEqual({
      getTodo: { priority: 2, note: null },
      todosByPriority: { items: [{ content: 'milk' }] },
    })
  } finally {
    rmSync(dataDir, { recursive: true })
  }
})
