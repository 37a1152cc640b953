import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Sha256 } from '@aws-crypto/sha256-js'
import { createAmplifyContext } from '@backline/core'
import { SignatureV4 } from '@smithy/signature-v4'
import { expect, onTestFinished, test } from 'vitest'
import { isCancelError } from './errors.js'
import { ApiError, del, get, head, patch, post, put } from './rest.js'
import * as server from './server.js'

interface Asked {
  method: string
  url: string
  headers: IncomingHttpHeaders
  body: Buffer
}

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'session' }
const signedIn = {
  Auth: {
    credentialsProvider: {
      getCredentialsAndIdentityId: async () => ({ credentials, identityId: 'eu-west-1:me' }),
      clearCredentialsAndIdentityId() {},
    },
  },
}

/** An API that answers as it is told, and an app's context for it. */
async function api(
  answer: (asked: Asked, response: ServerResponse, request: IncomingMessage) => void = (_, response) =>
    response.end('{}'),
  options: object = {},
) {
  const asked: Asked[] = []
  const service = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { method = '', url = '', headers } = request
    asked.push({ method, url, headers, body: Buffer.concat(chunks) })
    answer(asked.at(-1)!, response, request)
  })
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    service.closeAllConnections()
    return new Promise<void>((resolve) => service.close(() => resolve()))
  })
  const endpoint = `http://127.0.0.1:${(service.address() as AddressInfo).port}`
  const config = { API: { REST: { items: { endpoint: `${endpoint}/prod`, region: 'eu-west-1' } } } }
  return { asked, endpoint, ctx: createAmplifyContext(config, options) }
}

const json =
  (status: number, body: unknown, headers: object = {}) =>
  (_: Asked, response: ServerResponse) =>
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(typeof body === 'string' ? body : JSON.stringify(body))

test('each method sends what it is given and gives back status, headers and body', async () => {
  const { asked, ctx } = await api(json(200, { id: 7 }, { 'X-Of': 'api' }))
  const options = { headers: { 'X-Mine': 'yes' }, queryParams: { b: '2 3', a: 'new' }, body: { name: 'tea' } }
  for (const call of [post, put, patch, del]) {
    const { statusCode, headers, body } = await call({ apiName: 'items', path: '/x?a=1', options }, ctx)
      .response
    expect(statusCode).toBe(200)
    expect(headers['x-of']).toBe('api')
    expect(await body.json()).toEqual({ id: 7 })
  }
  await get({ apiName: 'items', path: 'x' }, ctx).response
  expect(Object.keys(await head({ apiName: 'items', path: '' }, ctx).response)).toContain('headers')
  expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'POST /prod/x?a=new&b=2+3',
    'PUT /prod/x?a=new&b=2+3',
    'PATCH /prod/x?a=new&b=2+3',
    'DELETE /prod/x?a=new&b=2+3',
    'GET /prod/x',
    'HEAD /prod',
  ])
  for (const { headers, body } of asked.slice(0, 4)) {
    expect(headers).toMatchObject({ 'x-mine': 'yes', 'content-type': 'application/json; charset=UTF-8' })
    expect(String(body)).toBe('{"name":"tea"}')
  }
  expect(asked[4]!.headers['content-type']).toBeUndefined()
})

test('a body is read as text, blob and json, as often as one likes', async () => {
  const { ctx } = await api(json(200, '{"ü":1}'))
  const { body } = await get({ apiName: 'items', path: '' }, ctx).response
  expect([await body.text(), await body.text()]).toEqual(['{"ü":1}', '{"ü":1}'])
  expect(await body.json<{ ü: number }>()).toEqual({ ü: 1 })
  const blob = await body.blob()
  expect([blob.type, await blob.text()]).toEqual(['application/json', '{"ü":1}'])
})

test.each([
  [
    'the service names it',
    json(403, { message: 'No.' }, { 'x-amzn-errortype': 'AccessDeniedException:http://x' }),
    'AccessDeniedException',
    'No.',
  ],
  ['the body names it', json(400, { __type: 'com.amazon#Bad', Message: 'Why?' }), 'Bad', 'Why?'],
  [
    'the app answers json',
    json(404, { error: 'no such item' }),
    'UnknownError',
    'The API answered with HTTP status 404.',
  ],
  ['a page', json(501, '<h1>Broken</h1>'), 'UnknownError', 'The API answered with HTTP status 501.'],
] as const)('a refusal is thrown with everything that was answered: %s', async (_, answer, name, message) => {
  const { ctx } = await api(answer)
  const error = await get({ apiName: 'items', path: '' }, ctx).response.catch((error: unknown) => error)
  expect(error).toBeInstanceOf(ApiError)
  const { response } = error as ApiError
  expect(error).toMatchObject({ name, message, status: response!.statusCode })
  expect(response!.headers['content-type']).toBe('application/json')
  expect(response!.body).toMatch(/No\.|Why|no such item|Broken/)
})

test('calls are signed for execute-api where somebody has credentials', async () => {
  const { asked, ctx, endpoint } = await api(undefined, signedIn)
  await put({ apiName: 'items', path: "/a b/it's?q=x y", options: { body: [1] } }, ctx).response
  const form = new FormData()
  form.set('file', new Blob(['hello'], { type: 'text/plain' }), 'hello.txt')
  await post({ apiName: 'items', path: '/form', options: { body: form } }, ctx).response

  for (const { method, url, headers, body } of asked) {
    const { pathname, searchParams } = new URL(url, endpoint)
    const [, names] = /SignedHeaders=([^,]+)/.exec(headers.authorization!)!
    const signer = new SignatureV4({
      applyChecksum: false,
      service: 'execute-api',
      region: 'eu-west-1',
      credentials,
      sha256: Sha256,
    })
    const request = {
      method,
      protocol: 'http:',
      hostname: '127.0.0.1',
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: Object.fromEntries(names!.split(';').map((name) => [name, String(headers[name])])),
      body,
    }
    const date = String(headers['x-amz-date']).replace(/(....)(..)(..T..)(..)(..Z)/, '$1-$2-$3:$4:$5')
    const again = await signer.sign(request, { signingDate: new Date(date) })
    expect(headers.authorization).toBe(again.headers.authorization)
  }
  // A signed form is the form all the same.
  const { headers, body } = asked[1]!
  const read = new Response(new Uint8Array(body), { headers: { 'content-type': headers['content-type']! } })
  expect(await ((await read.formData()).get('file') as File).text()).toBe('hello')
})

test('without credentials, with an Authorization header or told not to, nothing is signed', async () => {
  const { asked, ctx } = await api()
  await get({ apiName: 'items', path: '' }, ctx).response
  expect(asked[0]!.headers.authorization).toBeUndefined()
  Object.assign(ctx.options, signedIn)
  await get({ apiName: 'items', path: '', options: { headers: { authorization: 'mine' } } }, ctx).response
  await get({ apiName: 'items', path: '', options: { defaultAuthMode: 'none' } }, ctx).response
  expect(asked[1]!.headers.authorization).toBe('mine')
  expect(asked[2]!.headers.authorization).toBeUndefined()
})

test('headers of the configuration are made for each call, those of the call win, and cookies go where asked', async () => {
  const inits: (RequestInit | undefined)[] = []
  const { asked, ctx } = await api(undefined, {
    API: {
      REST: { headers: async ({ apiName }: { apiName: string }) => ({ 'X-Api-Key': apiName, 'X-A': '1' }) },
    },
    platform: {
      fetch: (url: string, init?: RequestInit) => {
        inits.push(init)
        return fetch(url, init)
      },
    },
  })
  const options = { headers: { 'x-a': '2' }, withCredentials: true }
  await get({ apiName: 'items', path: '', options }, ctx).response
  expect(asked[0]!.headers).toMatchObject({ 'x-api-key': 'items', 'x-a': '2' })
  expect(inits[0]!.credentials).toBe('include')
})

test('a form brings its own boundary, a text its own type, bytes go as they are', async () => {
  const { asked, ctx } = await api()
  const form = new FormData()
  form.set('a', '1')
  const send = (body: unknown, headers = {}) =>
    post({ apiName: 'items', path: '', options: { body, headers } }, ctx).response
  await send(form, { 'content-type': 'multipart/form-data' })
  await send('a,b', { 'Content-Type': 'text/csv' })
  await send('just words')
  await send(new Uint8Array([1, 2]), { 'content-type': 'application/octet-stream' })
  await send({ a: 1 }, { 'content-type': 'application/ld+json' })
  await send(null)
  const sent = asked.map(({ headers, body }) => [headers['content-type'], String(body)])
  expect(sent[0]![0]).toMatch(/^multipart\/form-data; boundary=/)
  expect(sent.slice(1)).toEqual([
    ['text/csv', 'a,b'],
    ['application/json; charset=UTF-8', '"just words"'],
    ['application/octet-stream', '\u0001\u0002'],
    ['application/ld+json', '{"a":1}'],
    ['application/json; charset=UTF-8', 'null'],
  ])
})

test('what may have been done is not sent again; what may be repeated is, unless told otherwise', async () => {
  const { asked, ctx } = await api(json(503, {}))
  const times = async (call: typeof get, options = {}) => {
    asked.length = 0
    await call({ apiName: 'items', path: '', options }, ctx).response.catch(() => {})
    return asked.length
  }
  expect(await times(post)).toBe(1)
  expect(await times(patch)).toBe(1)
  expect(await times(get)).toBe(3)
  expect(await times(get, { retryStrategy: { strategy: 'no-retry' } })).toBe(1)
})

test('a call ends by cancel and by signal, and a timeout is told from both', async () => {
  const { ctx, asked } = await api(() => {})
  const call = (options = {}) => get({ apiName: 'items', path: '', options }, ctx)
  const first = call()
  first.cancel('never mind')
  const error = await first.response.catch((error: unknown) => error)
  expect(error).toMatchObject({ name: 'CanceledError', message: 'never mind' })
  expect(isCancelError(error)).toBe(true)
  const controller = new AbortController()
  const second = call({ signal: controller.signal })
  controller.abort()
  await expect(second.response).rejects.toMatchObject({ name: 'CanceledError' })
  await expect(call({ timeout: 20 }).response).rejects.toMatchObject({
    name: 'TimeoutError',
    message: 'Request timeout after 20ms',
  })
  Object.assign(ctx.options, {
    API: { REST: { timeout: ({ method }: { method: string }) => (method === 'GET' ? 10 : 0) } },
  })
  await expect(call().response).rejects.toMatchObject({ name: 'TimeoutError' })
  await expect(call({ signal: AbortSignal.timeout(5), timeout: 0 }).response).rejects.toMatchObject({
    name: 'TimeoutError',
  })
  const before = asked.length
  await expect(call({ timeout: -1 }).response).rejects.toMatchObject({ name: 'InvalidInput' })
  expect(asked).toHaveLength(before)
})

test('an answer that stops halfway is a timeout, and one that breaks off a network error', async () => {
  const { ctx } = await api(({ url }, response) => {
    response.writeHead(200, { 'content-length': 100 }).write('half')
    if (url.includes('break')) setImmediate(() => response.destroy())
  })
  await expect(
    get({ apiName: 'items', path: '', options: { timeout: 50 } }, ctx).response,
  ).rejects.toMatchObject({ name: 'TimeoutError' })
  await expect(get({ apiName: 'items', path: 'break' }, ctx).response).rejects.toMatchObject({
    name: 'NetworkError',
  })
})

test('an API that is not configured is named, with those that are', async () => {
  const { ctx } = await api()
  await expect(get({ apiName: 'itmes', path: '' }, ctx).response).rejects.toMatchObject({
    name: 'InvalidApiName',
    recoverySuggestion: expect.stringContaining('only: items'),
  })
})

test('an endpoint may be relative to the page, and needs one', async () => {
  const { asked, endpoint } = await api()
  const config = { API: { REST: { own: { endpoint: '/api/' } } } }
  const page = { url: () => `${endpoint}/deep/page?x=1` }
  await get(
    { apiName: 'own', path: '/items' },
    createAmplifyContext(config, { platform: { page } } as object),
  ).response
  expect(asked[0]!.url).toBe('/api/items')
  await expect(
    get({ apiName: 'own', path: '/items' }, createAmplifyContext(config)).response,
  ).rejects.toMatchObject({ name: 'InvalidApiName', recoverySuggestion: expect.stringContaining('/api/') })
})

test('the context may come first, and on a server it has to', async () => {
  const { asked, ctx } = await api()
  await get(ctx, { apiName: 'items', path: '' }).response
  await server.del(ctx, { apiName: 'items', path: '' }).response
  expect(asked.map(({ method }) => method)).toEqual(['GET', 'DELETE'])
  expect(() => server.get({ apiName: 'items', path: '' } as never, undefined as never)).toThrow(
    /first argument is the context/,
  )
})
