import { SignUpCommand } from '@aws-sdk/client-cognito-identity-provider'
import { afterEach, expect, test } from 'vitest'
import { PASSWORD, startPool, type TestPool } from '../pool.fixture.js'

const ADA = 'ada@example.com'

let pool: TestPool

afterEach(() => pool.stop())

const call = (path: string, init: RequestInit = {}) => fetch(`${pool.sandbox.url}/_backline/${path}`, init)
const post = (path: string, body: unknown = {}, headers: Record<string, string> = {}) =>
  call(path, { method: 'POST', body: JSON.stringify(body), headers })

test('the next message can be waited for over HTTP, once', async () => {
  pool = await startPool()
  const waiting = post('inbox/next', { to: 'ADA@example.com', timeout: 5_000 })
  await pool.sdk.send(new SignUpCommand({ ClientId: pool.ClientId, Username: ADA, Password: PASSWORD }))
  const message = (await (await waiting).json()) as { to: string; code: string }
  expect(message).toMatchObject({ to: ADA, code: expect.stringMatching(/^\d{6}$/) })
  const nothing = await post('inbox/next', { to: ADA, timeout: 1 })
  expect([nothing.status, await nothing.json()]).toEqual([
    400,
    { message: `No message for ${ADA} within 1 ms.` },
  ])
  expect(await (await call('inbox')).json()).toMatchObject([{ to: ADA }])
})

test('somebody who stopped waiting does not take the message along', async () => {
  pool = await startPool()
  const gone = new AbortController()
  const waiting = call('inbox/next', { method: 'POST', body: '{}', signal: gone.signal })
  setTimeout(() => gone.abort(), 50)
  await expect(waiting).rejects.toThrow()
  const deliver = { channel: 'email', to: ADA, subject: '', body: '', at: 0 } as const
  await new Promise((resolve) => setTimeout(resolve, 50))
  pool.sandbox.inbox.deliver(deliver)
  expect(await pool.sandbox.inbox.next({ to: ADA }, { timeout: 100 })).toEqual(deliver)
})

test('time can be moved, faults ordered and everything forgotten; the ids stay', async () => {
  pool = await startPool()
  await pool.register(ADA)
  const before = pool.sandbox.clock.now()
  await post('clock', { advance: 86_400_000 })
  expect(pool.sandbox.clock.now() - before).toBeGreaterThanOrEqual(86_400_000)
  await post('fail', { status: 503 })
  expect((await call('state')).status).toBe(200)
  await expect(pool.signIn(ADA)).rejects.toMatchObject({ name: 'ServiceUnavailableException' })
  await pool.signIn(ADA)

  const outputs = await (await call('outputs')).json()
  expect(outputs).toEqual(pool.sandbox.outputs)
  await post('reset')
  expect(await (await call('state')).json()).toMatchObject({ users: [], inbox: [] })
  expect(pool.sandbox.outputs).toEqual(outputs)
  await pool.register(ADA)
})

test('the keys of an administrator are for programs of this machine', async () => {
  pool = await startPool()
  const credentials = await (await call('credentials')).json()
  expect(credentials).toEqual(pool.sandbox.credentials)
  expect((await call('credentials', { headers: { origin: 'https://evil.example' } })).status).toBe(403)
})

test('the page shows what runs and runs nothing that a user typed', async () => {
  pool = await startPool()
  const page = await call('')
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(await page.text()).toContain('Backline sandbox')
  await pool.register(ADA)
  expect(await (await call('state')).json()).toMatchObject({
    services: expect.arrayContaining(['cognito-idp', 'cognito-identity']),
    users: [{ status: 'CONFIRMED', attributes: { email: ADA } }],
  })
})

test('codes are for pages of this machine only', async () => {
  pool = await startPool()
  for (const origin of [
    'https://evil.example',
    'null',
    'http://localhost.evil.example',
    'http://127.0.0.1.nip.io',
  ]) {
    for (const answer of [
      await call('inbox', { headers: { origin } }),
      await post('inbox/next', { timeout: 1 }, { origin }),
      await call('inbox', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'GET' } }),
    ]) {
      expect(answer.status).toBe(403)
      expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    }
  }
  expect((await call('inbox', { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403)
  const local = await call('inbox', { headers: { origin: 'http://localhost:5173' } })
  expect([local.status, local.headers.get('access-control-allow-origin')]).toEqual([
    200,
    'http://localhost:5173',
  ])
  const program = await call('inbox')
  expect([program.status, program.headers.get('access-control-allow-origin')]).toEqual([200, null])
})

test('what cannot be understood is named', async () => {
  pool = await startPool()
  const said = async (path: string, body: string) =>
    ((await (await call(path, { method: 'POST', body })).json()) as { message: string }).message
  expect(await said('clock', '{"advance":"soon"}')).toContain('`advance` must be a number')
  expect(await said('fail', '{"status":9}')).toContain('`status` must be a number from 400 to 599')
  expect(await said('inbox/next', '{"channel":"pigeon"}')).toContain('`channel` must be')
  expect(await said('clock', '{')).toBe('The body is not valid JSON.')
  expect((await post('nonsense')).status).toBe(404)
})
