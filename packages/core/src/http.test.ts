import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createAmplifyContext } from './amplifyContext.js'
import { awsJson } from './awsJson.js'
import { AmplifyError } from './errors.js'
import { request, serverTime } from './http.js'
import { restJson } from './restJson.js'
import { sigv4 } from './sigv4.js'
import { withProgress } from './withProgress.js'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

async function serve(answer: (request: IncomingMessage, response: ServerResponse, index: number) => void) {
  const seen: IncomingMessage[] = []
  const server = createServer((request, response) => {
    request.resume()
    answer(request, response, seen.push(request))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }
}

const context = (platform = {}) => createAmplifyContext({}, { platform })

test('a read is repeated after a 503, and its answer is the last one', async () => {
  const { seen, url } = await serve((_, response, index) =>
    response.writeHead(index < 3 ? 503 : 200).end('done'),
  )
  const response = await request(context(), { method: 'GET', url })
  expect([response.status, await response.text(), seen.length]).toEqual([200, 'done', 3])
})

test('errors of the service come back as they are when attempts run out', async () => {
  const { seen, url } = await serve((_, response) => response.writeHead(500).end('broken'))
  const response = await request(context(), { method: 'GET', url, attempts: 2 })
  expect([response.status, seen.length]).toEqual([500, 2])
})

test('a call that may have been applied is not sent again', async () => {
  const { seen, url } = await serve((request, response) => {
    if (request.url === '/drop') request.socket.destroy()
    else response.writeHead(502).end()
  })
  expect((await request(context(), { method: 'POST', url, body: 'x' })).status).toBe(502)
  expect(seen.length).toBe(1)
  await expect(request(context(), { method: 'POST', url: `${url}drop`, body: 'x' })).rejects.toMatchObject({
    name: 'NetworkError',
  })
  expect(seen.length).toBe(2)
})

test('a call that was refused for its rate is sent again, whatever it is', async () => {
  const { seen, url } = await serve((_, response, index) => {
    if (index === 1) response.writeHead(429, { 'retry-after': '0' }).end()
    else if (index === 2) response.writeHead(400, { 'x-amzn-errortype': 'TooManyRequestsException:' }).end()
    else response.end('ok')
  })
  const response = await request(context(), { method: 'POST', url, body: 'x' })
  expect([response.status, seen.length]).toEqual([200, 3])
})

test('a long Retry-After is handed to the caller instead of waited for', async () => {
  const { seen, url } = await serve((_, response) => response.writeHead(503, { 'retry-after': '3600' }).end())
  const response = await request(context(), { method: 'GET', url })
  expect([response.status, response.headers.get('retry-after'), seen.length]).toEqual([503, '3600', 1])
})

test('a stream is sent once: it cannot be read again', async () => {
  const { seen, url } = await serve((_, response) => response.writeHead(503).end())
  const response = await request(context(), { method: 'PUT', url, body: new Blob(['abc']).stream() })
  expect([response.status, seen.length]).toEqual([503, 1])
})

test('aborting ends a call that waits for an answer, and one that waits to be repeated', async () => {
  const { url } = await serve((request, response) => {
    if (request.url === '/busy') response.writeHead(503, { 'retry-after': '10' }).end()
  })
  for (const path of ['silent', 'busy']) {
    const controller = new AbortController()
    const pending = request(context(), { method: 'GET', url: url + path, signal: controller.signal })
    setTimeout(() => controller.abort('enough'), 50)
    await expect(pending).rejects.toMatchObject({ name: 'AbortError', cause: 'enough' })
  }
})

test('a signal that has fired already sends nothing', async () => {
  const { seen, url } = await serve((_, response) => response.end())
  await expect(request(context(), { method: 'GET', url, signal: AbortSignal.abort() })).rejects.toMatchObject(
    { name: 'AbortError' },
  )
  expect(seen.length).toBe(0)
})

test('aborting also ends the reading of a body', async () => {
  const { url } = await serve((_, response) => response.write('half'))
  const controller = new AbortController()
  const response = await request(context(), { method: 'GET', url, signal: controller.signal })
  setTimeout(() => controller.abort(), 20)
  await expect(response.text()).rejects.toMatchObject({ name: 'AbortError' })
})

test('silence past the timeout is a TimeoutError that names the host', async () => {
  const { seen, url } = await serve(() => {})
  const call = { method: 'GET', url, timeout: 30, attempts: 2 }
  await expect(request(context(), call)).rejects.toMatchObject({
    name: 'TimeoutError',
    message: /127\.0\.0\.1.*30 ms/,
  })
  expect(seen.length).toBe(2)
})

test('nobody there is a NetworkError with its cause', async () => {
  const error = await request(context(), { method: 'GET', url: 'http://127.0.0.1:1/', attempts: 1 }).catch(
    (error) => error,
  )
  expect(error).toBeInstanceOf(AmplifyError)
  expect(error).toMatchObject({
    name: 'NetworkError',
    message: /127\.0\.0\.1:1/,
    underlyingError: expect.any(TypeError),
  })
})

test('the time is learned from the Date header, and small differences are left alone', async () => {
  let date = new Date()
  const { url } = await serve((_, response) => {
    response.sendDate = false
    response.setHeader('date', date.toUTCString()).end()
  })
  const ctx = context()
  await request(ctx, { method: 'GET', url })
  expect(Math.abs(serverTime(ctx) - Date.now())).toBeLessThan(5)

  date = new Date(Date.now() + 7_200_000)
  await request(ctx, { method: 'GET', url })
  expect(Math.abs(serverTime(ctx) - date.getTime())).toBeLessThan(3_000)
})

const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret' }
const signed = { authorize: sigv4({ service: 'execute-api', region: 'us-east-1', credentials }) }

test.each([
  ['the Date header', 403, '', true],
  [
    'the body of S3',
    403,
    `<Error><Code>RequestTimeTooSkewed</Code><ServerTime>${new Date().toISOString()}</ServerTime></Error>`,
    false,
  ],
  [
    'the message of other services',
    400,
    'Signature expired: 20150830T123600Z is now earlier than (TIME - 5 min.)',
    false,
  ],
])(
  'a device two hours off signs again with the time that %s tells, once',
  async (_, status, body, showDate) => {
    const dates: string[] = []
    const { seen, url } = await serve((request, response) => {
      const date = `${request.headers['x-amz-date']}`.replace(
        /(....)(..)(..)T(..)(..)(..)Z/,
        '$1-$2-$3T$4:$5:$6Z',
      )
      dates.push(date)
      response.sendDate = showDate
      if (Math.abs(Date.parse(date) - Date.now()) < 300_000) return response.end('in')
      const now = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
      return response.writeHead(status).end(body.replace('TIME', now))
    })
    const ctx = context({ now: () => Date.now() - 7_200_000 })
    expect((await request(ctx, { method: 'POST', url, ...signed })).status).toBe(200)
    expect(seen.length).toBe(2)

    await request(ctx, { method: 'POST', url, ...signed })
    expect(seen.length).toBe(3)
  },
)

test('a refusal that has nothing to do with time is final', async () => {
  const { seen, url } = await serve((_, response) => response.writeHead(403).end('AccessDenied'))
  expect((await request(context(), { method: 'GET', url, ...signed })).status).toBe(403)
  expect(seen.length).toBe(1)
})

class ServiceError extends AmplifyError {}

test('AWS JSON names its operation, and gives back the name and message of an error', async () => {
  const { seen, url } = await serve((request, response) => {
    if (request.headers['x-amz-target'] === 'Service.Works') return response.end('{"answer":42}')
    const body = { __type: 'com.amazonaws.service#UserNotFoundException', message: 'Who?' }
    return response.writeHead(400, { 'x-amzn-requestid': 'r-1' }).end(JSON.stringify(body))
  })
  const call = { url, input: {}, error: ServiceError }
  expect(await awsJson(context(), { ...call, target: 'Service.Works' })).toEqual({ answer: 42 })
  expect(seen[0]!.headers['content-type']).toBe('application/x-amz-json-1.1')

  const error = await awsJson(context(), { ...call, target: 'Service.Fails' }).catch((error) => error)
  expect(error).toBeInstanceOf(ServiceError)
  expect(error).toMatchObject({
    name: 'UserNotFoundException',
    message: 'Who?',
    status: 400,
    requestId: 'r-1',
  })
})

test.each([
  ['a page of a proxy', 502, '<html>Bad gateway</html>', {}, 'UnexpectedResponse'],
  ['a body that is cut off', 200, '{"answer":', {}, 'UnexpectedResponse'],
  ['an error without a name', 400, '{}', {}, 'UnexpectedResponse'],
  ['a JSON null', 400, 'null', {}, 'UnexpectedResponse'],
  [
    'a name in the header',
    404,
    '{"Message":"no"}',
    { 'x-amzn-errortype': 'NotFoundException:http://x/' },
    'NotFoundException',
  ],
])('%s has a name of its own', async (_, status, body, headers, name) => {
  const { url } = await serve((_, response) => response.writeHead(status, headers).end(body))
  const call = { method: 'GET', url, error: ServiceError, attempts: 1 }
  await expect(restJson(context(), call)).rejects.toMatchObject({ name, status })
})

test('an empty answer is an empty object', async () => {
  const { url } = await serve((_, response) => response.end())
  expect(await restJson(context(), { method: 'DELETE', url, error: ServiceError })).toEqual({})
})

test('an upload reports its bytes once the service has them', async () => {
  const { url } = await serve((_, response) => response.end())
  const seen: unknown[] = []
  const send = withProgress((sent, total) => seen.push([sent, total]))
  await request(context(), { method: 'PUT', url, body: new Uint8Array(1000), send })
  await request(context(), { method: 'PUT', url, body: 'ä', send })
  expect(seen).toEqual([
    [1000, 1000],
    [2, 2],
  ])
})
