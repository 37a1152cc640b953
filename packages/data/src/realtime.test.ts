import { expect, test, vi } from 'vitest'
import { type Answers, appFor, appsync } from './appsync.fixture.js'
import { generateClient } from './client.js'
import { CONNECTION_STATE_CHANGE } from './connectionState.js'
import { realtimeUrl } from './frames.js'
import type { Shop } from './shop.fixture.js'

async function setUp(answers: Answers = {}, config: object = {}, options: object = {}) {
  const service = await appsync(answers)
  const ctx = appFor(service.url, config, options)
  const states: string[] = []
  ctx.events.listen('api', ({ payload }) => {
    if (payload.event === CONNECTION_STATE_CHANGE)
      states.push((payload.data as { connectionState: string }).connectionState)
    service.changed()
  })
  const client = generateClient<Shop>({}, ctx)
  /** Subscribes and keeps all that is heard. */
  function listen(options: object = {}) {
    const heard = { rows: [] as unknown[], errors: [] as { name?: string }[], completed: 0 }
    const subscription = client.models.Order.onCreate(options).subscribe({
      next: (row: unknown) => heard.rows.push(row) && service.changed(),
      error: (error: Error) => heard.errors.push(error) && service.changed(),
      complete: () => ++heard.completed && service.changed(),
    })
    return { heard, stop: () => subscription.unsubscribe() }
  }
  const starts = (count: number) =>
    service.until(() => service.frames('start').length >= count && service.frames('start'))
  return { ...service, service, ctx, client, listen, states, starts }
}

const event = (id: string | undefined, row: object | null, errors?: object[]) => ({
  type: 'data',
  id,
  payload: { data: { onCreateOrder: row }, ...(errors ? { errors } : {}) },
})

test('a subscription proves who it is, hears what happens, and leaves nothing behind', async () => {
  const { listen, lines, url, starts, until, states, frames } = await setUp()
  const { heard, stop } = listen({ filter: { team: { eq: 'red' } }, selectionSet: ['region'] })
  const [start] = await starts(1)
  const [line] = lines
  expect(line!.url).toBe('/graphql/realtime')
  expect(line!.proof).toEqual({ host: new URL(url).host, 'x-api-key': 'da2-key' })
  expect(line!.frames.map(({ type }) => type)).toEqual(['connection_init', 'start'])
  expect(JSON.parse(start!.payload.data)).toEqual({
    query:
      'subscription($filter: ModelSubscriptionOrderFilterInput) { onCreateOrder(filter: $filter) { region } }',
    variables: { filter: { team: { eq: 'red' } } },
  })
  expect(start!.payload.extensions.authorization).toEqual({ host: new URL(url).host, 'x-api-key': 'da2-key' })
  line!.send(event(start!.id, { region: 'eu' }))
  await until(() => heard.rows.length)
  expect(heard.rows).toEqual([{ region: 'eu' }])
  stop()
  await until(() => !line!.open)
  expect(frames('stop')).toEqual([{ type: 'stop', id: start!.id }])
  expect(states).toEqual(['Connecting', 'Connected', 'ConnectedPendingDisconnect', 'Disconnected'])
  expect(heard).toMatchObject({ errors: [], completed: 0 })
})

test('subscriptions of one user share a socket; those of another have their own', async () => {
  const { listen, lines, starts, ctx, client, until } = await setUp()
  const one = listen()
  const two = listen()
  await starts(2)
  expect(lines).toHaveLength(1)
  const other = client.models.Order.onCreate({ authMode: 'lambda', authToken: 'me' }).subscribe()
  await until(() => lines.length === 2)
  expect(lines[1]!.proof).toMatchObject({ Authorization: 'me' })
  for (const each of [one, two]) each.stop()
  other.unsubscribe()
  expect(ctx.state.has('data.realtime')).toBe(true)
})

test('mount, unmount, mount: one socket, one start', async () => {
  const { listen, lines, starts, frames } = await setUp()
  listen().stop()
  const { stop } = listen()
  await starts(1)
  expect(lines).toHaveLength(1)
  expect(frames('start')).toHaveLength(1)
  // And once connected, the socket waits a moment for the next one.
  stop()
  const again = listen()
  await starts(2)
  expect(lines).toHaveLength(1)
  again.stop()
})

test('a dropped socket is replaced, and every subscription goes on', async () => {
  const { listen, lines, starts, states, until } = await setUp()
  const { heard, stop } = listen()
  await starts(1)
  await until(() => states.includes('Connected'))
  lines[0]!.drop()
  const [, second] = await starts(2)
  lines[1]!.send(event(second!.id, { region: 'us' }))
  await until(() => heard.rows.length)
  expect(heard).toMatchObject({ rows: [{ region: 'us' }], errors: [] })
  expect(states).toEqual(['Connecting', 'Connected', 'ConnectionDisrupted', 'Connecting', 'Connected'])
  stop()
})

test('the first new attempt comes within a second, later ones back off', async () => {
  // The largest number that the dice have.
  const random = (length: number) => new Uint8Array(length).fill(255)
  const delays: number[] = []
  const real = globalThis.setTimeout
  const spy = vi.spyOn(globalThis, 'setTimeout').mockImplementation(((work: () => void, delay = 0) => {
    if (delay > 900 && delay < 15_000 && delay !== 1000) {
      delays.push(delay)
      return real(work, 1)
    }
    return real(work, delay)
  }) as typeof setTimeout)
  const openSocket = (): WebSocket => {
    const socket = { close() {} } as WebSocket
    real(() => socket.onclose?.({} as CloseEvent), 1)
    return socket
  }
  const { listen, service, until } = await setUp({}, {}, { platform: { openSocket, randomBytes: random } })
  const { stop } = listen()
  const poll = setInterval(service.changed, 5)
  await until(() => delays.length >= 4)
  stop()
  clearInterval(poll)
  spy.mockRestore()
  expect(delays.slice(0, 4).map((delay) => Math.round(delay / 1000))).toEqual([1, 2, 4, 8])
  expect(delays[0]).toBeLessThan(1000)
})

test('the network coming back, or the page, is reason enough to try at once', async () => {
  const watchers = { online: (_: boolean) => {}, visible: (_: boolean) => {} }
  let online = true
  let refuse = true
  const attempts: string[] = []
  const platform = {
    // Delays are close to their longest: nothing happens by itself during this test.
    randomBytes: (length: number) => new Uint8Array(length).fill(250),
    isOnline: () => online,
    watchOnline: (on: (yes: boolean) => void) => {
      watchers.online = on
      return () => {}
    },
    watchVisible: (on: (yes: boolean) => void) => {
      watchers.visible = on
      return () => {}
    },
    openSocket: (url: string, protocols: string[]) => {
      attempts.push(url)
      if (!refuse) return new WebSocket(url, protocols)
      const socket = { close() {} } as WebSocket
      queueMicrotask(() => socket.onclose?.({} as CloseEvent))
      return socket
    },
  }
  const { listen, states, until, starts } = await setUp({}, {}, { platform })
  const { stop } = listen()
  await until(() => states.at(-1) === 'ConnectionDisrupted')
  online = false
  watchers.online(false)
  expect(states.at(-1)).toBe('ConnectionDisruptedPendingNetwork')
  watchers.visible(true)
  await until(() => attempts.length === 2 && states.at(-1) === 'ConnectionDisruptedPendingNetwork')
  refuse = false
  online = true
  watchers.online(true)
  await starts(1)
  await until(() => states.at(-1) === 'Connected')
  online = false
  watchers.online(false)
  expect(states.at(-1)).toBe('ConnectedPendingNetwork')
  stop()
})

test('a server that falls silent for longer than it promised is left for another connection', async () => {
  const { listen, lines, starts, states } = await setUp({
    init: (_line) => [
      { type: 'connection_ack', payload: { connectionTimeoutMs: lines.length > 1 ? 300_000 : 40 } },
    ],
  })
  const { stop } = listen()
  await starts(2)
  expect(lines).toHaveLength(2)
  expect(states).toContain('ConnectionDisrupted')
  stop()
})

test('whatever arrives shows that the line is alive, and silence is counted from there', async () => {
  let now = Date.now()
  const real = globalThis.setTimeout
  /** What looks after the line, when the clock is moved. */
  let look = () => {}
  const spy = vi
    .spyOn(globalThis, 'setTimeout')
    .mockImplementation(((work: () => void, delay = 0) =>
      delay > 30_000 && delay <= 40_000 ? (look = work) : real(work, delay)) as typeof setTimeout)
  const { listen, lines, starts, states, until } = await setUp(
    { init: () => [{ type: 'connection_ack', payload: { connectionTimeoutMs: 40_000 } }] },
    {},
    { platform: { now: () => now } },
  )
  const { heard, stop } = listen()
  const [start] = await starts(1)
  await until(() => states.includes('Connected'))
  now += 39_000
  lines[0]!.send(event(start!.id, { region: 'eu' }))
  await until(() => heard.rows.length)
  now += 39_000
  look()
  expect(states).not.toContain('ConnectionDisrupted')
  now += 1_000
  look()
  await starts(2)
  expect(lines).toHaveLength(2)
  spy.mockRestore()
  stop()
})

test('after each loss the Hub tells of the gap, and the token is asked for anew', async () => {
  const { listen, ctx, lines, starts, states, until } = await setUp()
  const told: unknown[] = []
  ctx.events.listen('api', ({ payload: { event, data } }) => {
    if (event === 'Subscription gap') told.push((data as { id: string }).id)
  })
  let made = 0
  const { heard, stop } = listen({ authMode: 'lambda', authToken: async () => `token-${++made}` })
  const [{ id } = { id: '' }] = await starts(1)
  await until(() => states.includes('Connected'))
  const before = made
  lines[0]!.drop()
  const [, again] = await starts(2)
  expect(told).toEqual([id])
  expect(lines[1]!.proof.Authorization).toBe(`token-${before + 1}`)
  expect(again!.payload.extensions.authorization.Authorization).toBe(`token-${before + 2}`)
  lines[1]!.send(event(again!.id, { region: 'eu' }))
  await until(() => heard.rows.length)
  expect(heard.errors).toEqual([])
  stop()
})

test('what the service cannot filter by is looked at here, and what it lacked is asked for and left out again', async () => {
  const { listen, lines, starts, until } = await setUp()
  const { heard, stop } = listen({
    selectionSet: ['region'],
    filter: { number: { gt: 5 }, not: { team: { attributeExists: true } } },
  })
  const [start] = await starts(1)
  const { query, variables } = JSON.parse(start!.payload.data)
  expect(variables.filter).toEqual({ number: { gt: 5 } })
  expect(query).toContain('region number team')
  for (const row of [
    { region: 'eu', number: 6, team: 'red' },
    { region: 'us', number: 4, team: null },
    { region: 'eu', number: 7, team: null },
  ])
    lines[0]!.send(event(start!.id, row))
  await until(() => heard.rows.length)
  expect(heard.rows).toEqual([{ region: 'eu' }])
  stop()
})

test('an authorization error ends one subscription, and its neighbours hear on', async () => {
  const { listen, lines, starts, until, frames } = await setUp({
    start: ({ id, payload }) =>
      payload.data.includes('forbidden')
        ? [
            {
              type: 'error',
              id,
              payload: {
                errors: [{ errorType: 'Unauthorized', message: 'Not Authorized to access onCreateOrder' }],
              },
            },
          ]
        : [{ type: 'start_ack', id }],
  })
  const good = listen()
  const bad = listen({ filter: { team: { eq: 'forbidden' } } })
  await until(() => bad.heard.errors.length)
  expect(bad.heard.errors).toMatchObject([
    {
      name: 'Unauthorized',
      errors: [{ errorType: 'Unauthorized', message: expect.stringContaining('Connection failed: ') }],
    },
  ])
  const start = (await starts(2)).find(({ payload }) => !payload.data.includes('forbidden'))
  lines[0]!.send(event(start!.id, { region: 'eu' }))
  await until(() => good.heard.rows.length)
  expect(lines).toHaveLength(1)
  expect(frames('start')).toHaveLength(2)
  good.stop()
})

test('a token that has expired is fetched again for the subscription that was refused', async () => {
  let made = 0
  const { client, starts, until, states, lines } = await setUp({
    start: ({ id, payload }) =>
      payload.extensions.authorization.Authorization === 'token-2'
        ? [
            {
              type: 'error',
              id,
              payload: { errors: [{ errorType: 'UnauthorizedException', message: 'Token has expired.' }] },
            },
          ]
        : [{ type: 'start_ack', id }],
  })
  const authToken = () => `token-${++made}`
  const subscription = client.models.Order.onCreate({ authMode: 'lambda', authToken }).subscribe()
  const frames = await starts(2)
  expect(frames.map(({ payload }) => payload.extensions.authorization.Authorization)).toEqual([
    'token-2',
    'token-3',
  ])
  await until(() => states.includes('Connected'))
  expect(lines).toHaveLength(1)
  subscription.unsubscribe()
})

test('a connection that is refused for its token is tried once with a new one', async () => {
  let made = 0
  const refusal = [
    {
      type: 'connection_error',
      payload: { errors: [{ errorType: 'UnauthorizedException', errorCode: 401, message: 'no' }] },
    },
  ]
  const { client, lines, until, service } = await setUp({ init: () => refusal })
  const errors: { name?: string }[] = []
  client.models.Order.onCreate({ authMode: 'lambda', authToken: () => `token-${++made}` }).subscribe({
    error: (error: Error) => errors.push(error) && service.changed(),
  })
  await until(() => errors.length)
  expect(lines.map(({ proof }) => proof.Authorization)).toEqual(['token-1', 'token-2'])
  expect(errors).toMatchObject([{ name: 'UnauthorizedException' }])
})

test('an API key that is refused is refused: nothing is tried again', async () => {
  const refusal = [
    {
      type: 'connection_error',
      payload: { errors: [{ errorType: 'UnauthorizedException', errorCode: 401 }] },
    },
  ]
  const { listen, lines, until } = await setUp({ init: () => refusal })
  const { heard } = listen()
  await until(() => heard.errors.length)
  expect(lines).toHaveLength(1)
})

test('an error that names no subscription reaches those who wait for their acknowledgement', async () => {
  const { listen, starts, until } = await setUp({
    start: ({ id }, line) =>
      line.frames.length < 3
        ? [{ type: 'start_ack', id }]
        : [{ type: 'error', payload: { errors: [{ errorType: 'UnsupportedOperation', message: 'What?' }] } }],
  })
  const live = listen()
  await starts(1)
  const starting = listen()
  await until(() => starting.heard.errors.length)
  expect(starting.heard.errors).toMatchObject([{ name: 'UnsupportedOperation' }])
  expect(live.heard.errors).toEqual([])
  live.stop()
})

test('an error that names no subscription reaches all when none is waiting', async () => {
  const { listen, lines, states, until } = await setUp()
  const { heard } = listen()
  await until(() => states.includes('Connected'))
  lines[0]!.send({
    type: 'error',
    payload: { errors: [{ errorType: 'LimitExceededError', message: 'Rate limit exceeded' }] },
  })
  await until(() => heard.errors.length)
  expect(heard.errors).toMatchObject([{ name: 'LimitExceededError' }])
})

test('frames that are none, or of nobody, change nothing', async () => {
  const { listen, lines, starts, states, until } = await setUp()
  const { heard, stop } = listen()
  const [start] = await starts(1)
  await until(() => states.includes('Connected'))
  for (const text of ['', 'not json', '{"type":', 'null', '7', '[]', '{}', '{"type":"unheard of"}', '\u0000'])
    lines[0]!.say(text)
  for (const frame of [
    { type: 'data' },
    { type: 'data', id: 'somebody', payload: { data: { onCreateOrder: { region: 'us' } } } },
    { type: 'start_ack', id: 'somebody' },
    { type: 'complete', id: 'somebody' },
    { type: 'connection_ack' },
  ])
    lines[0]!.send(frame)
  lines[0]!.send(event(start!.id, { region: 'eu' }))
  await until(() => heard.rows.length)
  expect(heard).toEqual({ rows: [expect.objectContaining({ region: 'eu' })], errors: [], completed: 0 })
  expect(lines).toHaveLength(1)
  stop()
})

test('an event without data is delivered with its errors, and the subscription lives on', async () => {
  const { client, ctx, listen, lines, starts, until, service } = await setUp()
  const errors = [{ message: 'Cannot return null', errorType: 'x' }]
  const raw: unknown[] = []
  const subscription = client
    .graphql({ query: 'subscription { onCreateOrder { region } }' })
    .subscribe((answer: unknown) => raw.push(answer) && service.changed())
  const told: unknown[] = []
  ctx.events.listen('api', ({ payload }) => {
    if (payload.event === 'subscriptionErrors') told.push(payload.data)
  })
  const { heard, stop } = listen()
  const starts2 = await starts(2)
  for (const { id } of starts2) lines[0]!.send({ type: 'data', id, payload: { data: null, errors } })
  for (const { id } of starts2) lines[0]!.send(event(id, { region: 'eu', team: null }, errors))
  await until(() => raw.length === 2 && heard.rows.length === 2)
  expect(raw).toEqual([
    { data: null, errors },
    { data: { onCreateOrder: { region: 'eu', team: null } }, errors },
  ])
  expect(heard.rows).toMatchObject([null, { region: 'eu', team: null }])
  expect(heard.errors).toEqual([])
  expect(told).toMatchObject([
    { model: 'Order', errors },
    { model: 'Order', errors },
  ])
  subscription.unsubscribe()
  stop()
})

test('a connection that is full is joined by a second one', async () => {
  const { listen, lines, starts, states, until } = await setUp({
    start: ({ id }, line) =>
      line.frames.filter(({ type }) => type === 'start').length > 2
        ? [
            {
              type: 'error',
              id,
              payload: {
                errors: [
                  {
                    errorType: 'MaxSubscriptionsReachedError',
                    message: 'Max number of 2 subscriptions reached',
                  },
                ],
              },
            },
          ]
        : [{ type: 'start_ack', id }],
  })
  const all = [listen(), listen(), listen(), listen()]
  await starts(5)
  await until(() => lines.length === 2 && lines[1]!.frames.length >= 3)
  const id = lines[1]!.frames.find(({ type }) => type === 'start')!.id
  lines[1]!.send(event(id, { region: 'eu' }))
  await until(() => all.some(({ heard }) => heard.rows.length))
  expect(all.flatMap(({ heard }) => heard.errors)).toEqual([])
  for (const { stop } of all) stop()
  await until(() => lines.every(({ open }) => !open))
  expect(states.at(-1)).toBe('Disconnected')
})

test('the service may end a subscription', async () => {
  const { listen, lines, starts, until } = await setUp()
  const { heard } = listen()
  const [start] = await starts(1)
  lines[0]!.send({ type: 'complete', id: start!.id })
  await until(() => heard.completed)
  await until(() => !lines[0]!.open)
})

test('a start that is never acknowledged is tried again, and then told', async () => {
  const { listen, starts, until } = await setUp({ start: () => [] })
  const real = globalThis.setTimeout
  const spy = vi
    .spyOn(globalThis, 'setTimeout')
    .mockImplementation(((work: () => void, delay = 0) =>
      real(work, delay === 15_000 ? 30 : delay)) as typeof setTimeout)
  const { heard } = listen()
  const frames = await starts(2)
  await until(() => heard.errors.length)
  spy.mockRestore()
  expect(heard.errors).toMatchObject([{ name: 'SubscriptionTimeout' }])
  expect(new Set(frames.map(({ id }) => id)).size).toBe(2)
})

test('without a key, a user or an endpoint, the subscriber is told which', async () => {
  const { client, service, until } = await setUp({}, { apiKey: undefined })
  const errors: { name?: string }[] = []
  const observer = { error: (error: Error) => errors.push(error) && service.changed() }
  client.models.Order.onCreate().subscribe(observer)
  client.models.Order.onCreate({ authMode: 'userPool' }).subscribe(observer)
  client.graphql({ query: 'subscription { a }', authMode: 'lambda' }).subscribe(observer)
  await until(() => errors.length === 3)
  expect(errors.map(({ name }) => name).sort()).toEqual([
    'NoApiKey',
    'NoAuthorizationHeader',
    'NoValidAuthTokens',
  ])
})

test('where there is no WebSocket, the subscriber is told what to do', async () => {
  const { listen, until } = await setUp()
  vi.stubGlobal('WebSocket', undefined)
  delete (globalThis as { WebSocket?: unknown }).WebSocket
  const { heard } = listen()
  await until(() => heard.errors.length).finally(() => vi.unstubAllGlobals())
  expect(heard.errors).toMatchObject([
    { name: 'NoWebSocket', recoverySuggestion: expect.stringContaining("import('ws')") },
  ])
})

test.each([
  [
    'https://abcdefghijklmnopqrstuvwxyz.appsync-api.eu-west-1.amazonaws.com/graphql',
    'wss://abcdefghijklmnopqrstuvwxyz.appsync-realtime-api.eu-west-1.amazonaws.com/graphql',
  ],
  [
    'https://abcdefghijklmnopqrstuvwxyz.appsync-api.cn-north-1.amazonaws.com.cn/graphql',
    'wss://abcdefghijklmnopqrstuvwxyz.appsync-realtime-api.cn-north-1.amazonaws.com.cn/graphql',
  ],
  [
    'https://abcdefghijklmnopqrstuvwxyz.appsync-api.eusc-de-east-1.amazonaws.eu/graphql',
    'wss://abcdefghijklmnopqrstuvwxyz.appsync-realtime-api.eusc-de-east-1.amazonaws.eu/graphql',
  ],
  [
    'https://abcdefghijklmnopqrstuvwxyz.appsync-api.us-iso-east-1.c2s.ic.gov/graphql',
    'wss://abcdefghijklmnopqrstuvwxyz.appsync-realtime-api.us-iso-east-1.c2s.ic.gov/graphql',
  ],
  ['https://api.example.com/graphql', 'wss://api.example.com/graphql/realtime'],
  ['https://api.example.com:8443/v1/graphql/', 'wss://api.example.com:8443/v1/graphql/realtime'],
  ['http://localhost:20002/graphql', 'ws://localhost:20002/graphql/realtime'],
  ['http://[::1]:20002/graphql', 'ws://[::1]:20002/graphql/realtime'],
])('the sockets of %s are at %s, and prove themselves to the former', async (endpoint, expected) => {
  const opened = new Promise<[url: string, protocols: string[]]>((resolve) => {
    const openSocket = (url: string, protocols: string[]) => {
      resolve([url, protocols])
      return { close() {} } as WebSocket
    }
    const ctx = appFor(endpoint, {}, { platform: { openSocket } })
    generateClient<Shop>({}, ctx).models.Order.onCreate().subscribe()
  })
  const [url, [protocol, header]] = await opened
  expect([url, protocol]).toEqual([expected, 'graphql-ws'])
  const proof = Buffer.from(header!.replace('header-', ''), 'base64url').toString()
  expect(JSON.parse(proof)).toEqual({ host: new URL(endpoint).host, 'x-api-key': 'da2-key' })
  expect(realtimeUrl({ endpoint, realtimeEndpoint: 'https://elsewhere.example/rt' }).href).toBe(
    'wss://elsewhere.example/rt',
  )
})
