import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { appWith } from '../amplify.fixture.js'
import { type Sandbox, startSandbox } from '../sandbox.js'
import { headerProtocol, openSocket } from './socket.fixture.js'
import { speakTo } from './stage.fixture.js'

// Custom operations of an app's own folder, called over the wire.

const sandboxes: Sandbox[] = []
afterEach(async () => {
  for (const sandbox of sandboxes.splice(0)) await sandbox.stop()
})

const backend = (
  schema: string,
  more = '',
  data = '',
) => `import { a, defineAuth, defineBackend, defineData, defineFunction } from '@aws-amplify/backend'
import { Table, AttributeType } from 'aws-cdk-lib/aws-dynamodb'
const total = defineFunction({ entry: './total.ts' })
const report = defineFunction({ entry: './report.ts' })
const reader = defineFunction({ entry: './reader.ts', timeoutSeconds: 30 })
const schema = a.schema({ ${schema} })
const backend = defineBackend({
  total, report, reader,
  auth: defineAuth({ loginWith: { email: true }, groups: ['Admin'] }),
  data: defineData({ schema, authorizationModes: { defaultAuthorizationMode: 'apiKey', apiKeyAuthorizationMode: { expiresInDays: 30 } }, ${data} }),
})
${more}`

const FUNCTIONS = {
  'amplify/total.ts': `export const handler = async (event) => {
  if (event.arguments.region === 'nowhere') throw new TypeError('no such region')
  const { info, identity, typeName, fieldName, prev } = event
  return [{ region: event.arguments.region, sum: event.arguments.numbers.reduce((a, b) => a + b, 0), meta: JSON.stringify({ selection: info.selectionSetList, identity, typeName, fieldName, prev: prev.result }) }]
}`,
  'amplify/report.ts': `export const handler = async (event) => { console.log('reporting to ' + event.arguments.to); throw new Error('nobody hears this') }`,
  'amplify/reader.ts': 'export const handler = async () => 1',
}

async function start(source: string, files: Record<string, string> = {}) {
  const folder = join(appWith({ 'amplify/backend.ts': source, ...FUNCTIONS, ...files }), 'amplify')
  const sandbox = await startSandbox({ backend: folder })
  sandboxes.push(sandbox)
  return { sandbox, ...speakTo(sandbox) }
}

test('functions answer queries and mutations: typed, with who calls and what is asked for', async () => {
  const { ask, user } = await start(
    backend(
      `
  Receipt: a.customType({ region: a.string().required(), sum: a.integer(), meta: a.json() }),
  totalFor: a.query().arguments({ region: a.string().required(), numbers: a.integer().array() }).returns(a.ref('Receipt').array()).handler(a.handler.function(total)).authorization((allow) => [allow.authenticated(), allow.publicApiKey()]),
  secret: a.query().returns(a.string()).handler(a.handler.function('named')).authorization((allow) => [allow.group('Admin')]),
  sendReport: a.mutation().arguments({ to: a.email().required() }).handler(a.handler.function(report).async()).authorization((allow) => [allow.group('Admin')]),`,
      '',
      'functions: { named: reader }',
    ),
  )
  const query = 'query ($r: String!, $n: [Int]) { totalFor(region: $r, numbers: $n) { region sum meta } }'
  const { data, errors } = await ask(query, { r: 'EU', n: [1, 2, 3] })
  expect(errors).toBeUndefined()
  expect(data.totalFor).toMatchObject([{ region: 'EU', sum: 6 }])
  expect(JSON.parse(data.totalFor[0].meta)).toEqual({
    selection: ['region', 'sum', 'meta'],
    identity: null,
    typeName: 'Query',
    fieldName: 'totalFor',
    prev: null,
  })
  const ada = await user('ada@example.com', 'Admin')
  const { totalFor } = (await ask(query, { r: 'EU', n: [] }, ada.headers)).data
  expect(JSON.parse(totalFor[0].meta).identity).toMatchObject({ sub: ada.sub, groups: ['Admin'] })

  expect(await ask(query, { r: 'nowhere', n: [] })).toMatchObject({
    status: 200,
    data: { totalFor: null },
    errors: [{ path: ['totalFor'], errorType: 'Lambda:Unhandled', message: 'no such region' }],
  })
  const grace = await user('grace@example.com')
  for (const headers of [undefined, grace.headers]) {
    expect(await ask('{ secret }', {}, headers)).toMatchObject({
      data: { secret: null },
      errors: [{ errorType: 'Unauthorized', message: 'Not Authorized to access secret on type Query' }],
    })
  }
  expect((await ask('{ secret }', {}, ada.headers)).data).toEqual({ secret: '1' })
  const sent = await ask('mutation { sendReport(to: "a@b.de") { success } }', {}, ada.headers)
  expect(sent.data).toEqual({ sendReport: { success: true } })
})

const LIKE = `import { util } from '@aws-appsync/utils'
export function request(ctx) {
  return {
    operation: 'UpdateItem',
    key: util.dynamodb.toMapValues({ id: ctx.args.id }),
    update: { expression: 'ADD #likes :one', expressionNames: { '#likes': 'likes' }, expressionValues: { ':one': { N: 1 } } },
    condition: { expression: 'attribute_exists(id)' },
  }
}
export const response = (ctx) => {
  if (ctx.error) util.error(ctx.error.message, ctx.error.type, ctx.args, { id: ctx.args.id })
  return ctx.result
}`

test('a JavaScript resolver works on the table of a model', async () => {
  const { ask } = await start(
    backend(`
  Post: a.model({ title: a.string(), likes: a.integer() }).authorization((allow) => [allow.publicApiKey()]),
  like: a.mutation().arguments({ id: a.id().required() }).returns(a.ref('Post')).handler(a.handler.custom({ dataSource: a.ref('Post'), entry: './like.js' })).authorization((allow) => [allow.publicApiKey()]),`),
    { 'amplify/like.js': LIKE },
  )
  const { data } = await ask('mutation { createPost(input: { title: "Hello" }) { id } }')
  const like = 'mutation ($id: ID!) { like(id: $id) { title likes } }'
  await ask(like, data.createPost)
  expect((await ask(like, data.createPost)).data).toEqual({ like: { title: 'Hello', likes: 2 } })
  expect(await ask(like, { id: 'none' })).toMatchObject({
    data: { like: null },
    errors: [
      {
        path: ['like'],
        errorType: 'DynamoDB:ConditionalCheckFailedException',
        data: { id: 'none' },
        errorInfo: { id: 'none' },
        message: expect.stringMatching(/^The conditional request failed/),
      },
    ],
  })
})

test('a pipeline hands results and the stash on; errors may be appended; it may return early', async () => {
  const { ask } = await start(
    backend(`
  steps: a.query().arguments({ early: a.string() }).returns(a.json()).handler([a.handler.custom({ entry: './one.js' }), a.handler.custom({ entry: './two.js' })]).authorization((allow) => [allow.publicApiKey()]),`),
    {
      'amplify/one.js': `import { runtime, util } from '@aws-appsync/utils'
export function request(ctx) {
  ctx.stash.seen = ['one']
  if (ctx.args.early === 'NEXT') runtime.earlyReturn({ early: 'next' })
  if (ctx.args.early === 'END') runtime.earlyReturn({ early: 'end' }, { skipTo: 'END' })
  return { payload: { asked: ctx.info.fieldName, key: util.autoId().length } }
}
export function response(ctx) { util.appendError('by the way', 'Note', { a: 1 }); return ctx.result }`,
      'amplify/two.js': `export const request = (ctx) => ({ payload: { before: ctx.prev.result, seen: [...ctx.stash.seen, 'two'] } })
export const response = (ctx) => ctx.result`,
    },
  )
  const { data, errors } = await ask('{ steps }')
  expect(JSON.parse(data.steps)).toEqual({ before: { asked: 'steps', key: 36 }, seen: ['one', 'two'] })
  expect(errors).toMatchObject([
    { path: ['steps'], errorType: 'Note', message: 'by the way', data: { a: 1 } },
  ])
  expect(JSON.parse((await ask('{ steps(early: "NEXT") }')).data.steps)).toMatchObject({
    before: { early: 'next' },
  })
  expect(JSON.parse((await ask('{ steps(early: "END") }')).data.steps)).toEqual({ early: 'end' })
})

test('resolvers reach no further than their own language, and end in time', async () => {
  const op = (name: string) =>
    `${name}: a.query().returns(a.json()).handler(a.handler.custom({ entry: './${name}.js' })).authorization((allow) => [allow.publicApiKey()]),`
  const names = ['reach', 'spin', 'wait', 'fail']
  const body = (text: string) =>
    `export function request(ctx) { ${text} }\nexport const response = (ctx) => ctx.result`
  const { ask } = await start(backend(names.map(op).join('\n')), {
    'amplify/reach.js': body(`const tried = {}
  for (const name of ['process', 'require', 'fetch', 'setTimeout', 'Buffer', 'globalThis.process']) { tried[name] = typeof globalThis[name] }
  for (const [name, way] of Object.entries({ args: () => ctx.args.constructor.constructor('return process')(), state: () => globalThis.$state.given.constructor.constructor('return process')(), console: () => console.log.constructor('return process')(), self: () => globalThis.constructor.constructor('return process')() })) {
    try { tried[name] = String(way()) } catch (error) { tried[name] = 'refused' }
  }
  return { payload: tried }`),
    'amplify/spin.js': body('while (true) {}'),
    'amplify/wait.js':
      'export const request = async () => ({ payload: 1 })\nexport const response = (ctx) => ctx.result',
    'amplify/fail.js': body('return ctx.nothing.at.all'),
  })
  expect(Object.values(JSON.parse((await ask('{ reach }')).data.reach))).toEqual([
    ...Array(6).fill('undefined'),
    ...Array(4).fill('refused'),
  ])
  expect((await ask('{ spin }')).errors?.[0]?.message).toMatch(/has not ended after 1000 ms/)
  expect((await ask('{ wait }')).errors?.[0]?.message).toMatch(/cannot be asynchronous/)
  expect((await ask('{ fail }')).errors?.[0]).toMatchObject({ errorType: 'Code', path: ['fail'] })
  expect((await ask('{ __typename }')).data).toEqual({ __typename: 'Query' })
})

test('HTTP, Lambda and tables of the app are data sources by the names that the backend gives them', async () => {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json')
    request.on('data', (body: Buffer) =>
      response.end(JSON.stringify({ got: body.toString(), to: request.url })),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const op = (name: string, source: string) =>
    `${name}: a.mutation().arguments({ text: a.string() }).returns(a.json()).handler(a.handler.custom({ dataSource: '${source}', entry: './${name}.js' })).authorization((allow) => [allow.publicApiKey()]),`
  try {
    const { ask } = await start(
      backend(
        'Todo: a.model({ text: a.string() }).authorization((allow) => [allow.publicApiKey()]),' +
          op('post', 'Web') +
          op('lost', 'Gone') +
          op('call', 'Fn') +
          op('put', 'Notes'),
        `backend.data.addHttpDataSource('Web', '${address}')
backend.data.addHttpDataSource('Gone', 'http://127.0.0.1:1')
backend.data.addLambdaDataSource('Fn', backend.total.resources.lambda)
const table = new Table(backend.createStack('tables'), 'Notes', { partitionKey: { name: 'id', type: AttributeType.STRING } })
backend.data.addDynamoDbDataSource('Notes', table)`,
      ),
      {
        'amplify/post.js': `export const request = (ctx) => ({ method: 'POST', resourcePath: '/things', params: { query: { a: 1 }, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(ctx.args) } })
export const response = (ctx) => ({ status: ctx.result.statusCode, body: JSON.parse(ctx.result.body) })`,
        'amplify/lost.js': `export const request = () => ({ method: 'GET', resourcePath: '/' })
export const response = (ctx) => ({ error: ctx.error, result: ctx.result })`,
        'amplify/call.js': `export const request = (ctx) => ({ operation: 'Invoke', payload: { arguments: { region: ctx.args.text, numbers: [4, 5] }, info: {}, prev: {} } })
export const response = (ctx) => ctx.error ?? ctx.result[0].sum`,
        'amplify/put.js': `import * as ddb from '@aws-appsync/utils/dynamodb'
export const request = (ctx) => ddb.put({ key: { id: 'n' }, item: { text: ctx.args.text } })
export const response = (ctx) => ctx.result`,
      },
    )
    const run = async (field: string) => JSON.parse((await ask(`mutation { answer: ${field} }`)).data.answer)
    expect(await run('post(text: "x")')).toEqual({
      status: 200,
      body: { got: '{"text":"x"}', to: '/things?a=1' },
    })
    expect(await run('lost')).toMatchObject({ error: { type: 'HttpError' }, result: null })
    expect(await run('call(text: "EU")')).toBe(9)
    expect(await run('call(text: "nowhere")')).toMatchObject({ type: 'Lambda:Unhandled' })
    expect(await run('put(text: "kept")')).toEqual({ id: 'n', text: 'kept' })
  } finally {
    server.close()
  }
})

test('buses, models of Bedrock and tables made elsewhere are data sources too; what nobody serves here says so', async () => {
  const op = (name: string, source?: string) =>
    `${name}: a.mutation().arguments({ id: a.id(), text: a.string() }).returns(a.json()).handler(a.handler.custom({ ${source ? `dataSource: '${source}', ` : ''}entry: './${name}.js' })).authorization((allow) => [allow.publicApiKey()]),`
  const answering = 'export const response = (ctx) => ({ result: ctx.result, error: ctx.error })'
  const { ask, sandbox, outputs, withKey } = await start(
    backend(
      [
        op('announce', 'Bus'),
        op('haiku', 'Haiku'),
        op('see', 'Eyes'),
        op('find', 'Search'),
        op('post', 'Posts'),
      ]
        .concat([
          op('posts', 'Posts'),
          op('here'),
          'Todo: a.model({ text: a.string() }).authorization((allow) => [allow.publicApiKey()]),',
        ])
        .join('\n'),
      `import { Stack } from 'aws-cdk-lib'
import { EventBus } from 'aws-cdk-lib/aws-events'
const stack = backend.createStack('elsewhere')
const signed = (signingServiceName) => ({ authorizationConfig: { signingRegion: backend.data.stack.region, signingServiceName } })
backend.data.addEventBridgeDataSource('Bus', EventBus.fromEventBusName(stack, 'Imported', 'orders'))
backend.data.addHttpDataSource('Haiku', \`https://bedrock-runtime.\${backend.data.stack.region}.amazonaws.com\`, signed('bedrock'))
backend.data.addHttpDataSource('Eyes', \`https://rekognition.\${backend.data.stack.region}.amazonaws.com\`, signed('rekognition'))
backend.data.addOpenSearchDataSource('Search', {})
backend.data.addDynamoDbDataSource('Posts', Table.fromTableName(stack, 'Posts', 'PostTable'))
backend.data.resources.cfnResources.cfnGraphqlApi.environmentVariables = { REGION: stack.region, TABLE: 'PostTable' }`,
    ),
    {
      // As the documentation has it: \`util\` need not be imported.
      'amplify/announce.js': `export const request = (ctx) => ({ operation: 'PutEvents', events: [{ source: 'orders', ['detail-type']: 'Placed', detail: { ...ctx.args } }, { source: 'orders', detail: {} }] })
export const response = (ctx) => util.time.nowEpochSeconds() && ctx.result`,
      'amplify/haiku.js': `export const request = (ctx) => ({ method: 'POST', resourcePath: '/model/anthropic.claude-3-haiku-20240307-v1:0/invoke', params: { body: { anthropic_version: 'bedrock-2023-05-31', messages: [{ role: 'user', content: [{ type: 'text', text: ctx.args.text }] }] } } })
export const response = (ctx) => JSON.parse(ctx.result.body)`,
      'amplify/see.js': `export const request = () => ({ method: 'POST', resourcePath: '/' })\n${answering}`,
      'amplify/find.js': `export const request = () => ({ operation: 'GET', path: '/todo/_search' })\n${answering}`,
      'amplify/post.js': `import * as ddb from '@aws-appsync/utils/dynamodb'
export const request = (ctx) => ctx.args.id ? ddb.put({ key: { id: ctx.args.id }, item: { text: ctx.args.text } }) : ddb.batchPut({ tables: { [ctx.env.TABLE]: [{ id: 'b', text: 'two' }] } })\n${answering}`,
      'amplify/posts.js': `import * as ddb from '@aws-appsync/utils/dynamodb'
export const request = (ctx) => ctx.args.id ? ddb.query({ query: { id: { eq: ctx.args.id } } }) : ddb.scan({})\n${answering}`,
      'amplify/here.js': `import { util } from '@aws-appsync/utils'
export function request(ctx) {
  util.http.addResponseHeader('x-region', ctx.env.REGION)
  util.http.addResponseHeaders({ 'Content-Type': 'text/html', 'x-bad\\nname': 1, 'x-count': 7 })
  return { payload: ctx.env }
}
export const response = (ctx) => ctx.result`,
    },
  )
  const run = async (field: string) => JSON.parse((await ask(`mutation { answer: ${field} }`)).data.answer)

  expect(await run('announce(id: "1", text: "x")')).toEqual({
    Entries: [
      { EventId: expect.any(String) },
      { ErrorCode: 'InvalidArgument', ErrorMessage: expect.any(String) },
    ],
    FailedEntryCount: 1,
  })
  const { events } = await (await fetch(`${sandbox.url}/_backline/state`)).json()
  expect(events).toMatchObject([{ service: 'events', to: 'orders' }])
  expect(JSON.parse(events[0].event)).toMatchObject({
    ...{ source: 'orders', 'detail-type': 'Placed', detail: { id: '1', text: 'x' } },
  })

  expect(await run('haiku(text: "five, seven, five")')).toMatchObject({
    ...{ role: 'assistant', content: [{ type: 'text', text: 'You said: five, seven, five' }] },
  })
  expect(await run('see')).toMatchObject({
    error: { type: 'UnsupportedOperation', message: expect.stringContaining('rekognition.us-east-1') },
  })
  expect(await run('find')).toMatchObject({
    error: { message: "The data source 'Search' is OpenSearch, which the sandbox does not serve." },
  })

  expect(await run('post(text: "whose key?")')).toMatchObject({
    error: { message: expect.stringContaining('PostTable is made elsewhere') },
  })
  expect(await run('post(id: "a", text: "one")')).toMatchObject({ result: { id: 'a', text: 'one' } })
  await run('post')
  expect((await run('posts')).result.items).toEqual([
    { id: 'a', text: 'one' },
    { id: 'b', text: 'two' },
  ])
  expect((await run('posts(id: "b")')).result.items).toEqual([{ id: 'b', text: 'two' }])

  const response = await fetch(outputs.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...withKey },
    body: JSON.stringify({ query: 'mutation { here }' }),
  })
  expect(await response.json()).toEqual({ data: { here: '{"REGION":"us-east-1","TABLE":"PostTable"}' } })
  expect([...response.headers]).toEqual(
    expect.arrayContaining([
      ['x-region', 'us-east-1'],
      ['x-count', '7'],
      ['content-type', 'application/json;charset=UTF-8'],
    ]),
  )
})

test('custom subscriptions hear their mutation, filtered by arguments or by what their resolver sets', async () => {
  const { ask, outputs, withKey, sandbox } = await start(
    backend(`
  Message: a.customType({ channel: a.string().required(), body: a.json() }),
  Order: a.model({ status: a.string() }).authorization((allow) => [allow.publicApiKey()]),
  announce: a.mutation().arguments({ channel: a.string().required(), body: a.json() }).returns(a.ref('Message')).handler(a.handler.custom({ entry: './announce.js' })).authorization((allow) => [allow.publicApiKey()]),
  onAnnounced: a.subscription().for(a.ref('announce')).arguments({ channel: a.string() }).handler(a.handler.custom({ entry: './nothing.js' })).authorization((allow) => [allow.publicApiKey()]),
  onPrefix: a.subscription().for(a.ref('announce')).arguments({ prefix: a.string() }).handler(a.handler.custom({ entry: './prefix.js' })).authorization((allow) => [allow.publicApiKey()]),
  onOrderSaved: a.subscription().for([a.ref('Order').mutations(['create', 'update'])]).handler(a.handler.custom({ entry: './nothing.js' })).authorization((allow) => [allow.publicApiKey()]),`),
    {
      'amplify/announce.js': `import { extensions } from '@aws-appsync/utils'
export const request = (ctx) => ({ payload: ctx.args })
export function response(ctx) {
  if (ctx.args.channel === 'end') extensions.invalidateSubscriptions({ subscriptionField: 'onPrefix', payload: { prefix: 'n' } })
  return ctx.result
}`,
      'amplify/nothing.js':
        'export const request = () => ({ payload: null })\nexport const response = () => null',
      'amplify/prefix.js': `import { extensions, util } from '@aws-appsync/utils'
export const request = () => ({ payload: null })
export function response(ctx) {
  if (ctx.args.prefix === 'x') util.unauthorized()
  extensions.setSubscriptionFilter(util.transform.toSubscriptionFilter({ channel: { beginsWith: ctx.args.prefix } }))
  extensions.setSubscriptionInvalidationFilter(util.transform.toSubscriptionFilter({ prefix: { eq: ctx.args.prefix } }))
  return null
}`,
    },
  )
  const { host } = new URL(outputs.url)
  const client = await openSocket(`${outputs.url.replace('http', 'ws')}/realtime`, [
    'graphql-ws',
    headerProtocol({ host, ...withKey }),
  ])
  client.send({ type: 'connection_init' })
  await client.next('connection_ack')
  const begin = (id: string, query: string) =>
    client.send({
      id,
      type: 'start',
      payload: { data: JSON.stringify({ query }), extensions: { authorization: { host, ...withKey } } },
    })
  begin('all', 'subscription { onAnnounced { channel body } }')
  begin('news', 'subscription { onAnnounced(channel: "news") { channel } }')
  begin('n', 'subscription { onPrefix(prefix: "n") { channel } }')
  begin('x', 'subscription { onPrefix(prefix: "x") { channel } }')
  begin('orders', 'subscription { onOrderSaved { id status } }')
  for (const id of ['all', 'news', 'n', 'orders']) await client.next('start_ack', id)
  expect(await client.next('error', 'x')).toMatchObject({
    payload: { errors: [{ errorType: 'Unauthorized', path: ['onPrefix'] }] },
  })
  const announce = (channel: string) =>
    ask('mutation ($c: String!) { announce(channel: $c, body: "{\\"a\\":1}") { channel body } }', {
      c: channel,
    })
  await announce('night')
  expect((await client.next('data')).id).toBe('all')
  expect((await client.next('data')).id).toBe('n')
  await announce('news')
  expect((await client.next('data', 'news')).payload).toEqual({ data: { onAnnounced: { channel: 'news' } } })
  expect((await client.next('data', 'all')).payload).toEqual({
    data: { onAnnounced: { channel: 'news', body: '{"a":1}' } },
  })
  await client.next('data', 'n')
  const { data } = await ask('mutation { createOrder(input: { status: "NEW" }) { id status } }')
  expect((await client.next('data', 'orders')).payload).toEqual({ data: { onOrderSaved: data.createOrder } })
  await announce('end')
  await client.next('complete', 'n')
  sandbox.dropSockets()
})

test.each([
  [
    `x: a.query().returns(a.string()).handler(a.handler.custom({ entry: './none.js' })).authorization((allow) => [allow.publicApiKey()])`,
    /Query\.x: The resolver .*none\.js does not exist/,
  ],
  [
    `x: a.query().returns(a.string()).handler(a.handler.custom({ entry: './broken.js' })).authorization((allow) => [allow.publicApiKey()])`,
    /Query\.x: The resolver .*broken\.js:2 cannot be read/,
  ],
  [
    `x: a.query().returns(a.string()).handler(a.handler.custom({ entry: './half.js' })).authorization((allow) => [allow.publicApiKey()])`,
    /exports no function called response/,
  ],
  [
    `x: a.query().returns(a.string()).handler(a.handler.custom({ entry: './whole.js', dataSource: 'Search' })).authorization((allow) => [allow.publicApiKey()])`,
    /Query\.x uses the data source 'Search', which nothing in the backend adds/,
  ],
  [
    `x: a.query().returns(a.string()).handler(a.handler.function('nobody')).authorization((allow) => [allow.publicApiKey()])`,
    /answered by the function 'nobody', which is not among the functions/,
  ],
  [
    `x: a.query().returns(a.integer()).handler(a.handler.inlineSql('SELECT 1')).authorization((allow) => [allow.publicApiKey()])`,
    /x has a statement of SQL as handler, but the schema's database is DynamoDB/,
  ],
  [
    `x: a.query().returns(a.integer()).handler(a.handler.sqlReference('./sum.sql')).authorization((allow) => [allow.publicApiKey()])`,
    /x has a statement of SQL as handler, but the schema's database is DynamoDB/,
  ],
  [
    `x: a.query().returns(a.string()).handler(a.handler.custom({ entry: './rds.js' })).authorization((allow) => [allow.publicApiKey()])`,
    /rds is not served/,
  ],
])('an operation that cannot be answered is refused when it is loaded: %#', async (schema, message) => {
  const files = {
    'amplify/broken.js': 'export function request() {\n  return {',
    'amplify/half.js': 'export const request = () => ({})',
    'amplify/rds.js':
      "import { select } from '@aws-appsync/utils/rds'\nexport const request = () => select({ table: 'x' })\nexport const response = () => 1",
    'amplify/whole.js': 'export const request = () => ({})\nexport const response = () => 1',
  }
  await expect(start(backend(schema), files)).rejects.toThrow(message)
})
