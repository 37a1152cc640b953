import { createAmplifyContext } from '@backline/core'
import { expect, test, vi } from 'vitest'
import { type Answers, appsync } from './appsync.fixture.js'
import { type EventsOptions, events, type ReceivedEvent } from './events.js'

/** An Event API that takes everything, unless told otherwise. */
async function setUp(answers: Answers = {}, config: object = {}) {
  const service = await appsync({
    init: () => [{ type: 'connection_ack', connectionTimeoutMs: 300_000 }],
    other: ({ type, id, events: sent }) =>
      type === 'subscribe'
        ? [{ type: 'subscribe_success', id }]
        : type === 'publish'
          ? [
              {
                type: 'publish_success',
                id,
                successful: sent.map((_: string, index: number) => ({ identifier: `e${index}`, index })),
                failed: [],
              },
            ]
          : [],
    ...answers,
  })
  const endpoint = service.url.replace('/graphql', '/event')
  const ctx = createAmplifyContext({
    API: {
      Events: { endpoint, region: 'eu-west-1', apiKey: 'da2-key', defaultAuthMode: 'apiKey', ...config },
    },
  })
  ctx.events.listen('api', service.changed)
  /** Subscribes and keeps all that is heard. */
  function listen(channel: Awaited<ReturnType<typeof events.connect>>, options?: EventsOptions) {
    const heard = { events: [] as ReceivedEvent[], errors: [] as { name?: string }[] }
    const subscription = channel.subscribe(
      {
        next: (event) => heard.events.push(event) && service.changed(),
        error: (error) => heard.errors.push(error as Error) && service.changed(),
      },
      options,
    )
    return { heard, subscription }
  }
  return { ...service, endpoint, ctx, listen }
}

test('a channel is opened, heard and closed, and leaves nothing behind', async () => {
  const { ctx, listen, lines, until, endpoint } = await setUp()
  const channel = await events.connect('default/room', {}, ctx)
  const [line] = lines
  const { host } = new URL(endpoint)
  expect(line!.url).toBe('/event/realtime')
  expect(line!.proof).toEqual({ host, 'x-api-key': 'da2-key' })
  const { heard, subscription } = listen(channel)
  const { subscriptionId: id } = await subscription.ready
  expect(line!.frames).toEqual([
    { type: 'connection_init' },
    { type: 'subscribe', id, channel: 'default/room', authorization: { host, 'x-api-key': 'da2-key' } },
  ])
  line!.send({ type: 'data', id, event: '{"text":"hi"}' })
  line!.send({ type: 'data', id, event: ['1', '"two"'] })
  line!.send({ type: 'data', id: 'somebody', event: '0' })
  line!.send({ type: 'data', id, event: 'not json' })
  await until(() => heard.events.length === 4)
  expect(heard.events).toEqual(
    [{ text: 'hi' }, 1, 'two', 'not json'].map((event) => ({ id, type: 'data', event })),
  )
  channel.close()
  expect(subscription.closed).toBe(true)
  await until(() => !line!.open)
  expect(line!.frames.at(-1)).toEqual({ type: 'unsubscribe', id })
  expect(() => listen(channel)).toThrow(/"default\/room" is closed/)
  await expect(channel.publish(1)).rejects.toMatchObject({ name: 'ChannelClosed' })
  expect((ctx.state.get('data.realtime') as Map<string, unknown>).size).toBe(0)
})

test('channels of one user share a connection; each subscription may prove itself otherwise', async () => {
  const { ctx, listen, lines, frames, until } = await setUp()
  const one = await events.connect('default/one', undefined, ctx)
  const two = await events.connect(ctx, 'default/*')
  await listen(one).subscription.ready
  await listen(two, { authMode: 'lambda', authToken: 'me' }).subscription.ready
  expect(lines).toHaveLength(1)
  const asked = frames('subscribe') as any[]
  expect(asked.map(({ channel, authorization }) => [channel, authorization.Authorization])).toEqual([
    ['default/one', undefined],
    ['default/*', 'me'],
  ])
  await events.closeAll(ctx)
  await until(() => !lines[0]!.open)
  expect(() => listen(two)).toThrow(/closed/)
})

test('a publisher waits for the answer, five events at a time', async () => {
  const { ctx, frames } = await setUp()
  const channel = await events.connect('default/room', {}, ctx)
  expect(await channel.publish({ a: 1 })).toBeUndefined()
  expect(await channel.publish([1, 2, 3, 4, 5, 6, null])).toBeUndefined()
  expect((frames('publish') as any[]).map(({ events }) => events)).toEqual([
    ['{"a":1}'],
    ['1', '2', '3', '4', '5'],
    ['6', 'null'],
  ])
  await expect(channel.publish([])).rejects.toMatchObject({ name: 'InvalidInput' })
  await expect(channel.publish([1, undefined as never])).rejects.toThrow(/undefined at index 1/)
  channel.close()
})

test('what the service does not take is told, with its place in the whole', async () => {
  const failed = [{ identifier: 'x', index: 0 }]
  const { ctx } = await setUp({
    other: ({ id, events: sent }) =>
      sent.includes('9')
        ? [{ type: 'publish_error', id, errors: [{ errorType: 'BadRequestException', message: 'Nine?' }] }]
        : [{ type: 'publish_success', id, successful: [], failed: sent.includes('5') ? failed : [] }],
  })
  const channel = await events.connect('default/room', {}, ctx)
  expect(await channel.publish([0, 1, 2, 3, 4, 5])).toEqual([{ identifier: 'x', index: 5 }])
  await expect(channel.publish([0, 1, 2, 3, 4, 9])).rejects.toMatchObject({
    name: 'BadRequestException',
    data: { successful: [], failed: [] },
  })
  channel.close()
})

test('an error about something else does not reject who publishes', async () => {
  const { ctx, listen, lines, frames, until } = await setUp({
    other: ({ type, id }) => (type === 'subscribe' ? [{ type: 'subscribe_success', id }] : []),
  })
  const channel = await events.connect('default/room', {}, ctx)
  const { heard } = listen(channel)
  const published = channel.publish('hello')
  const [frame] = await until(() => frames('publish').length && frames('publish'))
  lines[0]!.send({ type: 'error', errors: [{ errorType: 'UnsupportedOperation', message: 'What?' }] })
  lines[0]!.send({ type: 'subscribe_error', id: 'other', errors: [{ errorType: 'Unauthorized' }] })
  lines[0]!.send({ type: 'publish_success', id: frame!.id, successful: [], failed: [] })
  expect(await published).toBeUndefined()
  await until(() => heard.errors.length)
  expect(heard.errors).toMatchObject([{ name: 'UnsupportedOperation' }])
  channel.close()
})

test('a publisher who is never answered is told in time, and subscriptions are none the worse for it', async () => {
  const { ctx, frames, listen, until } = await setUp({
    other: ({ type, id, events: sent }) =>
      type === 'subscribe'
        ? [{ type: 'subscribe_success', id }]
        : type === 'publish' && sent[0] === '"again"'
          ? [{ type: 'publish_success', id, successful: [], failed: [] }]
          : [],
  })
  const channel = await events.connect('default/room', {}, ctx)
  const { heard, subscription } = listen(channel)
  await until(() => frames('subscribe').length)
  const real = globalThis.setTimeout
  const spy = vi
    .spyOn(globalThis, 'setTimeout')
    .mockImplementation(((work: () => void, delay = 0) =>
      real(work, delay === 15_000 ? 0 : delay)) as typeof setTimeout)
  await expect(channel.publish('hello')).rejects.toMatchObject({ name: 'TimeoutError' })
  spy.mockRestore()
  expect(await channel.publish('again')).toBeUndefined()
  // Nobody knows whether the first was done: it is not sent twice.
  expect((frames('publish') as any[]).map(({ events }) => events)).toEqual([['"hello"'], ['"again"']])
  expect(heard.errors).toEqual([])
  subscription.unsubscribe()
  channel.close()
})

test('a publisher whose connection breaks is told that nobody knows; one that waits for it is served later', async () => {
  let deaf = true
  const { ctx, lines, frames, until } = await setUp({
    other: ({ type, id }) =>
      type === 'publish' && !deaf ? [{ type: 'publish_success', id, successful: [], failed: [] }] : [],
  })
  const channel = await events.connect('default/room', {}, ctx)
  const lost = channel.publish('hello')
  lost.catch(() => {})
  await until(() => frames('publish').length)
  lines[0]!.drop()
  await expect(lost).rejects.toMatchObject({ name: 'NetworkError' })
  deaf = false
  expect(await channel.publish('again')).toBeUndefined()
  expect(lines).toHaveLength(2)
  channel.close()
})

test('a lost connection is replaced and every subscription goes on; one that is refused ends alone', async () => {
  const { ctx, listen, lines, frames, until } = await setUp({
    other: ({ type, id, channel }) =>
      type !== 'subscribe'
        ? []
        : channel.includes('secret')
          ? [
              {
                type: 'subscribe_error',
                id,
                errors: [{ errorType: 'AccessDeniedException', message: 'No.' }],
              },
            ]
          : [{ type: 'subscribe_success', id }],
  })
  const [open, secret] = [
    await events.connect('default/room', {}, ctx),
    await events.connect('default/secret', {}, ctx),
  ]
  const bad = listen(secret)
  await expect(bad.subscription.ready).rejects.toMatchObject({ name: 'AccessDeniedException' })
  expect(bad.heard.errors).toHaveLength(1)
  const good = listen(open)
  await good.subscription.ready
  lines[0]!.drop()
  await until(() => frames('subscribe').length === 3)
  const [, , again] = frames('subscribe')
  lines[1]!.send({ type: 'data', id: again!.id, event: '1' })
  await until(() => good.heard.events.length)
  const early = listen(open).subscription
  early.unsubscribe()
  await expect(early.ready).rejects.toMatchObject({ name: 'SubscriptionClosed' })
  await events.closeAll(ctx)
})

test('who may not connect is told, after one try with a new token', async () => {
  let made = 0
  const refusal = { errorType: 'UnauthorizedException', errorCode: 401, message: 'no' }
  const { ctx, lines } = await setUp({ init: () => [{ type: 'connection_error', errors: [refusal] }] })
  const authToken = () => `token-${++made}`
  await expect(events.connect('default/x', { authMode: 'lambda', authToken }, ctx)).rejects.toMatchObject({
    name: 'UnauthorizedException',
  })
  expect(lines.map(({ proof }) => proof.Authorization)).toEqual(['token-1', 'token-2'])
  await expect(events.connect('default/x', { authMode: 'userPool' }, ctx)).rejects.toMatchObject({
    name: 'NoValidAuthTokens',
  })
})

test('events are posted over HTTP, five at a time, and refusals thrown', async () => {
  const { ctx, asked } = await setUp({
    http: (one) => {
      const { events: sent } = one as unknown as { events: string[] }
      return sent.includes('"bad"')
        ? [401, { errors: [{ errorType: 'UnauthorizedException', message: 'No.' }] }]
        : { successful: [], failed: sent.includes('5') ? [{ identifier: 'x', index: 0 }] : [] }
    },
  })
  expect(await events.post('default/room', { a: 1 }, {}, ctx)).toBeUndefined()
  expect(await events.post(ctx, '/default/room', [0, 1, 2, 3, 4, 5])).toEqual([{ identifier: 'x', index: 5 }])
  expect(asked.map((one) => one as unknown as { channel: string; events: string[] })).toMatchObject([
    { channel: '/default/room', events: ['{"a":1}'], headers: { 'x-api-key': 'da2-key' } },
    { channel: '/default/room', events: ['0', '1', '2', '3', '4'] },
    { events: ['5'] },
  ])
  await expect(events.post('default/room', 'bad', { apiKey: 'other' }, ctx)).rejects.toMatchObject({
    name: 'UnauthorizedException',
  })
  expect(asked.at(-1)!.headers['x-api-key']).toBe('other')
})

test('what is not configured, or no channel, is named', async () => {
  const ctx = createAmplifyContext({})
  await expect(events.connect('default/x', {}, ctx)).rejects.toMatchObject({ name: 'NoEndpoint' })
  await expect(events.post('default/x', 1, {}, ctx)).rejects.toMatchObject({
    message: 'Events API configuration is missing.',
  })
  await expect(events.connect('', {}, ctx)).rejects.toMatchObject({ name: 'InvalidInput' })
})

test.each([
  [
    'https://abcdefghijklmnopqrstuvwxyz.appsync-api.eu-west-1.amazonaws.com/event',
    'wss://abcdefghijklmnopqrstuvwxyz.appsync-realtime-api.eu-west-1.amazonaws.com/event/realtime',
  ],
  [
    'https://abcdefghijklmnopqrstuvwxyz.appsync-api.cn-north-1.amazonaws.com.cn/event',
    'wss://abcdefghijklmnopqrstuvwxyz.appsync-realtime-api.cn-north-1.amazonaws.com.cn/event/realtime',
  ],
  ['https://events.example.com/event', 'wss://events.example.com/event/realtime'],
  ['https://events.example.com:8443/event', 'wss://events.example.com:8443/event/realtime'],
  ['http://127.0.0.1:4000/event', 'ws://127.0.0.1:4000/event/realtime'],
])('the sockets of %s are at %s, and prove themselves to the former', async (endpoint, expected) => {
  const opened = new Promise<[url: string, protocols: string[]]>((resolve) => {
    const openSocket = (url: string, protocols: string[]) => {
      resolve([url, protocols])
      return { close() {} } as WebSocket
    }
    const Events = { endpoint, region: 'eu-west-1', apiKey: 'da2-key', defaultAuthMode: 'apiKey' as const }
    events.connect(
      'default/room',
      {},
      createAmplifyContext({ API: { Events } }, { platform: { openSocket } }),
    )
  })
  const [url, [protocol, header]] = await opened
  expect([url, protocol]).toEqual([expected, 'aws-appsync-event-ws'])
  const proof = Buffer.from(header!.replace('header-', ''), 'base64url').toString()
  expect(JSON.parse(proof)).toEqual({ host: new URL(endpoint).host, 'x-api-key': 'da2-key' })
})
