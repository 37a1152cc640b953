import { expect, test } from 'vitest'
import { startIssuer } from '../appsync/issuer.fixture.js'
import { type Headers, peopleOf, signed } from '../appsync/stage.fixture.js'
import { type EventOutputs, HEAD, MODES, start, texts } from './backends.fixture.js'

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
