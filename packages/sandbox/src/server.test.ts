import { once } from 'node:events'
import { request } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, expect, test } from 'vitest'
import { startPool, type TestPool } from './pool.fixture.js'
import { serve } from './sandbox.js'

let pool: TestPool

afterEach(() => pool.stop())

const statusFor = (host: string, path = `/${pool.UserPoolId}/.well-known/jwks.json`) =>
  new Promise<number>((resolve, reject) => {
    request(pool.sandbox.url, { path, headers: { host } }, (answer) => {
      answer.resume()
      resolve(answer.statusCode!)
    })
      .on('error', reject)
      .end()
  })

test('only names of this machine, and of AWS, are answered', async () => {
  pool = await startPool()
  expect(await statusFor('localhost:1234')).toBe(200)
  expect(await statusFor('cognito-idp.us-east-1.amazonaws.com')).toBe(200)
  expect(await statusFor('rebound.example')).toBe(403)
})

test('only Host says which host is meant, whatever the path looks like', async () => {
  pool = await startPool()
  const keys = `/${pool.UserPoolId}/.well-known/jwks.json`
  expect(await statusFor('localhost', `http://rebound.example${keys}`)).toBe(200)
  expect(await statusFor('localhost', `//rebound.example${keys}`)).toBe(404)
  expect(await statusFor('localhost', '//')).toBe(404)
  expect(await statusFor('rebound.example', `http://localhost${keys}`)).toBe(403)
})

test('what nobody serves is a 404 that names it', async () => {
  pool = await startPool()
  const answer = await fetch(`${pool.sandbox.url}/us-east-1_unknown/.well-known/jwks.json`, {
    method: 'POST',
  })
  expect(answer.status).toBeGreaterThanOrEqual(400)
})

test('a client that begins with HTTP/2 is answered in it, on the same port and under the same names', async () => {
  pool = await startPool()
  const session = connectHttp2(pool.sandbox.url)
  const over2 = async (authority: string) => {
    const stream = session.request({
      ':authority': authority,
      ':path': `/${pool.UserPoolId}/.well-known/jwks.json`,
    })
    const [headers] = await once(stream, 'response')
    return [headers[':status'], await text(stream)]
  }
  const overHttp1 = await fetch(`${pool.sandbox.url}/${pool.UserPoolId}/.well-known/jwks.json`)
  expect(await over2('localhost:1234')).toEqual([200, await overHttp1.text()])
  expect((await over2('rebound.example'))[0]).toBe(403)

  pool.sandbox.failNext({ drop: true })
  const dropped = session.request({ ':path': `/${pool.UserPoolId}/.well-known/jwks.json` })
  await once(dropped, 'close')
  expect(session.destroyed).toBe(true)
})

test('the first bytes may come one by one', async () => {
  pool = await startPool()
  const port = Number(new URL(pool.sandbox.url).port)
  const socket = connect(port, '127.0.0.1').setNoDelay()
  for (const byte of 'PUT / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n') {
    await new Promise((resolve) => socket.write(byte, resolve))
  }
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 [34]/)
})

test('garbage on the socket is answered and hurts nobody else', async () => {
  pool = await startPool()
  const port = Number(new URL(pool.sandbox.url).port)
  for (const garbage of [
    '\u0016\u0003\u0001\u0002',
    'GET\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n',
  ]) {
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.end(garbage))
      socket.on('error', () => resolve()).on('close', () => resolve())
      socket.resume()
    })
  }
  await pool.register('ada@example.com')
})

test('an ordered fault befalls the service that it names, as often as said', async () => {
  pool = await startPool()
  await pool.register('ada@example.com')
  pool.sandbox.failNext({ service: 's3', status: 503 })
  await pool.signIn('ada@example.com')
  pool.sandbox.failNext({ service: 'cognito-idp', status: 429, times: 2 })
  for (let attempt = 0; attempt < 2; attempt++) {
    await expect(pool.signIn('ada@example.com')).rejects.toMatchObject({ name: 'TooManyRequestsException' })
  }
  pool.sandbox.failNext({ service: 'cognito-idp', drop: true })
  await expect(pool.signIn('ada@example.com')).rejects.toMatchObject({ code: 'ECONNRESET' })
  await pool.signIn('ada@example.com')
})

test('a port in use is refused with its number', async () => {
  pool = await startPool()
  const port = Number(new URL(pool.sandbox.url).port)
  await expect(serve({ storages: [], extraOutputs: {} }, { port })).rejects.toThrow(String(port))
})

test('to stop what is stopped, or stopping, is to wait for its end', async () => {
  pool = await startPool()
  await Promise.all([pool.sandbox.stop(), pool.sandbox.stop()])
  await pool.sandbox.stop()
})

test('a backend without auth has no auth in its outputs and no user pool', async () => {
  pool = await startPool()
  const bare = await serve({ storages: [], extraOutputs: { custom: { api: 'x' } } })
  try {
    expect(bare.outputs).toEqual({ version: '1.4', custom: { api: 'x' } })
    const answer = await fetch(bare.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AWSCognitoIdentityProviderService.InitiateAuth',
      },
      body: '{"ClientId":"x"}',
    })
    expect(await answer.json()).toMatchObject({ __type: 'ResourceNotFoundException' })
  } finally {
    await bare.stop()
  }
})
