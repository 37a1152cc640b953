import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { appWith } from '../amplify.fixture.js'
import { startIssuer } from '../appsync/issuer.fixture.js'
import { headerProtocol, openSocket } from '../appsync/socket.fixture.js'
import { type Headers, peopleOf, signed } from '../appsync/stage.fixture.js'
import { type Sandbox, startSandbox } from '../sandbox.js'

// A plain client of the protocol, written from its page, on backends that are written as Amplify's documentation writes them.

const sandboxes: Sandbox[] = []
afterEach(async () => {
  for (const sandbox of sandboxes.splice(0)) await sandbox.stop()
})

const HEAD = `import { defineAuth, defineBackend, defineFunction } from '@aws-amplify/backend'
import { AuthorizationType, CfnApi, CfnApiKey, CfnChannelNamespace, EventApi, AppSyncAuthorizationType } from 'aws-cdk-lib/aws-appsync'
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam'
const backend = defineBackend({ auth: defineAuth({ loginWith: { email: true }, groups: ['ADMINS'] }) })
const stack = backend.createStack('events')
`
/** Every mode that needs nothing outside; \`rooms\` for signed-in users alone, \`news\` published by an administrator only. */
const MODES = `${HEAD}
const of = (...types) => types.map((authType) => ({ authType }))
const { API_KEY, USER_POOL, IAM } = AuthorizationType
const api = new CfnApi(stack, 'Events', { name: 'events', eventConfig: {
  authProviders: [{ authType: API_KEY }, { authType: IAM }, { authType: USER_POOL, cognitoConfig: { awsRegion: stack.region, userPoolId: backend.auth.resources.userPool.userPoolId } }],
  connectionAuthModes: of(API_KEY, USER_POOL, IAM), defaultPublishAuthModes: of(API_KEY), defaultSubscribeAuthModes: of(API_KEY, USER_POOL, IAM),
} })
new CfnChannelNamespace(stack, 'Default', { apiId: api.attrApiId, name: 'default' })
new CfnChannelNamespace(stack, 'Rooms', { apiId: api.attrApiId, name: 'rooms', publishAuthModes: of(USER_POOL), subscribeAuthModes: of(USER_POOL) })
new CfnChannelNamespace(stack, 'News', { apiId: api.attrApiId, name: 'news', publishAuthModes: of(IAM) })
const key = new CfnApiKey(stack, 'Key', { apiId: api.attrApiId })
const allow = (id, actions, resources) => new Policy(stack, id, { statements: [new PolicyStatement({ actions, resources })] })
const reading = allow('Read', ['appsync:EventConnect', 'appsync:EventSubscribe'], [api.attrApiArn, \`\${api.attrApiArn}/*\`])
backend.auth.resources.authenticatedUserIamRole.attachInlinePolicy(reading)
backend.auth.resources.unauthenticatedUserIamRole.attachInlinePolicy(reading)
backend.auth.resources.groups['ADMINS'].role.attachInlinePolicy(allow('Write', ['appsync:Event*'], [\`\${api.attrApiArn}*\`]))
backend.addOutput({ custom: { events: { url: \`https://\${api.getAtt('Dns.Http').toString()}/event\`, aws_region: stack.region, default_authorization_type: API_KEY, api_key: key.attrApiKey } } })
`

interface EventOutputs {
  url: string
  aws_region: string
  default_authorization_type: string
  api_key: string
}

async function start(source: string, more: Record<string, string> = {}) {
  const sandbox = await startSandbox({
    backend: join(appWith({ 'amplify/backend.ts': source, ...more }), 'amplify'),
  })
  sandboxes.push(sandbox)
  const outputs = (sandbox.outputs.custom as { events: EventOutputs }).events
  const { host } = new URL(outputs.url)

  async function publish(body: unknown, headers: Headers, url = outputs.url) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    return { status: response.status, body: (await response.json()) as any }
  }
  async function connect(as: Headers, url = outputs.url) {
    const opened = await openSocket(`${url.replace('http', 'ws')}/realtime`, [
      'aws-appsync-event-ws',
      headerProtocol({ host, ...as }),
    ])
    opened.send({ type: 'connection_init' })
    return {
      ...opened,
      subscribe: (id: string, channel: string, authorization: Headers = as) =>
        opened.send({ type: 'subscribe', id, channel, authorization: { host, ...authorization } }),
    }
  }
  return { sandbox, outputs, publish, connect, withKey: { 'x-api-key': outputs.api_key } }
}

const texts = (...events: unknown[]) => events.map((each) => JSON.stringify(each))

test('what is published over HTTP reaches those who subscribed, one message per event', async () => {
  const { publish, connect, withKey, outputs, sandbox } = await start(MODES)
  expect(outputs).toEqual({
    url: `${sandbox.url}/event`,
    aws_region: 'us-east-1',
    default_authorization_type: 'API_KEY',
    api_key: expect.stringMatching(/^da2-/),
  })
  const client = await connect(withKey)
  expect(await client.next('connection_ack')).toMatchObject({ connectionTimeoutMs: 300_000 })
  await client.next('ka')
  client.subscribe('one', '/default/room')
  client.subscribe('all', 'default/*')
  client.subscribe('other', '/default/other')
  for (const id of ['one', 'all', 'other']) await client.next('subscribe_success', id)

  const answer = await publish({ channel: 'default/room', events: texts({ a: 1 }, 'two', null) }, withKey)
  expect(answer).toEqual({
    status: 200,
    body: {
      successful: [0, 1, 2].map((index) => ({ identifier: expect.any(String), index })),
      failed: [],
    },
  })
  for (const id of ['one', 'all']) {
    for (const event of ['{"a":1}', '"two"', 'null'])
      expect(await client.next('data', id)).toEqual({ type: 'data', id, event })
  }
  await publish({ channel: '/default/other/deep', events: texts(1) }, withKey)
  expect(await client.next('data')).toEqual({ type: 'data', id: 'all', event: '1' })

  client.send({ type: 'unsubscribe', id: 'all' })
  await client.next('unsubscribe_success', 'all')
  await publish({ channel: '/default/room', events: texts(2) }, withKey)
  expect(await client.next('data')).toEqual({ type: 'data', id: 'one', event: '2' })
  expect(client.received).toEqual([])
})

test('events may be published over the WebSocket', async () => {
  const { connect, withKey } = await start(MODES)
  const client = await connect(withKey)
  client.subscribe('s', '/default/room')
  await client.next('subscribe_success')
  const message = { type: 'publish', id: 'p', channel: '/default/room', events: texts('hello') }
  client.send({ ...message, authorization: withKey })
  expect(await client.next('publish_success', 'p')).toMatchObject({ successful: [{ index: 0 }], failed: [] })
  expect(await client.next('data', 's')).toMatchObject({ event: '"hello"' })
  client.send({ ...message, id: 'q', authorization: { 'x-api-key': 'da2-wrong' } })
  expect(await client.next('publish_error', 'q')).toMatchObject({
    errors: [{ errorType: 'UnauthorizedException' }],
  })
})

test('each namespace has its own modes for publishing and subscribing', async () => {
  const { sandbox, publish, connect, withKey, outputs } = await start(MODES)
  const people = peopleOf(sandbox)
  const ada = await people.user('ada@example.com', 'ADMINS')
  const asSigned = (keys: Awaited<ReturnType<typeof people.keys>>, body: string) =>
    signed(outputs.url, body, keys, { path: '/event' })
  const client = await connect(ada.headers)
  await client.next('connection_ack')
  client.subscribe('room', '/rooms/1')
  client.subscribe('news', '/news/*')
  await client.next('subscribe_success', 'room')
  await client.next('subscribe_success', 'news')
  client.subscribe('refused', '/rooms/1', withKey)
  expect(await client.next('subscribe_error', 'refused')).toMatchObject({
    errors: [{ errorType: 'UnauthorizedException', message: 'You are not authorized to make this call.' }],
  })

  const say = (channel: string, headers: Headers) => publish({ channel, events: texts(channel) }, headers)
  expect((await say('/rooms/1', ada.headers)).status).toBe(200)
  expect((await say('/rooms/1', withKey)).status).toBe(401)
  expect((await say('/default/1', ada.headers)).status).toBe(401)
  expect((await say('/rooms/1', {})).status).toBe(401)

  const body = JSON.stringify({ channel: '/news/today', events: texts('news') })
  const [guest, user] = [await people.keys(), await people.keys(ada.idToken)]
  expect(await publish(body, asSigned(guest, body))).toMatchObject({
    status: 403,
    body: { errors: [{ errorType: 'AccessDeniedException' }] },
  })
  // Ada's keys are those of her group, which may publish.
  expect((await publish(body, asSigned(user, body))).status).toBe(200)
  expect((await publish(body, asSigned(user, `${body} `))).status).toBe(403)
  expect(await client.next('data', 'room')).toMatchObject({ event: '"/rooms/1"' })
  expect(await client.next('data', 'news')).toMatchObject({ event: '"news"' })

  const { host, ...handshake } = { host: new URL(outputs.url).host, ...asSigned(guest, '{}') }
  const stranger = await connect(handshake)
  await stranger.next('connection_ack')
  stranger.subscribe('n', '/news/*', asSigned(guest, JSON.stringify({ channel: '/news/*' })))
  await stranger.next('subscribe_success', 'n')
  stranger.subscribe('m', '/news/*', asSigned(guest, JSON.stringify({ channel: '/news/x' })))
  expect(await stranger.next('subscribe_error', 'm')).toMatchObject({
    errors: [{ errorType: 'InvalidSignatureException' }],
  })
})

test('what cannot be meant is refused by name', async () => {
  const { publish, connect, withKey, outputs } = await start(MODES)
  const refused = async (body: unknown) => {
    const answer = await publish(body, withKey)
    expect(answer.status).toBe(400)
    return answer.body.errors[0]
  }
  const channel = '/default/room'
  expect(await refused('{')).toEqual({
    errorType: 'BadRequestException',
    message: 'The request body is not a JSON object.',
  })
  expect((await refused({ channel, events: [] })).message).toMatch(/list of events/)
  expect((await refused({ channel, events: texts(1, 2, 3, 4, 5, 6) })).message).toMatch(/At most 5/)
  expect((await refused({ channel, events: ['{no json'] })).message).toMatch(/index 0 must be a text/)
  expect((await refused({ channel, events: [{}] })).message).toMatch(/index 0 must be a text/)
  expect((await refused({ channel, events: texts('x'.repeat(250_000)) })).message).toMatch(/245760 bytes/)
  expect((await refused({ channel: '/default/*', events: texts(1) })).message).toMatch(/wildcard/)
  expect((await refused({ channel: '/default/a b', events: texts(1) })).message).toMatch(/not valid/)
  expect((await refused({ channel: '/default/1/2/3/4/5', events: texts(1) })).message).toMatch(/more than 5/)
  expect((await refused({ channel: '/none/1', events: texts(1) })).message).toMatch(
    /no channel namespace none/,
  )
  expect((await publish({ channel, events: texts('x'.repeat(3_000_000)) }, withKey)).status).toBe(413)
  expect((await fetch(outputs.url)).status).toBe(405)

  const client = await connect(withKey)
  await client.next('connection_ack')
  client.send('{ not json')
  client.send({ type: 'dance', id: 'd' })
  client.send({ type: 'unsubscribe', id: 'never' })
  client.subscribe('same', channel)
  client.subscribe('same', channel)
  client.subscribe('mid', '/default/*/x')
  expect(await client.next('error')).toMatchObject({ errors: [{ errorType: 'UnsupportedOperation' }] })
  expect(await client.next('error', 'd')).toMatchObject({ errors: [{ errorType: 'UnsupportedOperation' }] })
  expect(await client.next('unsubscribe_error')).toMatchObject({
    errors: [{ errorType: 'UnknownOperationError' }],
  })
  await client.next('subscribe_success', 'same')
  expect(await client.next('subscribe_error', 'same')).toMatchObject({
    errors: [{ errorType: 'DuplicatedOperationError' }],
  })
  expect(await client.next('subscribe_error', 'mid')).toMatchObject({
    errors: [{ errorType: 'BadRequestException' }],
  })
  const stranger = await connect({ 'x-api-key': 'da2-wrong' })
  expect(await stranger.next('connection_error')).toMatchObject({
    errors: [{ errorType: 'UnauthorizedException', errorCode: 401 }],
  })
})

test('a Lambda authorizer and an issuer of OpenID Connect decide, each where it is asked', async () => {
  const issuer = await startIssuer()
  try {
    const token = (audience: string, seconds = 300) => issuer.token({ sub: 'grace' }, { audience, seconds })
    const { publish, sandbox } = await start(
      `${HEAD.replace('auth: defineAuth', "gate: defineFunction({ entry: './gate.ts' }), auth: defineAuth")}
const api = new CfnApi(stack, 'Events', { name: 'events', eventConfig: {
  authProviders: [
    { authType: AuthorizationType.LAMBDA, lambdaAuthorizerConfig: { authorizerUri: backend.gate.resources.lambda.functionArn, authorizerResultTtlInSeconds: 60 } },
    { authType: 'OPENID_CONNECT', openIdConnectConfig: { issuer: '${issuer.url}', clientId: 'app' } },
  ],
  connectionAuthModes: [{ authType: 'AWS_LAMBDA' }], defaultPublishAuthModes: [{ authType: 'AWS_LAMBDA' }, { authType: 'OPENID_CONNECT' }], defaultSubscribeAuthModes: [{ authType: 'AWS_LAMBDA' }],
} })
new CfnChannelNamespace(stack, 'Default', { apiId: api.attrApiId, name: 'default' })
backend.addOutput({ custom: { events: { url: \`https://\${api.attrDnsHttp}/event\` } } })`,
      {
        'amplify/gate.ts': `let asked = 0
export const handler = async ({ authorizationToken, requestContext: { operation, channel } }) => {
  if (authorizationToken === 'how often') throw new Error('asked ' + asked)
  asked++
  return { isAuthorized: authorizationToken === 'open sesame' && operation === 'EVENT_PUBLISH' && channel === '/default/cave' }
}`,
      },
    )
    const say = async (authorization: string) =>
      publish({ channel: '/default/cave', events: texts(1) }, { authorization })
    expect((await say('open sesame')).status).toBe(200)
    expect((await say('open sesame')).status).toBe(200)
    expect((await say('how often')).body.errors[0].message).toMatch(/asked 1$/)
    sandbox.clock.advance(61_000)
    expect((await say('open sesame')).status).toBe(200)
    expect((await say('how often')).body.errors[0].message).toMatch(/asked 2$/)
    expect((await say('open barley')).status).toBe(401)
    expect((await say(await token('app'))).status).toBe(200)
    expect((await say(await token('another'))).body.errors[0].message).toMatch(/another client/)
    expect((await say(await token('app', -3000))).body.errors[0].message).toBe('Token has expired.')
  } finally {
    issuer.stop()
  }
})

test('a namespace that is written as code decides who hears what', async () => {
  const code = `import { util } from '@aws-appsync/utils'
export function onPublish(ctx) {
  if (ctx.info.channel.segments[1] === 'closed') util.unauthorized()
  if (ctx.info.channel.path === '/default/broken') util.error('Not today.', 'Holiday')
  console.log(ctx.info.operation + ' on ' + ctx.info.channelNamespace.name)
  return ctx.events
    .filter(({ payload }) => payload !== 'dropped')
    .map((event) => (event.payload === 'wrong' ? { ...event, error: 'No such word.' } : { ...event, payload: { said: event.payload, by: ctx.identity?.username ?? 'a key' } }))
}
export function onSubscribe(ctx) {
  if (ctx.info.channel.path === '/default/private/*') util.unauthorized()
}`
  const source = MODES.replace(
    "name: 'default' })",
    `name: 'default', codeHandlers: ${JSON.stringify(code).replaceAll('`', '\\`').replaceAll('${', '\\${')} })`,
  )
  const { publish, connect, withKey } = await start(source)
  const client = await connect(withKey)
  client.subscribe('room', '/default/room')
  await client.next('subscribe_success', 'room')
  client.subscribe('private', '/default/private/*')
  expect(await client.next('subscribe_error', 'private')).toMatchObject({
    errors: [{ errorType: 'UnauthorizedException' }],
  })

  const { body } = await publish(
    { channel: '/default/room', events: texts('one', 'dropped', 'wrong', 'two') },
    withKey,
  )
  expect(body).toEqual({
    successful: [0, 1, 3].map((index) => ({ identifier: expect.any(String), index })),
    failed: [
      { identifier: expect.any(String), index: 2, code: expect.any(Number), message: 'No such word.' },
    ],
  })
  for (const said of ['one', 'two'])
    expect(JSON.parse(String((await client.next('data', 'room')).event))).toEqual({ said, by: 'a key' })

  expect(await publish({ channel: '/default/closed', events: texts(1) }, withKey)).toMatchObject({
    status: 403,
    body: { errors: [{ errorType: 'UnauthorizedException' }] },
  })
  expect(await publish({ channel: '/default/broken', events: texts(1) }, withKey)).toMatchObject({
    status: 403,
    body: { errors: [{ errorType: 'Holiday', message: 'Not today.' }] },
  })
})

test('code may tell everybody nothing, and refuses over the WebSocket in its own words', async () => {
  const code = `import { util } from '@aws-appsync/utils'
export const onPublish = (ctx) => (ctx.info.channel.segments[1] === 'silent' ? null : util.error('Not today.', 'Holiday'))`
  const { connect, withKey } = await start(
    MODES.replace("name: 'default' })", `name: 'default', codeHandlers: ${JSON.stringify(code)} })`),
  )
  const client = await connect(withKey)
  client.subscribe('all', '/default/*')
  await client.next('subscribe_success', 'all')
  const publish = (id: string, channel: string) =>
    client.send({ type: 'publish', id, channel, events: texts(1), authorization: withKey })
  publish('silent', '/default/silent')
  expect(await client.next('publish_success', 'silent')).toMatchObject({
    successful: [{ index: 0 }],
    failed: [],
  })
  publish('loud', '/default/loud')
  expect(await client.next('publish_error', 'loud')).toMatchObject({
    errors: [{ errorType: 'Holiday', message: 'Not today.' }],
  })
  expect(client.received.filter(({ type }) => type === 'data')).toEqual([])
})

test('code may be a file beside the backend, with what it imports', async () => {
  const source = MODES.replace(
    "name: 'default' })",
    "name: 'default' })\nnew ChannelNamespace(stack, 'Files', { api, channelNamespaceName: 'files', code: Code.fromAsset(join(import.meta.dirname, 'events/files.js')) })",
  ).replace('{ AuthorizationType,', '{ AuthorizationType, ChannelNamespace, Code,')
  const { publish, connect, withKey } = await start(`import { join } from 'node:path'\n${source}`, {
    'amplify/events/files.js':
      "import { shout } from './shout.js'\nexport const onPublish = (ctx) => ctx.events.map(({ id, payload }) => ({ id, payload: shout(payload) }))",
    'amplify/events/shout.js': 'export const shout = (text) => text.toUpperCase()',
  })
  const client = await connect(withKey)
  client.subscribe('all', '/files/*')
  await client.next('subscribe_success', 'all')
  await publish({ channel: '/files/one', events: texts('hello') }, withKey)
  expect(await client.next('data', 'all')).toMatchObject({ event: '"HELLO"' })
})

test.each([
  [
    "codeS3Location: 's3://bucket/code.js'",
    /namespace 'default' has its code in a bucket \(codeS3Location\)/,
  ],
  [
    "code: Code.fromAsset('/nowhere/code.js')",
    /namespace default: The resolver \/nowhere\/code\.js does not exist/,
  ],
  ['code: 3', /namespace 'default': its code must be Code\.fromInline\(…\) or Code\.fromAsset\(…\)/],
])('code that is out of reach is refused when the folder is loaded: %s', async (props, message) => {
  const source = MODES.replace("name: 'default' })", `name: 'default', ${props} })`)
  await expect(start(source.replace('{ AuthorizationType,', '{ AuthorizationType, Code,'))).rejects.toThrow(
    message,
  )
})

test('code that cannot be read, or answers to nothing, is said when the folder is loaded', async () => {
  const withCode = (code: string) =>
    start(MODES.replace("name: 'default' })", `name: 'default', codeHandlers: ${JSON.stringify(code)} })`))
  await expect(withCode('export function onPublish(ctx) {')).rejects.toThrow(
    /namespace default.*cannot be read/s,
  )
  await expect(withCode('export const onpublish = 1')).rejects.toThrow(
    /default exports neither onPublish nor onSubscribe/,
  )
})

test('two Event APIs of one backend do not hear each other; the construct EventApi is understood too', async () => {
  const { sandbox, publish, connect } = await start(`${HEAD}
const make = (id: string) => {
  const api = new EventApi(stack, id, { apiName: id, authorizationConfig: { authProviders: [{ authorizationType: AppSyncAuthorizationType.API_KEY }] } })
  api.addChannelNamespace('default')
  return { url: \`https://\${api.httpDns}/event\`, api_key: api.apiKeys['Default'].attrApiKey }
}
backend.addOutput({ custom: { events: make('One'), second: make('Two') } })`)
  const { events, second } = sandbox.outputs.custom as Record<string, EventOutputs>
  expect(second!.url).toMatch(/\/events\/[a-z]{26}\/event$/)
  expect(second!.api_key).not.toBe(events!.api_key)
  const [one, two] = [{ 'x-api-key': events!.api_key }, { 'x-api-key': second!.api_key }]
  const client = await connect(two, second!.url)
  client.subscribe('s', '/default/*')
  await client.next('subscribe_success')
  expect((await publish({ channel: '/default/x', events: texts(1) }, one)).status).toBe(200)
  expect((await publish({ channel: '/default/x', events: texts(1) }, two)).status).toBe(401)
  expect((await publish({ channel: '/default/x', events: texts(2) }, two, second!.url)).status).toBe(200)
  expect(await client.next('data')).toMatchObject({ event: '2' })
})

test.each([
  ["eventConfig: { authProviders: [{ authType: 'MAGIC' }] }", /authorization type MAGIC/],
  [
    "eventConfig: { authProviders: [{ authType: 'API_KEY' }], connectionAuthModes: [{ authType: 'AWS_IAM' }] }",
    /names AWS_IAM, which is none of its authProviders/,
  ],
  ["eventConfig: { authProviders: [{ authType: 'AWS_LAMBDA' }] }", /none of the functions in defineBackend/],
  ['name: "x"', /has no eventConfig/],
])('an Event API that cannot be served is refused when it is loaded: %s', async (props, message) => {
  await expect(start(`${HEAD}new CfnApi(stack, 'Events', { ${props} })`)).rejects.toThrow(message)
})
