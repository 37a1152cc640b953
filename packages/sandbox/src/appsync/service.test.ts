import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { serve } from '../sandbox.js'
import { defined, openStage, planOf, type Stage } from './stage.fixture.js'

const stages: Stage[] = []
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.sandbox.stop()
})
const start = async (...options: Parameters<typeof openStage>) => {
  const stage = await openStage(...options)
  stages.push(stage)
  return stage
}

const TODO = `type Todo @model @auth(rules: [{allow: public, provider: apiKey}]) {
  content: String
  done: Boolean @default(value: "false")
  priority: Int
}`
const CREATE =
  'mutation ($input: CreateTodoInput!, $condition: ModelTodoConditionInput) { createTodo(input: $input, condition: $condition) { id content done priority createdAt updatedAt } }'
const UPDATE =
  'mutation ($input: UpdateTodoInput!, $condition: ModelTodoConditionInput) { updateTodo(input: $input, condition: $condition) { id content done priority updatedAt } }'
const REMOVE =
  'mutation ($input: DeleteTodoInput!, $condition: ModelTodoConditionInput) { deleteTodo(input: $input, condition: $condition) { id content } }'
const LIST =
  'query ($filter: ModelTodoFilterInput, $limit: Int, $nextToken: String) { listTodos(filter: $filter, limit: $limit, nextToken: $nextToken) { items { id content priority } nextToken } }'

test('rows are created, got, listed, updated and deleted with an API key', async () => {
  const { ask, outputs } = await start(TODO)
  expect(outputs.api_key).toMatch(/^da2-[a-z0-9]{26}$/)

  const { data } = await ask(CREATE, { input: { content: 'milk' } })
  const todo = data.createTodo
  expect(todo).toMatchObject({ content: 'milk', done: false, priority: null })
  expect(todo.id).toMatch(/^[\da-f-]{36}$/)
  expect(todo.createdAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)

  const got = await ask('query ($id: ID!) { getTodo(id: $id) { content } }', { id: todo.id })
  expect(got.data.getTodo).toEqual({ content: 'milk' })
  const updated = await ask(UPDATE, { input: { id: todo.id, done: true } })
  expect(updated.data.updateTodo).toMatchObject({ id: todo.id, content: 'milk', done: true })
  const listed = await ask('{ listTodos { items { id done } nextToken } }')
  expect(listed.data.listTodos).toEqual({ items: [{ id: todo.id, done: true }], nextToken: null })
  const gone = await ask(REMOVE, { input: { id: todo.id } })
  expect(gone.data.deleteTodo).toEqual({ id: todo.id, content: 'milk' })
  expect((await ask(LIST)).data.listTodos.items).toEqual([])
  expect((await ask(`{ getTodo(id: "${todo.id}") { id } }`)).data).toEqual({ getTodo: null })
})

test('the outputs say where the API is and how to call it', async () => {
  const { outputs, sandbox } = await start(TODO)
  expect(outputs).toMatchObject({
    url: `${sandbox.url}/graphql`,
    aws_region: 'us-east-1',
    default_authorization_type: 'API_KEY',
    authorization_types: ['AMAZON_COGNITO_USER_POOLS', 'AWS_IAM'],
  })
  expect(Object.keys(outputs.model_introspection.models)).toEqual(['Todo'])
})

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

test('scalars are checked on the way in', async () => {
  const { ask } = await start(`type S @model @auth(rules: [{allow: public}]) {
    date: AWSDate  time: AWSTime  at: AWSDateTime  stamp: AWSTimestamp  mail: AWSEmail  json: AWSJSON
    url: AWSURL  phone: AWSPhone  ip: AWSIPAddress
  }`)
  const put = (input: object) =>
    ask(
      'mutation ($input: CreateSInput!) { createS(input: $input) { date time at stamp mail json url phone ip } }',
      { input },
    )
  const good = {
    date: '2024-02-29',
    time: '09:30:00.000Z',
    at: '2024-02-29T09:30:00.123+02:00',
    stamp: 1_700_000_000,
    mail: 'ada@example.com',
    json: '{"a":[1,"x",null]}',
    url: 'https://example.com/a?b=c',
    phone: '+49 30 123456',
    ip: '2001:db8::/32',
  }
  expect((await put(good)).data.createS).toEqual(good)
  expect((await put({ json: '"text"' })).data.createS.json).toBe('"text"')
  for (const [name, value] of Object.entries({
    date: '2023-02-29',
    time: '25:00',
    at: '2024-02-29',
    stamp: 1.5,
    mail: 'ada',
    json: '{a:1}',
    url: 'not a url',
    phone: 'call me',
    ip: '1.2.3.4/33',
  })) {
    const { data, errors, status } = await put({ [name]: value })
    expect({ status, data }).toEqual({ status: 200, data: null })
    expect(errors?.[0]?.message).toMatch(
      new RegExp(`^Variable 'input' has an invalid value at ${name}\\. Unable to parse \``),
    )
  }
  const literal = await ask('mutation { createS(input: { mail: "ada" }) { mail } }')
  expect(literal.errors?.[0]).toMatchObject({
    path: null,
    message: expect.stringMatching(/^Validation error of type WrongType: .*AWSEmail/),
  })
})

test('another definition is served at once; a broken one is refused and the last good one stays', async () => {
  const { ask, sandbox } = await start('type T @model @auth(rules: [{allow: public}]) { a: String }')
  await ask('mutation { createT(input: { id: "x", a: "1" }) { id } }')
  await sandbox.update(defined('type T @model @auth(rules: [{allow: public}]) { a: String b: Int! }'))

  const { data, errors } = await ask('{ good: getT(id: "x") { a } bad: getT(id: "x") { b } }')
  expect(data).toEqual({ good: { a: '1' }, bad: null })
  expect(errors).toMatchObject([
    {
      path: ['bad', 'b'],
      message: "Cannot return null for non-nullable type: 'Int' within parent 'T' (/bad/b)",
    },
  ])
  await expect(sandbox.update(defined('type T @model { a: Strin }'))).rejects.toThrow(
    'T.a: there is no type Strin',
  )
  expect((await ask('{ getT(id: "x") { a } }')).data).toEqual({ getT: { a: '1' } })
})

test('reset forgets the rows and keeps the API key', async () => {
  const { ask, sandbox, withKey } = await start(TODO)
  await ask(CREATE, { input: { content: 'milk' } })
  await sandbox.reset()
  expect((await ask(LIST, {}, withKey)).data.listTodos.items).toEqual([])
})

test('what is not a GraphQL request is refused by name', async () => {
  const { post, ask, outputs } = await start(TODO)
  expect(await post('{ not json')).toMatchObject({
    status: 400,
    errors: [{ errorType: 'BadRequestException' }],
  })
  expect(await post({})).toMatchObject({ status: 400, errors: [{ errorType: 'BadRequestException' }] })
  expect(await post({ query: '{ x', variables: 3 })).toMatchObject({ status: 400 })
  expect(await post({ query: '{ listTodos {' })).toMatchObject({
    status: 400,
    errors: [{ errorType: 'MalformedHttpRequestException', message: 'Unable to parse GraphQL query.' }],
  })
  expect(await post({ query: '{'.repeat(100_000) })).toMatchObject({ status: 400 })
  expect(await ask('{ listTodos { items { nothing } } }')).toMatchObject({
    status: 200,
    data: null,
    errors: [
      {
        path: null,
        message: expect.stringContaining(
          "Validation error of type FieldUndefined: Field 'nothing' in type 'Todo' is undefined",
        ),
      },
    ],
  })
  expect((await ask(CREATE, { input: { content: 'x', nothing: 1 } })).errors?.[0]?.message).toMatch(/nothing/)
  expect(await ask('subscription { onCreateTodo { id } }')).toMatchObject({ status: 400 })
  expect((await fetch(outputs.url)).status).toBe(405)
  const large = await post({
    query: '{ listTodos { items { id } } }',
    variables: { pad: 'x'.repeat(1_100_000) },
  })
  expect(large).toMatchObject({ status: 413, errors: [{ errorType: 'RequestEntityTooLargeException' }] })
})

test('the schema may be asked for', async () => {
  const { ask } = await start(TODO)
  const { data } = await ask(
    '{ __schema { mutationType { fields { name } } } __type(name: "Todo") { fields { name } } }',
  )
  expect(data.__schema.mutationType.fields.map((each: { name: string }) => each.name)).toContain('createTodo')
  expect(data.__type.fields).toContainEqual({ name: 'content' })
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

test('a backend without data has no API', async () => {
  const sandbox = await serve({ storages: [], extraOutputs: {} })
  try {
    expect(sandbox.outputs.data).toBeUndefined()
    const response = await fetch(`${sandbox.url}/graphql`, { method: 'POST', body: '{}' })
    expect(response.status).toBe(404)
    expect(await response.json()).toEqual({
      errors: [{ errorType: 'NotFoundException', message: 'This backend has no defineData.' }],
    })
  } finally {
    await sandbox.stop()
  }
})

test('rules and modes that cannot work are refused before anything is served', async () => {
  const open = (sdl: string, data: object) => serve(planOf(sdl, data))
  await expect(open(TODO, { defaultAuthMode: 'userPool', apiKeyDays: undefined })).rejects.toThrow(
    'Todo allows publicApiKey(), but defineData has no API key',
  )
  await expect(open(TODO, { defaultAuthMode: 'lambda' })).rejects.toThrow(
    'does not run the authorization mode "lambda"',
  )
})
