import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { HEAD, start, texts } from './backends.fixture.js'

// Namespaces that hand their events to a data source, on the service's wire.

/** Each in a file of its own beside the backend. */
const FUNCTIONS: Record<string, string> = {
  judge: `export const handler = async (event) => {
  const { info, events, request } = event
  if (info.channelNamespace.name === 'told') return void (await fetch(events ? events[0].payload : process.env.NOWHERE))
  if (info.operation === 'SUBSCRIBE') {
    if (info.channel.path.endsWith('/thrown')) throw Object.assign(new Error('no'), { name: 'UnauthorizedException' })
    return info.channel.path.endsWith('/closed') ? { error: 'This one is closed.' } : null
  }
  if (info.channel.path.endsWith('/broken')) return { error: 'The secret reason.' }
  if (info.channel.path.endsWith('/crashed')) throw new Error('The secret reason.')
  if (info.channel.path.endsWith('/thrown')) throw Object.assign(new Error('no'), { name: 'UnauthorizedException' })
  if (info.channel.path.endsWith('/whole')) return { events: events.map(({ id }) => ({ id, payload: { ...event, events: events.length, request: Object.keys(request) } })) }
  return { events: events.filter(({ payload }) => payload !== 'dropped').map((each) => each.payload === 'wrong' ? { id: each.id, error: 'No such word.' } : { id: each.id, payload: each.payload.toUpperCase() }) }
}`,
  shout: 'export const handler = async ({ words }) => words.map((word) => word + "!")',
}

const backend = (body: string) => `${HEAD.replace(
  '{ AuthorizationType,',
  '{ AppSyncLambdaDataSource, AuthorizationType, CfnDataSource, ChannelNamespace, Code, LambdaInvokeType,',
).replace(
  'auth: defineAuth',
  "judge: defineFunction({ name: 'judge', entry: './judge.ts' }), shout: defineFunction({ name: 'shout', entry: './shout.ts' }), auth: defineAuth",
)}
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb'
const api = new EventApi(stack, 'Events', { apiName: 'events', authorizationConfig: { authProviders: [{ authorizationType: AppSyncAuthorizationType.API_KEY }] } })
${body}
backend.addOutput({ custom: { events: { url: \`https://\${api.httpDns}/event\`, api_key: api.apiKeys['Default'].attrApiKey } } })`

const begin = (body: string) =>
  start(
    backend(body),
    Object.fromEntries(Object.entries(FUNCTIONS).map(([name, text]) => [`amplify/${name}.ts`, text])),
  )

/** Both ways of saying the same. */
const DIRECT = {
  'whole constructs': `const source = api.addLambdaDataSource('judge', backend.judge.resources.lambda)
api.addChannelNamespace('direct', { publishHandlerConfig: { dataSource: source, direct: true }, subscribeHandlerConfig: { dataSource: source, direct: true, lambdaInvokeType: LambdaInvokeType.REQUEST_RESPONSE } })`,
  'plain ones': `const source = new CfnDataSource(stack, 'Judge', { apiId: api.apiId, name: 'judge', type: 'AWS_LAMBDA', lambdaConfig: { lambdaFunctionArn: backend.judge.resources.lambda.functionArn } })
const to = { behavior: 'DIRECT', integration: { dataSourceName: source.attrName, lambdaConfig: { invokeType: 'REQUEST_RESPONSE' } } }
new CfnChannelNamespace(stack, 'Direct', { apiId: api.apiId, name: 'direct', handlerConfigs: { onPublish: to, onSubscribe: { ...to, integration: { dataSourceName: 'judge' } } } })`,
}

test.each(Object.entries(DIRECT))('a function decides without any code: %s', async (_, body) => {
  const { publish, connect, withKey } = await begin(body)
  const client = await connect(withKey)
  client.subscribe('room', '/direct/*')
  await client.next('subscribe_success', 'room')
  client.subscribe('closed', '/direct/closed')
  expect(await client.next('subscribe_error', 'closed')).toMatchObject({
    errors: [{ errorType: 'UnauthorizedException', message: 'This one is closed.' }],
  })
  client.subscribe('thrown', '/direct/thrown')
  expect(await client.next('subscribe_error', 'thrown')).toMatchObject({
    errors: [{ errorType: 'UnauthorizedException' }],
  })
  expect(
    (await publish({ channel: 'direct/a', events: texts('one', 'dropped', 'wrong') }, withKey)).body,
  ).toEqual({
    successful: [0, 1].map((index) => ({ identifier: expect.any(String), index })),
    failed: [
      { identifier: expect.any(String), index: 2, code: expect.any(Number), message: 'No such word.' },
    ],
  })
  expect(await client.next('data', 'room')).toMatchObject({ event: '"ONE"' })

  // The publisher is not told why.
  const broken = await publish({ channel: 'direct/broken', events: texts('one') }, withKey)
  expect(broken.body).toMatchObject({ successful: [], failed: [{ index: 0 }] })
  const crashed = await publish({ channel: 'direct/crashed', events: texts('one') }, withKey)
  expect(crashed.status).toBe(500)
  expect(JSON.stringify([broken, crashed])).not.toContain('secret')
  expect(await publish({ channel: 'direct/thrown', events: texts('one') }, withKey)).toMatchObject({
    status: 403,
    body: { errors: [{ errorType: 'UnauthorizedException' }] },
  })

  await publish({ channel: 'direct/whole', events: texts('one', 'two') }, withKey)
  const { event } = await client.next('data', 'room')
  expect(JSON.parse(String(event))).toEqual({
    identity: null,
    info: {
      channel: { path: '/direct/whole', segments: ['direct', 'whole'] },
      channelNamespace: { name: 'direct' },
      operation: 'PUBLISH',
    },
    request: ['headers', 'domainName'],
    events: 2,
    stash: {},
    outErrors: [],
    ...{ result: null, error: null, prev: null },
  })
})

test('a function that is told of an event is not waited for', async () => {
  const { publish, connect, withKey } = await begin(
    `const dataSource = new AppSyncLambdaDataSource(stack, 'judge', { api, lambdaFunction: backend.judge.resources.lambda })
const config = { dataSource, direct: true, lambdaInvokeType: LambdaInvokeType.EVENT }
new ChannelNamespace(stack, 'told', { api, publishHandlerConfig: config, subscribeHandlerConfig: config })`,
  )
  // It does not answer before the test is over.
  let asked = () => {}
  const heard = new Promise<void>((resolve) => (asked = resolve))
  const server = createServer(asked)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = await connect(withKey)
  client.subscribe('room', '/told/room')
  await client.next('subscribe_success', 'room')
  const { body } = await publish({ channel: 'told/room', events: texts(address) }, withKey)
  expect(body).toMatchObject({ successful: [{ index: 0 }], failed: [] })
  expect(await client.next('data', 'room')).toMatchObject({ event: JSON.stringify(address) })
  await heard
  server.closeAllConnections()
  server.close()
})

test('code asks functions and tables, and says what becomes of the events', async () => {
  const code = `import { util } from '@aws-appsync/utils'
export const onPublish = {
  request: (ctx) => {
    if (ctx.events[0].payload === 'nothing') return util.unauthorized()
    return { operation: 'Invoke', payload: { words: ctx.events.map(({ payload }) => payload) } }
  },
  response: (ctx) => {
    if (ctx.error) util.error(ctx.error.message, ctx.error.type)
    return ctx.events.map(({ id }, at) => ({ id, payload: ctx.result[at] }))
  },
}
export function onSubscribe(ctx) {
  if (ctx.info.channel.path === '/loud/closed') util.unauthorized()
}`
  const kept = `import * as ddb from '@aws-appsync/utils/dynamodb'
import { util } from '@aws-appsync/utils'
export const onPublish = {
  request: (ctx) => ddb.batchPut({ tables: { Messages: ctx.events.map(({ id, payload }) => ({ channel: ctx.info.channel.path, id, text: payload })) } }),
  response: (ctx) => ctx.events.map(({ id }) => ({ id, payload: ctx.result.data.Messages.find((each) => each.id === id).text })),
}
export const onSubscribe = {
  request: (ctx) => ddb.query({ query: { channel: { eq: ctx.info.channel.path } } }),
  response: (ctx) => { if (ctx.result.items.length > 1) util.error('Too late.', 'TooLate') },
}`
  const { publish, connect, withKey } = await begin(
    `const shout = api.addLambdaDataSource('shout', backend.shout.resources.lambda)
api.addChannelNamespace('loud', { code: Code.fromInline(${JSON.stringify(code)}), publishHandlerConfig: { dataSource: shout } })
const table = new Table(stack, 'Messages', { partitionKey: { name: 'channel', type: AttributeType.STRING }, sortKey: { name: 'id', type: AttributeType.STRING } })
const messages = api.addDynamoDbDataSource('messages', table, { name: 'MessagesTable' })
api.addChannelNamespace('kept', { code: Code.fromInline(${JSON.stringify(kept)}), publishHandlerConfig: { dataSource: messages }, subscribeHandlerConfig: { dataSource: messages } })`,
  )
  const client = await connect(withKey)
  client.subscribe('closed', '/loud/closed')
  await client.next('subscribe_error', 'closed')
  for (const channel of ['loud', 'kept']) {
    client.subscribe(channel, `/${channel}/room`)
    await client.next('subscribe_success', channel)
  }
  await publish({ channel: 'loud/room', events: texts('hi', 'ho') }, withKey)
  expect(await client.next('data', 'loud')).toMatchObject({ event: '"hi!"' })
  expect(await client.next('data', 'loud')).toMatchObject({ event: '"ho!"' })
  expect((await publish({ channel: 'loud/room', events: texts('nothing') }, withKey)).status).toBe(403)
  expect((await publish({ channel: 'loud/room', events: texts(3) }, withKey)).body.failed).toEqual([])

  const { body } = await publish({ channel: 'kept/room', events: texts('one', 'two') }, withKey)
  expect(body).toMatchObject({ successful: [{ index: 0 }, { index: 1 }], failed: [] })
  expect(await client.next('data', 'kept')).toMatchObject({ event: '"one"' })
  client.subscribe('late', '/kept/room')
  expect(await client.next('subscribe_error', 'late')).toMatchObject({
    errors: [{ errorType: 'TooLate', message: 'Too late.' }],
  })
})

test('code asks addresses, buses and models of Bedrock', async () => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    request.on('data', (body: Buffer) => asked.push(`${request.method} ${request.url} ${body}`))
    request.on('end', () => response.writeHead(request.url === '/no' ? 404 : 200).end('{"ok":true}'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const web = `import { util } from '@aws-appsync/utils'
export const onPublish = {
  request: (ctx) => ({ method: 'POST', resourcePath: '/' + ctx.info.channel.segments[1], params: { body: ctx.events.map(({ payload }) => payload) } }),
  response(ctx) {
    if (ctx.error) util.error(ctx.error.message, ctx.error.type)
    if (ctx.result.statusCode !== 200) return ctx.events.map(({ id }) => ({ id, error: 'The other side said ' + ctx.result.statusCode + '.' }))
    return ctx.events.map(({ id, payload }) => ({ id, payload: { payload, ...JSON.parse(ctx.result.body) } }))
  },
}
export const onSubscribe = {
  request: (ctx) => ({ method: 'GET', resourcePath: '/' + ctx.info.channel.segments[1] }),
  response: (ctx) => { if (ctx.result.statusCode !== 200) util.unauthorized() },
}`
  const bus = `export const onPublish = {
  request: (ctx) => ({ operation: 'PutEvents', events: ctx.events.map(({ payload }) => ({ source: 'chat', detailType: 'said', detail: { payload } })) }),
  response: (ctx) => ctx.events.map(({ id }) => ({ id, payload: ctx.result.FailedEntryCount })),
}`
  const bedrock = `import { converse, invokeModel } from '@aws-appsync/utils/ai'
export const onPublish = {
  request(ctx) {
    const messages = [{ role: 'user', content: [{ text: ctx.events[0].payload }] }]
    if (ctx.info.channel.path.endsWith('/invoke')) return invokeModel({ modelId: 'anthropic.claude', body: { messages } })
    return converse({ modelId: 'anthropic.claude', messages: ctx.info.channel.path.endsWith('/none') ? [] : messages })
  },
  response: (ctx) => ctx.events.map(({ id }) => ({ id, payload: ctx.error?.message ?? ctx.result.content?.[0].text ?? ctx.result.output.message.content[0].text })),
}`
  const inline = (code: string) => `code: Code.fromInline(${JSON.stringify(code)})`
  const { sandbox, publish, connect, withKey } = await begin(
    `import { EventBus } from 'aws-cdk-lib/aws-events'
const web = api.addHttpDataSource('web', '${address}')
api.addChannelNamespace('web', { ${inline(web)}, publishHandlerConfig: { dataSource: web }, subscribeHandlerConfig: { dataSource: web } })
const bus = api.addEventBridgeDataSource('bus', new EventBus(stack, 'Chats', { eventBusName: 'chats' }))
api.addChannelNamespace('bus', { ${inline(bus)}, publishHandlerConfig: { dataSource: bus } })
const model = new CfnDataSource(stack, 'Model', { apiId: api.apiId, name: 'model', type: 'AMAZON_BEDROCK_RUNTIME' })
new CfnChannelNamespace(stack, 'Bedrock', { apiId: api.apiId, name: 'bedrock', codeHandlers: ${JSON.stringify(bedrock)}, handlerConfigs: { onPublish: { behavior: 'CODE', integration: { dataSourceName: model.attrName } } } })`,
  )
  const client = await connect(withKey)
  for (const channel of ['web/yes', 'bus/a', 'bedrock/*']) {
    client.subscribe(channel, `/${channel}`)
    await client.next('subscribe_success', channel)
  }
  client.subscribe('web/no', '/web/no')
  expect(await client.next('subscribe_error', 'web/no')).toMatchObject({
    errors: [{ errorType: 'UnauthorizedException' }],
  })
  await publish({ channel: 'web/yes', events: texts('hi', { a: 1 }) }, withKey)
  expect(await client.next('data', 'web/yes')).toMatchObject({ event: '{"payload":"hi","ok":true}' })
  const { body } = await publish({ channel: 'web/no', events: texts('hi') }, withKey)
  expect(body).toMatchObject({ successful: [], failed: [{ message: 'The other side said 404.' }] })
  expect(asked).toEqual(['POST /yes ["hi",{"a":1}]', 'POST /no ["hi"]'])

  await publish({ channel: 'bus/a', events: texts('hello') }, withKey)
  expect(await client.next('data', 'bus/a')).toMatchObject({ event: '0' })
  const { events } = await (await fetch(`${sandbox.url}/_backline/state`)).json()
  expect(events).toMatchObject([
    { service: 'events', to: 'chats', event: expect.stringContaining('"hello"') },
  ])

  for (const [channel, answer] of [
    ['converse', 'You said: ahoy'],
    ['invoke', 'You said: ahoy'],
    ['none', 'The sandbox reads what Bedrock is asked by its messages, and here are none.'],
  ]) {
    await publish({ channel: `bedrock/${channel}`, events: texts('ahoy') }, withKey)
    expect(await client.next('data', 'bedrock/*')).toMatchObject({ event: JSON.stringify(answer) })
  }
})

test.each([
  [
    "new CfnChannelNamespace(stack, 'N', { apiId: api.apiId, name: 'n', handlerConfigs: { onPublish: { behavior: 'CODE', integration: { dataSourceName: 'nowhere' } } } })",
    /namespace 'n': onPublish names the data source 'nowhere', which its Event API does not have/,
  ],
  [
    "const dataSource = api.addOpenSearchDataSource('search', {})\napi.addChannelNamespace('n', { code: Code.fromInline('x'), publishHandlerConfig: { dataSource } })",
    /namespace 'n': onPublish names the data source 'search', OpenSearch, which the sandbox does not serve/,
  ],
  [
    "const dataSource = api.addHttpDataSource('web', 'http://127.0.0.1:1')\napi.addChannelNamespace('n', { publishHandlerConfig: { dataSource, direct: true } })",
    /namespace 'n': onPublish is DIRECT, which only functions can be: 'web' is none/,
  ],
  [
    "const dataSource = api.addHttpDataSource('web', 'http://127.0.0.1:1')\napi.addChannelNamespace('n', { subscribeHandlerConfig: { dataSource } })",
    /namespace n: the data source 'web' needs code that exports onSubscribe as { request, response }/,
  ],
  [
    "api.addChannelNamespace('n', { code: Code.fromInline('export const onPublish = { request: () => {}, response: () => {} }') })",
    /namespace n exports onPublish as { request, response }, and has no data source for it/,
  ],
  [
    "new CfnChannelNamespace(stack, 'N', { apiId: api.apiId, name: 'n', handlerConfigs: { onPublish: { behavior: 'DIRECT' } } })",
    /namespace 'n': onPublish is DIRECT, and needs a data source/,
  ],
])('what cannot work is refused when the folder is loaded: %s', async (body, message) => {
  await expect(begin(body)).rejects.toThrow(message)
})
