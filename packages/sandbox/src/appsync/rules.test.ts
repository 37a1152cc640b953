import { readFileSync } from 'node:fs'
import { a } from '@backline/schema'
import { SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { type Headers, signed, start } from './stage.fixture.js'

const refused = (field: string, type: string) => ({
  errorType: 'Unauthorized',
  message: `Not Authorized to access ${field} on type ${type}`,
  data: null,
  path: [field],
})

test('a missing, wrong or outlived API key is answered 401', async () => {
  const { ask, sandbox, withKey } = await start('type T @model @auth(rules: [{allow: public}]) { a: Int }')
  const query = '{ listTS { items { a } } }'
  const unauthorized = {
    status: 401,
    errors: [{ errorType: 'UnauthorizedException', message: expect.any(String) }],
  }
  expect(await ask(query, {}, {})).toMatchObject(unauthorized)
  expect(await ask(query, {}, { 'x-api-key': 'da2-guessed' })).toMatchObject(unauthorized)
  expect((await ask(query, {}, withKey)).status).toBe(200)
  sandbox.clock.advance(29 * 86_400_000)
  expect((await ask(query, {}, withKey)).status).toBe(200)
  sandbox.clock.advance(86_400_000)
  expect(await ask(query, {}, withKey)).toMatchObject(unauthorized)
})

test('a forged, foreign or expired token is answered 401', async () => {
  const { ask, user, sandbox } = await start('type T @model @auth(rules: [{allow: private}]) { a: Int }')
  const { accessToken, idToken } = await user('ada@example.com')
  const as = (token: string) => ask('{ listTS { items { a } } }', {}, { authorization: token })
  expect((await as(accessToken)).data).toEqual({ listTS: { items: [] } })
  expect((await as(idToken)).data).toEqual({ listTS: { items: [] } })
  expect((await as(`Bearer ${accessToken}`)).status).toBe(200)

  const [head, body, signature] = accessToken.split('.')
  const claims = JSON.parse(Buffer.from(body!, 'base64url').toString()) as Record<string, unknown>
  const forged = Buffer.from(JSON.stringify({ ...claims, 'cognito:groups': ['Admin'] })).toString('base64url')
  const foreign = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.from('x'.repeat(32)))
  for (const token of [`${head}.${forged}.${signature}`, foreign, 'not-a-token', `${head}.${body}.`]) {
    expect(await as(token)).toMatchObject({ status: 401, errors: [{ errorType: 'UnauthorizedException' }] })
  }
  sandbox.clock.advance(3_700_000)
  expect(await as(accessToken)).toMatchObject({
    status: 401,
    errors: [{ errorType: 'UnauthorizedException', message: 'Token has expired.' }],
  })
})

test('owners see and change their own rows only', async () => {
  const { ask, user, withKey } = await start(
    'type Note @model @auth(rules: [{allow: owner}]) { text: String }',
  )
  const ada = await user('ada@example.com')
  const bob = await user('bob@example.com')
  const create = 'mutation ($i: CreateNoteInput!) { createNote(input: $i) { id text owner } }'
  const mine = await ask(create, { i: { id: 'n1', text: 'secret' } }, ada.headers)
  // Clients see the user name; `sub::username` is what is stored.
  expect(mine.data.createNote).toEqual({ id: 'n1', text: 'secret', owner: ada.sub })
  await ask(create, { i: { id: 'n2', text: 'bob' } }, bob.headers)

  const list = '{ listNotes { items { id owner } } }'
  expect((await ask(list, {}, ada.headers)).data.listNotes.items).toEqual([{ id: 'n1', owner: ada.sub }])
  expect((await ask(list, {}, { authorization: bob.idToken })).data.listNotes.items).toEqual([
    { id: 'n2', owner: bob.sub },
  ])

  const get = '{ getNote(id: "n1") { text } }'
  expect((await ask(get, {}, ada.headers)).data.getNote).toEqual({ text: 'secret' })
  expect(await ask(get, {}, bob.headers)).toMatchObject({
    status: 200,
    data: { getNote: null },
    errors: [refused('getNote', 'Query')],
  })
  expect((await ask('{ getNote(id: "none") { text } }', {}, bob.headers)).errors).toBeUndefined()

  const update = 'mutation { updateNote(input: { id: "n1", text: "mine" }) { id } }'
  expect(await ask(update, {}, bob.headers)).toMatchObject({
    data: { updateNote: null },
    errors: [refused('updateNote', 'Mutation')],
  })
  expect(
    (await ask('mutation { deleteNote(input: { id: "n1" }) { id } }', {}, bob.headers)).errors,
  ).toMatchObject([refused('deleteNote', 'Mutation')])
  expect(
    (await ask('mutation { updateNote(input: { id: "none" }) { id } }', {}, bob.headers)).errors,
  ).toMatchObject([refused('updateNote', 'Mutation')])
  expect((await ask(update, {}, ada.headers)).data.updateNote).toEqual({ id: 'n1' })
  expect((await ask(get, {}, withKey)).errors).toMatchObject([refused('getNote', 'Query')])
})

test('a row may be given to oneself, not to others', async () => {
  const { ask, user } = await start(
    'type Note @model @auth(rules: [{allow: owner}]) { text: String owner: String }',
  )
  const ada = await user('ada@example.com')
  const create = 'mutation ($i: CreateNoteInput!) { createNote(input: $i) { owner } }'
  expect((await ask(create, { i: { owner: ada.sub } }, ada.headers)).data.createNote).toEqual({
    owner: ada.sub,
  })
  expect(
    (await ask(create, { i: { owner: `${ada.sub}::${ada.sub}` } }, ada.headers)).data.createNote,
  ).toEqual({ owner: ada.sub })
  expect((await ask(create, { i: { owner: 'bob' } }, ada.headers)).errors).toMatchObject([
    refused('createNote', 'Mutation'),
  ])
})

test('several owners share a row', async () => {
  const { ask, user } = await start(
    'type Doc @model @auth(rules: [{allow: owner, ownerField: "editors", operations: [create, read, update]}]) { text: String editors: [String] }',
  )
  const [ada, bob, eve] = [
    await user('ada@example.com'),
    await user('bob@example.com'),
    await user('eve@example.com'),
  ]
  const create = 'mutation ($i: CreateDocInput!) { createDoc(input: $i) { editors } }'
  expect((await ask(create, { i: { id: 'solo' } }, ada.headers)).data.createDoc).toEqual({
    editors: [ada.sub],
  })
  await ask(create, { i: { id: 'both', editors: [ada.sub, bob.sub] } }, ada.headers)
  const list = async (who: { headers: Headers }) =>
    (await ask('{ listDocs { items { id } } }', {}, who.headers)).data.listDocs.items.map(
      (each: { id: string }) => each.id,
    )
  expect([await list(ada), await list(bob), await list(eve)]).toEqual([['solo', 'both'], ['both'], []])
  // Nobody was given delete, so nobody may empty a field either.
  const empty = await ask('mutation { updateDoc(input: { id: "both", text: null }) { id } }', {}, bob.headers)
  expect(empty.errors).toMatchObject([{ errorType: 'Unauthorized', message: 'Unauthorized on [text]' }])
  expect(
    (await ask('mutation { deleteDoc(input: { id: "both" }) { id } }', {}, ada.headers)).errors,
  ).toMatchObject([refused('deleteDoc', 'Mutation')])
})

test('groups are read from the token, or named by the row', async () => {
  const { ask, user } = await start(`type Page @model @auth(rules: [
    {allow: groups, groups: ["Admin"]},
    {allow: groups, groupsField: "team", operations: [read, update]},
    {allow: groups, groupsField: "readers", operations: [read]}
  ]) { title: String team: String readers: [String] }`)
  const admin = await user('admin@example.com', 'Admin')
  const staff = await user('staff@example.com', 'Staff')
  const other = await user('other@example.com')
  const create = 'mutation ($i: CreatePageInput!) { createPage(input: $i) { id } }'
  for (const i of [{ id: 'p1' }, { id: 'p2', team: 'Staff' }, { id: 'p3', readers: ['Staff', 'Guests'] }]) {
    expect((await ask(create, { i }, admin.headers)).errors).toBeUndefined()
  }
  expect((await ask(create, { i: { team: 'Staff' } }, staff.headers)).errors).toMatchObject([
    refused('createPage', 'Mutation'),
  ])
  const list = async (who: { headers: Headers }) => {
    const { data } = await ask('{ listPages { items { id } } }', {}, who.headers)
    return data.listPages?.items.map((each: { id: string }) => each.id)
  }
  expect(await list(admin)).toEqual(['p1', 'p2', 'p3'])
  expect(await list(staff)).toEqual(['p2', 'p3'])
  expect(await list(other)).toBeUndefined()
  const update = (id: string) =>
    ask(
      'mutation ($i: UpdatePageInput!) { updatePage(input: $i) { id } }',
      { i: { id, title: 'x' } },
      staff.headers,
    )
  // `update` is given without `delete`; the fields set are not emptied, so that is enough.
  expect((await update('p2')).errors).toBeUndefined()
  expect((await update('p3')).errors).toMatchObject([refused('updatePage', 'Mutation')])
})

test('an administrator who is also a possible owner owns what he creates', async () => {
  const { ask, user } = await start(
    'type N @model @auth(rules: [{allow: groups, groups: ["Admin"]}, {allow: owner}]) { a: Int }',
  )
  const admin = await user('admin@example.com', 'Admin')
  expect(
    (await ask('mutation { createN(input: { a: 1 }) { owner } }', {}, admin.headers)).data.createN.owner,
  ).toBe(admin.sub)
})

const EMPLOYEE = `type Employee @model @auth(rules: [{allow: private}, {allow: public, provider: identityPool, operations: [read]}]) {
  name: String!
  salary: Float @auth(rules: [{allow: groups, groups: ["Admin"]}])
}`

test('a field with rules of its own is hidden alone', async () => {
  const { ask, user } = await start(EMPLOYEE)
  const admin = await user('admin@example.com', 'Admin')
  const clerk = await user('clerk@example.com')
  const create = 'mutation ($i: CreateEmployeeInput!) { createEmployee(input: $i) { id name salary } }'
  const made = await ask(create, { i: { id: 'e', name: 'Eve', salary: 5 } }, admin.headers)
  // What a mutation answers goes to subscribers, so it does not hold the field, whoever asks.
  expect(made).toMatchObject({ data: { createEmployee: { id: 'e', name: 'Eve', salary: null } } })
  expect(made.errors).toBeUndefined()
  const get = '{ getEmployee(id: "e") { name salary } }'
  expect((await ask(get, {}, admin.headers)).data.getEmployee).toEqual({ name: 'Eve', salary: 5 })
  expect(await ask(get, {}, clerk.headers)).toMatchObject({
    data: { getEmployee: { name: 'Eve', salary: null } },
    errors: [
      {
        errorType: 'Unauthorized',
        message: 'Not Authorized to access salary on type Employee',
        path: ['getEmployee', 'salary'],
      },
    ],
  })
  const list = await ask('{ listEmployees { items { name salary } } }', {}, clerk.headers)
  expect(list.data.listEmployees.items).toEqual([{ name: 'Eve', salary: null }])
  expect(list.errors?.[0]?.path).toEqual(['listEmployees', 'items', 0, 'salary'])
  expect((await ask(create, { i: { name: 'X', salary: 9 } }, clerk.headers)).errors).toMatchObject([
    { errorType: 'Unauthorized', message: 'Unauthorized on [salary]', path: ['createEmployee'] },
  ])
  expect(
    (await ask('mutation { updateEmployee(input: { id: "e", salary: 9 }) { id } }', {}, clerk.headers))
      .errors,
  ).toHaveLength(1)
  expect(
    (await ask('mutation { updateEmployee(input: { id: "e", name: "Eva" }) { name } }', {}, clerk.headers))
      .data.updateEmployee,
  ).toEqual({ name: 'Eva' })
  // Deleting takes the salary with it, so nobody but who may delete every field may.
  expect(
    (await ask('mutation { deleteEmployee(input: { id: "e" }) { id } }', {}, clerk.headers)).errors,
  ).toMatchObject([refused('deleteEmployee', 'Mutation')])
})

test('a relation is read by the rules of the model it leads to', async () => {
  const { ask, user, withKey } = await start(`
    type Post @model @auth(rules: [{allow: public}, {allow: private}]) { title: String notes: [Note] @hasMany(references: ["postId"]) }
    type Note @model @auth(rules: [{allow: owner}]) { text: String postId: ID post: Post @belongsTo(references: ["postId"]) }`)
  const ada = await user('ada@example.com')
  const bob = await user('bob@example.com')
  await ask('mutation { createPost(input: { id: "p" }) { id } }')
  const note = 'mutation ($t: String) { createNote(input: { postId: "p", text: $t }) { id } }'
  await ask(note, { t: 'ada' }, ada.headers)
  await ask(note, { t: 'bob' }, bob.headers)
  const get = '{ getPost(id: "p") { title notes { items { text } } } }'
  expect((await ask(get, {}, ada.headers)).data.getPost.notes.items).toEqual([{ text: 'ada' }])
  expect(await ask(get, {}, withKey)).toMatchObject({
    data: { getPost: { title: null, notes: null } },
    errors: [
      {
        errorType: 'Unauthorized',
        message: 'Not Authorized to access notes on type Post',
        path: ['getPost', 'notes'],
      },
    ],
  })
})

test('signatures of guests, users and administrators carry their roles', async () => {
  const { post, outputs, keys, user, sandbox } = await start(`
    type Open @model @auth(rules: [{allow: public, provider: identityPool}]) { a: Int }
    type Inner @model @auth(rules: [{allow: private, provider: identityPool}]) { a: Int }
    type Pool @model @auth(rules: [{allow: private}]) { a: Int }`)
  const ada = await user('ada@example.com')
  const [guest, member] = [await keys(), await keys(ada.idToken)]
  const ask = (model: string, who: typeof guest | typeof sandbox.credentials) => {
    const body = JSON.stringify({ query: `{ r: list${model}s { items { a } } }` })
    return post(body, signed(outputs.url, body, who))
  }
  const granted = { status: 200, data: { r: { items: [] } } }
  const denied = { status: 200, data: { r: null }, errors: [{ errorType: 'Unauthorized' }] }
  expect(await ask('Open', guest)).toMatchObject(granted)
  expect(await ask('Inner', guest)).toMatchObject(denied)
  expect(await ask('Open', member)).toMatchObject(denied)
  expect(await ask('Inner', member)).toMatchObject(granted)
  expect(await ask('Pool', member)).toMatchObject(denied)
  for (const model of ['Open', 'Inner', 'Pool'])
    expect(await ask(model, sandbox.credentials)).toMatchObject(granted)

  const body = JSON.stringify({ query: '{ listOpens { items { a } } }' })
  const wrong = (headers: Headers, sent = body) => post(sent, headers)
  expect(await wrong(signed(outputs.url, body, { ...guest, secretAccessKey: 'x' }))).toMatchObject({
    status: 403,
    errors: [{ errorType: 'InvalidSignatureException' }],
  })
  expect(await wrong(signed(outputs.url, body, guest), `${body} `)).toMatchObject({
    status: 403,
    errors: [{ errorType: 'InvalidSignatureException' }],
  })
  expect(await wrong(signed(outputs.url, body, { ...guest, accessKeyId: 'ASIAUNKNOWN' }))).toMatchObject({
    status: 403,
    errors: [{ errorType: 'UnrecognizedClientException' }],
  })
  expect(await wrong(signed(outputs.url, body, guest, { at: new Date(Date.now() - 600_000) }))).toMatchObject(
    {
      status: 403,
      errors: [{ errorType: 'InvalidSignatureException' }],
    },
  )
  sandbox.clock.advance(2 * 3_600_000)
  expect(await wrong(signed(outputs.url, body, guest, { at: new Date(sandbox.clock.now()) }))).toMatchObject({
    status: 403,
    errors: [{ errorType: 'ExpiredTokenException' }],
  })
})

test('rules written with our own schema builder are enforced', async () => {
  const schema = a.schema({
    Memo: a
      .model({ text: a.string().required(), editor: a.string() })
      .authorization((allow) => [allow.ownerDefinedIn('editor'), allow.publicApiKey().to(['read'])]),
  })
  const { ask, user, withKey } = await start(schema)
  const ada = await user('ada@example.com')
  const made = await ask('mutation { createMemo(input: { text: "x" }) { editor } }', {}, ada.headers)
  expect(made.data.createMemo).toEqual({ editor: ada.sub })
  expect((await ask('{ listMemos { items { text } } }', {}, withKey)).data.listMemos.items).toEqual([
    { text: 'x' },
  ])
  const denied = await ask('mutation { createMemo(input: { text: "y" }) { id } }', {}, withKey)
  expect(denied.errors).toMatchObject([refused('createMemo', 'Mutation')])
})

test('a schema of everything is served: composite references, nested types, rules of every kind', async () => {
  const everything = readFileSync(new URL('../../../schema/src/shop.sdl.txt', import.meta.url), 'utf8')
  // Its custom operations have handlers that are nowhere.
  const sdl = everything.replace(/^type (Query|Mutation|Subscription) \{[^}]*(\{[^}]*\}[^}]*)*?^\}/gm, '')
  const { sandbox, ask, user, withKey, keys, outputs, post } = await start(sdl)
  const admin = await user('admin@example.com', 'Admin')
  const clerk = await user('clerk@example.com', 'Staff')
  const line = 'mutation ($i: CreateOrderLineInput!) { createOrderLine(input: $i) { id } }'
  await ask(line, { i: { orderRegion: 'EU', orderNumber: 7, sku: 'a', quantity: 1 } })
  await ask(line, { i: { orderRegion: 'EU', orderNumber: 8, sku: 'b', quantity: 1 } })
  const order = {
    region: 'EU',
    number: 7,
    status: 'PAID',
    history: ['DRAFT', 'PAID'],
    shipTo: { street: 'Main', zip: ['1'], kind: 'HOME' },
    groups: ['Staff'],
    customerId: 'c',
  }
  const made = await ask(
    'mutation ($i: CreateOrderInput!) { createOrder(input: $i) { status history shipTo { street zip kind } } }',
    { i: order },
    clerk.headers,
  )
  expect(made.errors).toBeUndefined()
  expect(made.data.createOrder).toEqual({
    status: 'PAID',
    history: ['DRAFT', 'PAID'],
    shipTo: { street: 'Main', zip: ['1'], kind: 'HOME' },
  })
  await ask(
    'mutation ($i: CreateCustomerInput!) { createCustomer(input: $i) { customerId } }',
    {
      i: { customerId: 'c', name: 'Ada', requiredTags: [], level: 'GOLD', joinedAt: '2024-01-01T00:00:00Z' },
    },
    admin.headers,
  )
  const customers = await ask(
    '{ listCustomerByLevelAndJoinedAt(level: GOLD, joinedAt: { beginsWith: "2024" }) { items { name score } } }',
  )
  expect(customers.data.listCustomerByLevelAndJoinedAt.items).toEqual([{ name: 'Ada', score: 1.5 }])

  // Lines are for API keys, orders for others: whoever reads one meets the other's rule.
  const got = await ask(
    '{ getOrder(region: "EU", number: 7) { customer { name } lines { items { sku } } } }',
    {},
    clerk.headers,
  )
  expect(got.data.getOrder).toEqual({ customer: null, lines: null })
  expect(got.errors?.map((each) => each.path?.join('.')).sort()).toEqual([
    'getOrder.customer',
    'getOrder.lines',
  ])
  const root = JSON.stringify({
    query: '{ getOrder(region: "EU", number: 7) { lines { items { sku order { number } } } } }',
  })
  const { credentials } = sandbox
  const whole = await post(root, signed(outputs.url, root, credentials))
  expect(whole.data.getOrder.lines.items).toEqual([{ sku: 'a', order: { number: 7 } }])
  const guest = JSON.stringify({ query: '{ listEmployees { items { name } } }' })
  expect((await post(guest, signed(outputs.url, guest, await keys()))).data.listEmployees.items).toEqual([])
  expect((await ask('{ listOrders { items { number } } }', {}, withKey)).errors).toMatchObject([
    refused('listOrders', 'Query'),
  ])
})
