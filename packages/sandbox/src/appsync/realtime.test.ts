import { expect, onTestFinished, test } from 'vitest'
import WebSocket from 'ws'
import { startIssuer } from './issuer.fixture.js'
import { connect, encode } from './socket.fixture.js'
import { defined, signed, start } from './stage.fixture.js'

const TODO = `type Todo @model @auth(rules: [{allow: public}]) {
  content: String
  must: Int!
  priority: Int
  tags: [String]
}`
const ON_CREATE =
  'subscription ($f: ModelSubscriptionTodoFilterInput) { onCreateTodo(filter: $f) { id content priority __typename } }'
const CREATE = 'mutation ($i: CreateTodoInput!) { createTodo(input: $i) { id content must priority tags } }'

test.for(['subprotocol', 'query'] as const)('a subscriber told by the %s hears of new rows', async (by) => {
  const { ask, outputs, withKey } = await start(TODO)
  const client = await connect(outputs.url, withKey, { by })
  expect(client.socket.protocol).toBe('graphql-ws')
  expect(await client.next('connection_ack')).toEqual({
    type: 'connection_ack',
    payload: { connectionTimeoutMs: 300_000 },
  })
  client.begin('s1', ON_CREATE)
  expect(await client.next('start_ack')).toEqual({ type: 'start_ack', id: 's1' })
  const ids = ['a', 'b', 'c']
  for (const id of ids) await ask(CREATE, { i: { id, content: `text ${id}`, must: 1 } })
  for (const id of ids) {
    expect(await client.next('data')).toEqual({
      type: 'data',
      id: 's1',
      payload: { data: { onCreateTodo: { id, content: `text ${id}`, priority: null, __typename: 'Todo' } } },
    })
  }
  client.send({ type: 'stop', id: 's1' })
  expect(await client.next('complete')).toEqual({ type: 'complete', id: 's1' })
  await ask(CREATE, { i: { must: 1 } })
  client.send({ type: 'stop', id: 's1' })
  expect(await client.next('error')).toMatchObject({
    id: 's1',
    payload: { errors: [{ errorType: 'UnknownOperationError' }] },
  })
  expect(client.received.filter((each) => each.type === 'data')).toEqual([])
  client.socket.close()
})

test('an event holds what the mutation selected, and no more', async () => {
  const { ask, outputs, withKey } = await start(TODO)
  const client = await connect(outputs.url, withKey)
  await client.next('connection_ack')
  client.begin('some', 'subscription { onCreateTodo { id text: content priority } }')
  client.begin('must', 'subscription { made: onCreateTodo { id must } }')
  await client.next('start_ack', 'some')
  await client.next('start_ack', 'must')
  await ask(
    'mutation { first: createTodo(input: { id: "x", content: "milk", must: 1, priority: 3 }) { key: id ...rest } } fragment rest on Todo { content }',
  )
  expect((await client.next('data', 'some')).payload).toEqual({
    data: { onCreateTodo: { id: 'x', text: 'milk', priority: null } },
  })
  expect((await client.next('data', 'must')).payload).toMatchObject({
    data: { made: null },
    errors: [
      {
        message: "Cannot return null for non-nullable type: 'Int' within parent 'Todo' (/made/must)",
        path: ['made', 'must'],
      },
    ],
  })
  // A mutation that failed has nothing to tell.
  await ask(CREATE, { i: { id: 'x', must: 1 } })
  await ask(CREATE, { i: { id: 'y', must: 2 } })
  expect((await client.next('data', 'must')).payload.data).toEqual({ made: { id: 'y', must: 2 } })
  client.socket.close()
})

test('updates and deletions are told to their own subscribers', async () => {
  const { ask, outputs, withKey } = await start(TODO)
  const client = await connect(outputs.url, withKey)
  await client.next('connection_ack')
  for (const verb of ['Update', 'Delete']) client.begin(verb, `subscription { on${verb}Todo { id content } }`)
  await client.next('start_ack', 'Update')
  await client.next('start_ack', 'Delete')
  await ask(CREATE, { i: { id: 'x', must: 1 } })
  await ask(
    'mutation { updateTodo(input: { id: "x", content: "new" }) { id content } deleteTodo(input: { id: "x" }) { id content } }',
  )
  expect((await client.next('data')).payload.data).toEqual({ onUpdateTodo: { id: 'x', content: 'new' } })
  expect((await client.next('data')).payload.data).toEqual({ onDeleteTodo: { id: 'x', content: 'new' } })
  client.socket.close()
})

test('a filter is applied to each event', async () => {
  const { ask, outputs, withKey } = await start(TODO)
  const client = await connect(outputs.url, withKey)
  await client.next('connection_ack')
  const filters: Record<string, object> = {
    eq: { content: { eq: 'b' } },
    in: { content: { in: ['a', 'b'] } },
    notIn: { content: { notIn: ['a', 'b'] } },
    range: { priority: { gt: 1, le: 3 } },
    between: { priority: { between: [2, 3] } },
    contains: { tags: { contains: 'red' } },
    or: { or: [{ content: { beginsWith: 'a' } }, { priority: { ge: 3 } }] },
    and: { and: [{ content: { ne: 'a' } }, { priority: { lt: 3 } }] },
  }
  for (const [id, f] of Object.entries(filters)) {
    client.begin(id, ON_CREATE, { f })
    await client.next('start_ack', id)
  }
  client.begin('all', ON_CREATE)
  await client.next('start_ack', 'all')
  for (const [i, id] of ['a', 'b', 'c'].entries()) {
    await ask(CREATE, {
      i: { id, content: id, must: 1, priority: i + 1, tags: i === 1 ? ['red'] : ['blue'] },
    })
    await client.next('data', 'all')
  }
  const heard = (id: string) =>
    client.received
      .filter((each) => each.id === id)
      .map((each) => each.payload.data.onCreateTodo.id)
      .join('')
  expect(Object.fromEntries(Object.keys(filters).map((id) => [id, heard(id)]))).toEqual({
    eq: 'b',
    in: 'ab',
    notIn: 'c',
    range: 'bc',
    between: 'bc',
    contains: 'b',
    or: 'ac',
    and: 'b',
  })
  // What AppSync does not take: https://github.com/aws-amplify/amplify-category-api/issues/740, amplify-flutter/issues/6142
  const six = ['a', 'b', 'c', 'd', 'e', 'f']
  const tooMuch: [filter: object, message: string][] = [
    [{ content: { in: six } }, 'subscription exceeds maximum value limit 5 for operator `in`.'],
    [
      { or: [{ content: { notIn: six } }] },
      'subscription exceeds maximum value limit 5 for operator `notIn`.',
    ],
    [{ or: Array(11).fill({ content: { eq: 'a' } }) }, 'A subscription filter has at most 10 groups.'],
    [
      Object.fromEntries(
        ['id', 'content', 'must', 'priority', 'createdAt', 'updatedAt'].map((name) => [
          name,
          { ne: name === 'must' || name === 'priority' ? 0 : '' },
        ]),
      ),
      'Filters exceed maximum attributes limit 5 for subscription',
    ],
  ]
  for (const [f, message] of tooMuch) {
    client.begin(message, ON_CREATE, { f })
    expect((await client.next('error', message)).payload.errors).toMatchObject([{ message }])
  }
  client.begin('wrong', ON_CREATE, { f: { nothing: { eq: 1 } } })
  expect((await client.next('error', 'wrong')).payload.errors[0].message).toMatch(/nothing/)
  client.socket.close()
})

test('owners hear of their own rows, groups of theirs, administrators of all', async () => {
  const { ask, outputs, user, withKey } = await start(`type Note @model @auth(rules: [
    {allow: owner}, {allow: groups, groups: ["Admin"]}, {allow: groups, groupsField: "team", operations: [read]}
  ]) { text: String team: String }`)
  const ada = await user('ada@example.com')
  const staff = await user('staff@example.com', 'Staff')
  const admin = await user('admin@example.com', 'Admin')
  const client = await connect(outputs.url, ada.headers)
  await client.next('connection_ack')
  const on = 'subscription ($owner: String) { onCreateNote(owner: $owner) { text owner } }'
  for (const [id, { headers }] of Object.entries({ ada, staff, admin })) {
    client.begin(id, on, {}, headers)
    await client.next('start_ack', id)
  }
  client.begin('named', on, { owner: ada.sub }, ada.headers)
  await client.next('start_ack', 'named')
  client.begin('foreign', on, { owner: staff.sub }, ada.headers)
  expect((await client.next('error', 'foreign')).payload.errors).toMatchObject([
    { errorType: 'Unauthorized', message: 'Not Authorized to access onCreateNote on type Subscription' },
  ])
  client.begin('key', on, {}, withKey)
  expect((await client.next('error', 'key')).payload.errors[0].errorType).toBe('Unauthorized')

  const create = 'mutation ($i: CreateNoteInput!) { createNote(input: $i) { text owner team } }'
  await ask(create, { i: { text: 'of ada' } }, ada.headers)
  await ask(create, { i: { text: 'of staff', team: 'Staff' } }, admin.headers)
  await ask(create, { i: { text: 'of nobody else' } }, admin.headers)
  for (let i = 0; i < 3; i++) await client.next('data', 'admin')
  const heard = (id: string) =>
    client.received
      .filter((each) => each.id === id && each.type === 'data')
      .map((each) => each.payload.data.onCreateNote.text)
  expect(heard('ada')).toEqual(['of ada'])
  expect(heard('named')).toEqual(['of ada'])
  expect(heard('staff')).toEqual(['of staff'])
  client.socket.close()
})

test('rows name a group for those who are in up to five, several for those in up to twenty', async () => {
  const issuer = await startIssuer()
  onTestFinished(() => issuer.stop())
  const groups = 'allow: groups, provider: oidc, groupClaim: "teams", operations: [read]'
  const { ask, outputs } = await start(
    `type Note @model @auth(rules: [{allow: public}, {${groups}, groupsField: "team"}]) { text: String team: String }
     type Page @model @auth(rules: [{allow: public}, {${groups}, groupsField: "teams"}]) { text: String teams: [String] }`,
    { oidc: { issuer: issuer.url, clientId: 'app' } },
  )
  const teams = Array.from({ length: 21 }, (_, i) => `t${i}`)
  const member = async (count: number) => ({
    authorization: await issuer.token({ sub: `of ${count}`, teams: teams.slice(0, count) }),
  })
  const client = await connect(outputs.url, await member(1))
  await client.next('connection_ack')
  for (const [model, count, hears] of [
    ['Note', 5, true],
    ['Note', 6, false],
    ['Page', 6, true],
    ['Page', 20, true],
    ['Page', 21, false],
  ] as const) {
    const id = `${model} ${count}`
    client.begin(id, `subscription { onCreate${model} { text } }`, {}, await member(count))
    if (hears) await client.next('start_ack', id)
    else
      expect((await client.next('error', id)).payload.errors).toMatchObject([
        { message: expect.stringMatching(`A user in ${count} groups cannot subscribe`) },
      ])
  }
  await ask('mutation { createNote(input: {text: "of 5", team: "t4"}) { text team } }')
  await ask('mutation { createPage(input: {text: "of 20", teams: ["t19", "t20"]}) { text teams } }')
  expect(await client.next('data', 'Note 5')).toMatchObject({
    payload: { data: { onCreateNote: { text: 'of 5' } } },
  })
  expect(await client.next('data', 'Page 20')).toMatchObject({
    payload: { data: { onCreatePage: { text: 'of 20' } } },
  })
  expect(client.received.filter(({ type }) => type === 'data')).toEqual([])
  client.socket.close()
})

test('whoever cannot prove who he is gets a connection_error, or an error for the one subscription', async () => {
  const { outputs, withKey, user, sandbox } = await start(TODO)
  const wrong = await connect(outputs.url, { 'x-api-key': 'da2-guessed' })
  expect(await wrong.next('connection_error')).toMatchObject({
    payload: { errors: [{ errorType: 'UnauthorizedException', errorCode: 401 }] },
  })
  const { host } = new URL(outputs.url)
  const bare = new WebSocket(`ws://${host}/graphql/realtime`, 'graphql-ws')
  bare.once('open', () => bare.send('{"type":"connection_init"}'))
  const refusal = await new Promise<string>((resolve) =>
    bare.once('message', (data) => resolve(data.toString())),
  )
  expect(JSON.parse(refusal)).toMatchObject({
    type: 'connection_error',
    payload: {
      errors: [
        { errorType: 'BadRequestException', errorCode: 400, message: 'Required headers are missing.' },
      ],
    },
  })

  const client = await connect(outputs.url, withKey)
  await client.next('connection_ack')
  const ada = await user('ada@example.com')
  client.begin('token', ON_CREATE, {}, ada.headers)
  expect((await client.next('error', 'token')).payload.errors[0].errorType).toBe('Unauthorized')
  client.begin('bad', ON_CREATE, {}, { 'x-api-key': 'no' })
  expect((await client.next('error', 'bad')).payload.errors[0].errorType).toBe('UnauthorizedException')
  client.begin('good', ON_CREATE)
  await client.next('start_ack', 'good')
  sandbox.clock.advance(31 * 86_400_000)
  client.begin('late', ON_CREATE)
  expect((await client.next('error', 'late')).payload.errors[0].errorType).toBe('UnauthorizedException')
  client.socket.close()
})

test('what is not the protocol is answered, not obeyed', async () => {
  const { outputs, withKey, ask } = await start(TODO)
  const early = await connect(outputs.url, withKey, { init: false })
  early.begin('early', ON_CREATE)
  expect((await early.next('error', 'early')).payload.errors[0].message).toBe(
    'The connection is not initialised.',
  )
  early.send({ type: 'connection_init' })
  await early.next('connection_ack')
  for (const message of ['not json', '3', { type: 'dance' }, { type: 'start' }]) {
    early.send(message)
    expect((await early.next('error')).payload.errors[0].errorType).toBe('UnsupportedOperation')
  }
  early.send({ type: 'start', id: 'x', payload: { data: '{', extensions: { authorization: {} } } })
  expect((await early.next('error', 'x')).payload.errors[0].errorType).toBe('BadRequestException')
  early.begin('query', '{ listTodos { nextToken } }')
  expect((await early.next('error', 'query')).payload.errors[0].errorType).toBe('BadRequestException')
  early.begin('unknown', 'subscription { onSomething { id } }')
  expect((await early.next('error', 'unknown')).payload.errors[0].message).toMatch(
    /FieldUndefined.*onSomething/,
  )
  early.begin('twice', ON_CREATE)
  early.begin('twice', ON_CREATE)
  expect((await early.next('error', 'twice')).payload.errors[0].errorType).toBe('DuplicatedOperationError')
  await early.next('start_ack', 'twice')
  await ask(CREATE, { i: { must: 1 } })
  await early.next('data', 'twice')
  early.socket.close()
})

test('one connection holds 200 subscriptions', async () => {
  const { outputs, withKey } = await start(TODO)
  const client = await connect(outputs.url, withKey)
  await client.next('connection_ack')
  for (let i = 0; i < 201; i++) client.begin(`s${i}`, ON_CREATE)
  const { id, payload } = await client.next('error')
  expect(id).toBe('s200')
  expect(payload.errors[0].errorType).toBe('MaxSubscriptionsReachedError')
  for (let i = 0; i < 200; i++) await client.next('start_ack', `s${i}`)
  client.socket.close()
})

test('a protected field and a relation to stricter rows stay out of what a mutation tells', async () => {
  const { ask, outputs, user, withKey } = await start(`
    type Post @model @auth(rules: [{allow: public}, {allow: private}]) {
      title: String  secret: String @auth(rules: [{allow: private}])  notes: [Note] @hasMany(references: ["postId"])
      tags: [Tag] @hasMany(references: ["postId"])
    }
    type Note @model @auth(rules: [{allow: owner}]) { text: String postId: ID post: Post @belongsTo(references: ["postId"]) }
    type Tag @model @auth(rules: [{allow: public}, {allow: private}]) { name: String postId: ID post: Post @belongsTo(references: ["postId"]) }`)
  const ada = await user('ada@example.com')
  const client = await connect(outputs.url, withKey)
  await client.next('connection_ack')
  client.begin(
    's',
    'subscription { onUpdatePost { title secret notes { items { text } } tags { items { name } } } }',
  )
  await client.next('start_ack', 's')
  await ask('mutation { createPost(input: { id: "p", title: "t", secret: "s" }) { id } }', {}, ada.headers)
  await ask(
    'mutation { createNote(input: { postId: "p", text: "mine" }) { id } createTag(input: { postId: "p", name: "n" }) { id } }',
    {},
    ada.headers,
  )
  const { data } = await ask(
    'mutation { updatePost(input: { id: "p", title: "u" }) { title secret notes { items { text } } tags { items { name } } } }',
    {},
    ada.headers,
  )
  const told = { title: 'u', secret: null, notes: null, tags: { items: [{ name: 'n' }] } }
  expect(data.updatePost).toEqual(told)
  expect((await client.next('data', 's')).payload).toEqual({ data: { onUpdatePost: told } })
  client.socket.close()
})

test('a guest listens with signatures', async () => {
  const { outputs, keys, ask, withKey } = await start(
    'type T @model @auth(rules: [{allow: public}, {allow: public, provider: identityPool, operations: [read]}]) { a: Int }',
  )
  const guest = await keys()
  const client = await connect(outputs.url, signed(outputs.url, '{}', guest, { path: '/graphql/connect' }))
  await client.next('connection_ack')
  const query = 'subscription { onCreateT { a } }'
  const body = JSON.stringify({ query, variables: {} })
  client.begin('s', query, {}, signed(outputs.url, body, guest))
  await client.next('start_ack', 's')
  client.begin('wrong', query, {}, signed(outputs.url, `${body} `, guest))
  expect((await client.next('error', 'wrong')).payload.errors[0].errorType).toBe('InvalidSignatureException')
  await ask(
    'mutation ($all: Boolean = true) { createT(input: { a: 1 }) { a @include(if: $all) } }',
    {},
    withKey,
  )
  expect((await client.next('data', 's')).payload).toEqual({ data: { onCreateT: { a: 1 } } })
  client.socket.close()
})

test('subscriptions outlive a change of the schema that keeps their fields', async () => {
  const { outputs, withKey, sandbox, ask } = await start(TODO)
  const client = await connect(outputs.url, withKey)
  await client.next('connection_ack')
  client.begin('kept', 'subscription { onCreateTodo { id } }')
  client.begin('lost', 'subscription { onCreateTodo { priority } }')
  await client.next('start_ack', 'kept')
  await client.next('start_ack', 'lost')
  await sandbox.update(defined('type Todo @model @auth(rules: [{allow: public}]) { content: String }'))
  expect((await client.next('error', 'lost')).payload.errors[0].message).toMatch(/'priority' in type 'Todo'/)
  await ask('mutation { createTodo(input: { id: "x" }) { id } }')
  expect((await client.next('data', 'kept')).payload.data).toEqual({ onCreateTodo: { id: 'x' } })
  // Left open on purpose: stopping the sandbox does not wait for it.
})

test('sockets are cut by order, as many new ones refused as said, and then taken again', async () => {
  const { outputs, withKey, sandbox } = await start(TODO)
  const client = await connect(outputs.url, withKey)
  await client.next('connection_ack')
  const cut = new Promise((resolve) => client.socket.once('close', resolve))
  const answer = await fetch(`${sandbox.url}/_backline/sockets/drop`, {
    method: 'POST',
    body: '{"refuse":1}',
  })
  expect(answer.status).toBe(200)
  await cut
  await expect(connect(outputs.url, withKey)).rejects.toThrow('socket hang up')
  const again = await connect(outputs.url, withKey)
  await again.next('connection_ack')
  sandbox.dropSockets()
  await new Promise((resolve) => again.socket.once('close', resolve))
})

test('the realtime host of AWS is answered too', async () => {
  const { sandbox, withKey } = await start(TODO)
  const host = 'abc.appsync-api.us-east-1.amazonaws.com'
  const header = encode({ host, ...withKey })
  const socket = new WebSocket(
    `${sandbox.url.replace('http', 'ws')}/graphql?header=${encodeURIComponent(header)}&payload=e30=`,
    'graphql-ws',
    {
      headers: { host: 'abc.appsync-realtime-api.us-east-1.amazonaws.com' },
    },
  )
  socket.once('open', () => socket.send('{"type":"connection_init"}'))
  const first = await new Promise<string>((resolve, reject) => {
    socket.once('message', (data) => resolve(data.toString()))
    socket.once('error', reject)
  })
  expect(JSON.parse(first)).toMatchObject({ type: 'connection_ack' })
  socket.close()
})
