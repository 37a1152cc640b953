import { request } from 'node:http'
import { expect, test } from 'vitest'
import { serve } from '../sandbox.js'
import { CREATE, defined, LIST, planOf, REMOVE, start, TODO, UPDATE } from './stage.fixture.js'

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
  for (const [name, value] of [
    ['date', '2023-02-29'],
    ['time', '25:00'],
    ['at', '2024-02-29'],
    ['stamp', 1.5],
    ['mail', 'ada'],
    ['json', '{a:1}'],
    // It is JSON, but nothing here can hold such a number: null would come back.
    ['json', '{"a":[-1e400]}'],
    ['url', 'not a url'],
    ['phone', 'call me'],
    ['ip', '1.2.3.4/33'],
  ] as const) {
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
  await expect(sandbox.update(defined('type T { a: String }'))).rejects.toThrow(
    /has nothing to query.*Give it a model \(a\.model.*or a query/,
  )
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

test('variables that do not fit are refused in the words of the service', async () => {
  const { ask } = await start('type Todo @model @auth(rules: [{allow: public}]) { content: String! n: Int }')
  const create = 'mutation ($input: CreateTodoInput!) { createTodo(input: $input) { id } }'
  const message = async (variables: object) => {
    const { data, errors, status } = await ask(create, variables)
    expect({ status, data, path: errors?.[0]?.path }).toEqual({ status: 200, data: null, path: null })
    return errors?.[0]?.message
  }
  expect(await message({})).toBe(
    "Variable 'input' has coerced Null value for NonNull type 'CreateTodoInput!'",
  )
  expect(await message({ input: {} })).toBe(
    "Variable 'content' has coerced Null value for NonNull type 'String!'",
  )
  expect(await message({ input: { content: null } })).toBe(
    "Variable 'content' has coerced Null value for NonNull type 'String!'",
  )
  expect(await message({ input: { content: 'x', other: 1 } })).toBe(
    "The variables input contains a field name 'other' that is not defined for input object type 'CreateTodoInput' ",
  )
  expect(await message({ input: { content: 'x', n: 'y' } })).toMatch(
    /^Variable 'input' has an invalid value at n\. Int cannot/,
  )
})

test('clients with the hosts of AWS wired in are answered too', async () => {
  const { sandbox, withKey } = await start(TODO)
  const body = JSON.stringify({ query: '{ listTodos { items { id } } }' })
  const answer = await new Promise<string>((resolve, reject) => {
    const call = request(
      `${sandbox.url}/graphql`,
      { method: 'POST', headers: { ...withKey, host: 'abc.appsync-api.us-east-1.amazonaws.com' } },
      (response) => response.on('data', (chunk: Buffer) => resolve(chunk.toString())),
    )
    call.on('error', reject)
    call.end(body)
  })
  expect(JSON.parse(answer)).toEqual({ data: { listTodos: { items: [] } } })
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
    'the mode lambda needs a lambdaAuthorizationMode with its function',
  )
})
