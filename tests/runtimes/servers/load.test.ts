import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { startSandbox } from '@backline/sandbox'
import { createAmplifyContext } from 'backline'
import { createNodeAdapter } from 'backline/adapter-node'
import { confirmSignUp, decodeJWT, signIn, signUp } from 'backline/auth'
import { fetchAuthSession, getCurrentUser } from 'backline/auth/server'
import { defineAuth, defineBackend } from 'backline/backend'
import { expect, test } from 'vitest'

// Fifty users at once on one server, half of their sessions run out in each round, every ninth request is given up.

const USERS = 50
const ROUNDS = 10
const REQUESTS = 2_000
const AT_ONCE = 32
const MINUTE = 60_000

interface User {
  email: string
  sub: string
  cookies: Map<string, string>
}

test('no token crosses users, each expiry is one refresh, and nothing is kept of a request', async () => {
  const sandbox = await startSandbox({
    backend: defineBackend({ auth: defineAuth({ loginWith: { email: true } }) }),
  })
  let refreshes = 0
  const amplify = createNodeAdapter({
    config: {
      ...sandbox.outputs,
      auth: { ...(sandbox.outputs.auth as object), identity_pool_id: undefined },
    },
    platform: {
      now: () => sandbox.clock.now(),
      fetch: (input, init) => {
        if (new Headers(init?.headers).get('x-amz-target')?.endsWith('GetTokensFromRefreshToken')) refreshes++
        return fetch(input, init)
      },
    },
  })
  const contexts: WeakRef<object>[] = []
  const server = createServer(async (request, response) => {
    const seen = await amplify
      .run(request, response, async (ctx) => {
        contexts.push(new WeakRef(ctx))
        const [user, { tokens }] = await Promise.all([getCurrentUser(ctx), fetchAuthSession(ctx)])
        return { user, sub: tokens?.accessToken.payload.sub }
      })
      .catch((error: Error) => ({ problem: error.stack }))
    response.end(JSON.stringify(seen))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`

  async function arrive(index: number): Promise<User> {
    const email = `user${index}@example.com`
    const cookies = new Map<string, string>()
    const login = { username: email, password: 'Analytical-1' }
    const store = {
      setItem: async (key: string, value: string) =>
        void cookies.set(encodeURIComponent(key), encodeURIComponent(value)),
      getItem: async (key: string) => decodeURIComponent(cookies.get(encodeURIComponent(key)) ?? '') || null,
      removeItem: async (key: string) => void cookies.delete(encodeURIComponent(key)),
      clear: async () => cookies.clear(),
    }
    const ctx = createAmplifyContext(sandbox.outputs, { store, platform: { now: () => sandbox.clock.now() } })
    await signUp(login, ctx)
    const { code } = await sandbox.inbox.next({ to: email })
    await confirmSignUp({ username: email, confirmationCode: code! }, ctx)
    await signIn({ ...login, options: { authFlowType: 'USER_PASSWORD_AUTH' } }, ctx)
    return { email, sub: (await getCurrentUser(ctx)).userId, cookies }
  }

  const users: User[] = []
  for (let index = 0; index < USERS; index++) {
    if (index === USERS / 2) sandbox.clock.advance(35 * MINUTE)
    users.push(await arrive(index))
  }

  let [answered, given] = [0, 0]
  async function visit(user: User, isGivenUp: boolean): Promise<void> {
    const cookie = [...user.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const controller = new AbortController()
    const asked = fetch(url, { headers: { cookie }, signal: controller.signal })
    if (isGivenUp) {
      given++
      setImmediate(() => controller.abort())
      await asked.catch(() => {})
      return
    }
    const answer = await asked
    const body = await answer.json()
    answered++
    expect(body).toEqual({
      user: {
        userId: user.sub,
        username: user.sub,
        signInDetails: expect.objectContaining({ loginId: user.email }),
      },
      sub: user.sub,
    })
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
      if (/\.(access|id)Token$/.test(name!)) expect(decodeJWT(value!).payload.sub).toBe(user.sub)
      user.cookies.set(name!, value!)
    }
  }

  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const alive: number[] = []
  const heap: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    sandbox.clock.advance(35 * MINUTE)
    const waiting = Array.from({ length: REQUESTS / ROUNDS }, (_, index) => index)
    const work = async () => {
      for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
        await visit(users[(index * 7 + round) % USERS]!, index % 9 === 0)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    // What was given up is still answered, into the void.
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 5))
    collect()
    alive.push(contexts.filter((each) => each.deref()).length)
    contexts.length = 0
    heap.push(process.memoryUsage().heapUsed)
  }
  expect(answered + given).toBe(REQUESTS)
  expect(given).toBeGreaterThan(200)
  // Each round half of the sessions run out.
  expect(refreshes).toBe((USERS / 2) * ROUNDS)
  expect(Math.max(...alive)).toBeLessThan(AT_ONCE)
  expect(heap.at(-1)! / heap[2]!).toBeLessThan(1.1)

  server.closeAllConnections()
  server.close()
  await sandbox.stop()
}, 120_000)
