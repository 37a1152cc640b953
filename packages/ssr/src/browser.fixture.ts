import { confirmSignUp, signIn, signUp } from '@backline/auth'
import { createAmplifyContext } from '@backline/core'
import { type Sandbox, startSandbox } from '@backline/sandbox'
import { defineAuth, defineBackend } from '@backline/schema/backend'
import { afterAll, beforeAll } from 'vitest'
import { createRequestRunner, type RequestRunnerOptions } from './index.js'

// A server on the local backend, and browsers that keep its cookies.

export const password = 'Analytical-1'

/** The local backend of a test file. What the user pool and the identity pool are asked is written down. */
export function useSandbox(more: Partial<Parameters<typeof defineAuth>[0]> = {}) {
  const asked: string[] = []
  const state = { asked } as { sandbox: Sandbox; asked: string[]; runner: typeof runner }
  beforeAll(async () => {
    const auth = defineAuth({ loginWith: { email: true, ...more.loginWith }, ...more })
    state.sandbox = await startSandbox({ backend: defineBackend({ auth }) })
  })
  afterAll(() => state.sandbox.stop())

  /** A server of this backend, by its clock unless told otherwise. */
  function runner(options: Partial<RequestRunnerOptions> = {}) {
    const { sandbox } = state
    return createRequestRunner({
      config: sandbox.outputs,
      ...options,
      platform: {
        now: () => sandbox.clock.now(),
        fetch: (input, init) => {
          const target = new Headers(init?.headers).get('x-amz-target')?.split('.')[1]
          asked.push(target ?? new URL(`${input}`).pathname)
          return fetch(input, init)
        },
        ...options.platform,
      },
    })
  }
  state.runner = runner
  return state
}

export async function register({ sandbox }: { sandbox: Sandbox }, email: string): Promise<void> {
  const ctx = createAmplifyContext(sandbox.outputs)
  await signUp({ username: email, password }, ctx)
  const { code } = await sandbox.inbox.next({ to: email })
  await confirmSignUp({ username: email, confirmationCode: code! }, ctx)
}

export interface Browser {
  /** Name on the wire → value on the wire. */
  cookies: Map<string, string>
  /** The `Set-Cookie` lines of the last answer. */
  lines: string[]
  request(path?: string, init?: RequestInit): Request
  take<T extends Response>(response: T): T
}

/** Keeps cookies by name, and forgets those that have expired. */
export function createBrowser(origin = 'https://app.example.com'): Browser {
  const cookies = new Map<string, string>()
  const browser: Browser = {
    cookies,
    lines: [],
    request(path = '/', init) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      return new Request(new URL(path, origin), { ...init, headers: { cookie, ...init?.headers } })
    },
    take(response) {
      browser.lines = response.headers.getSetCookie()
      for (const line of browser.lines) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
        if (/Max-Age=0(;|$)/.test(line)) cookies.delete(name!)
        else cookies.set(name!, value!)
      }
      return response
    },
  }
  return browser
}

/** A browser whose user has signed in by a form that this server took. */
export async function signedIn(
  state: { sandbox: Sandbox },
  runner: ReturnType<typeof createRequestRunner>,
  email: string,
): Promise<Browser> {
  await register(state, email)
  const browser = createBrowser()
  browser.take(
    await runner.respond(browser.request('/sign-in', { method: 'POST' }), async (ctx) => {
      await signIn({ username: email, password }, ctx)
      return new Response(null, { status: 303, headers: { location: '/' } })
    }),
  )
  return browser
}

/** The name of a session's cookie by its end. */
export function cookieNamed({ cookies }: Browser, end: string): string {
  return [...cookies.keys()].find((name) => name.endsWith(`.${end}`))!
}
