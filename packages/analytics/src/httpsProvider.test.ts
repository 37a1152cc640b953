import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { eventCounts, flushEvents, httpsProvider, record } from './index.js'
import { type Stage, startStage, until } from './stage.fixture.js'

// An endpoint of an app's own, which answers as it is told and remembers what it was sent.

interface Posted {
  headers: IncomingHttpHeaders
  events: { id: string; name: string }[]
}
const posted: Posted[] = []
let answers: { status?: number; text?: string; cut?: boolean }[] = []
const server = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  posted.push({ headers: request.headers, ...JSON.parse(body) })
  const { status = 204, text, cut } = answers.shift() ?? {}
  if (cut) return void request.socket.destroy()
  response.writeHead(status).end(text)
})

let stage: Stage
let url: string
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`
  stage = await startStage()
})
beforeEach(() => {
  posted.length = 0
  answers = []
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await stage.stop()
})

const names = () => posted.map(({ events }) => events.map(({ name }) => name))

function device(headers?: Parameters<typeof httpsProvider>[0]['headers']) {
  const provider = httpsProvider({ url, headers })
  return stage.device({ options: { Analytics: { provider, flushInterval: 60_000, resendLimit: 0 } } })
}

async function settled({ ctx }: ReturnType<typeof device>) {
  await flushEvents(ctx)
  await until(() => eventCounts(ctx).Provider!.waiting === 0)
  return eventCounts(ctx).Provider
}

test('events are posted together, each batch with headers of its own', async () => {
  let token = 0
  const one = device(async () => ({ authorization: `Bearer ${++token}` }))
  for (const name of ['a', 'b', 'c']) record({ name }, one.ctx)
  await settled(one)
  record({ name: 'd' }, one.ctx)
  expect(await settled(one)).toMatchObject({ delivered: 4, dropped: 0 })
  expect(names()).toEqual([['a', 'b', 'c'], ['d']])
  expect(posted.map(({ headers }) => headers.authorization)).toEqual(['Bearer 1', 'Bearer 2'])
  expect(posted[0]!.headers['content-type']).toBe('application/json')
})

test('an endpoint in trouble is asked again, with the same ids, and gets everything', async () => {
  const one = device()
  answers = [{ status: 503 }, { cut: true }, { status: 429 }]
  for (const name of ['a', 'b']) record({ name }, one.ctx)
  expect(await settled(one)).toMatchObject({ delivered: 2, dropped: 0 })
  expect(posted).toHaveLength(4)
  expect(new Set(posted.map(({ events }) => JSON.stringify(events))).size).toBe(1)
})

test('what an endpoint names as failed goes again, the rest does not', async () => {
  const one = device()
  for (const name of ['a', 'b']) record({ name }, one.ctx)
  // Only the endpoint knows the ids: so it fails once, and the answer to the same batch names one of them.
  answers = [{ status: 503 }]
  await flushEvents(one.ctx)
  answers = [{ status: 200, text: JSON.stringify({ failed: [posted[0]!.events[1]!.id, 'another'] }) }]
  expect(await settled(one)).toMatchObject({ delivered: 2, dropped: 0 })
  expect(names()).toEqual([['a', 'b'], ['a', 'b'], ['b']])
})

test.for(['{"half', '{"failed":7}', '{"failed":null}', '<p>Thanks</p>'])(
  'an endpoint that took the events and answers %s does not get them twice',
  async (text) => {
    const one = device()
    answers = [{ status: 200, text }]
    record({ name: 'a' }, one.ctx)
    expect(await settled(one)).toMatchObject({ delivered: 1 })
    expect(names()).toEqual([['a']])
  },
)

test('a refusal is told with the host and the status, and without the headers', async () => {
  const one = device(() => ({ authorization: 'Bearer secret' }))
  answers = [{ status: 403, text: 'no' }]
  record({ name: 'a' }, one.ctx)
  expect(await settled(one)).toMatchObject({ delivered: 0, dropped: 1 })
  const { error } = one.heard.find(({ event }) => event === 'dropped')!.data
  expect(error).toMatchObject({ name: 'EndpointRefused', status: 403 })
  expect(error.message).toContain(new URL(url).host)
  expect(`${error.message}${error.recoverySuggestion}${error.cause}`).not.toContain('secret')
})

test('an address that is none is refused where it is given', () => {
  for (const wrong of ['events', '', 'ftp://example.com', undefined])
    expect(() => httpsProvider({ url: wrong as string })).toThrow(
      expect.objectContaining({ name: 'InvalidEndpoint' }),
    )
})
