// What a journey plays on: a sandbox and its controls. Everything goes through `fetch`, so that the same journey runs in Node and
// in a page.
import type { AmplifyContext } from 'backline'
import { confirmSignUp, signIn, signUp } from 'backline/auth'
import { ok } from './asserts.js'

export interface Journey {
  readonly name: string
  play(stage: Stage): Promise<void>
}

export interface Person {
  username: string
  password: string
}

/** An app's `Amplify.configure` takes it as it is. */
export type Outputs = { version: string; auth: { user_pool_endpoint: string } } & Record<string, unknown>

export type Stage = Awaited<ReturnType<typeof createStage>>

export type Runtime = 'node' | 'browser' | 'phone'

/** `url` is the sandbox's. Whatever an earlier journey left there is forgotten, unless it is to stay. */
export async function createStage(url: string, runtime: Runtime, isFresh = true) {
  const control = controlOf(url)
  if (isFresh) await control.reset()
  return {
    runtime,
    outputs: await control.outputs(),
    control,
    /** Somebody whom the user pool does not know yet. */
    newcomer: (name: string): Person => ({ username: `${name}@example.com`, password: 'Analytical-1' }),
    /** Somebody who is registered and, in this context, signed in. */
    async arrive(name: string, ctx?: AmplifyContext): Promise<Person> {
      const person: Person = { username: `${name}@example.com`, password: 'Analytical-1' }
      await signUp(person, ctx)
      await confirmSignUp({ ...person, confirmationCode: await control.code(person.username) }, ctx)
      const { isSignedIn } = await signIn(person, ctx)
      ok(isSignedIn, `${person.username} is signed in`)
      return person
    },
  }
}

/** The sandbox's own door: what a test orders of the backend. */
function controlOf(url: string) {
  async function call<Answer>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${url}/_backline/${path}`, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const answer = (await response.json()) as Answer & { message?: string }
    if (!response.ok) throw new Error(`The sandbox refuses ${path}: ${answer.message}`)
    return answer
  }
  return {
    outputs: () => call<Outputs>('GET', 'outputs'),
    /** The code in the next mail to this person. */
    code: async (to: string) => (await call<{ code: string }>('POST', 'inbox/next', { to })).code,
    /** What the services of events took, the latest last. */
    events: async () => (await call<{ events: { service: string; event: string }[] }>('GET', 'state')).events,
    /** The backend's clock goes ahead; the device's does not. */
    advance: (milliseconds: number) => call('POST', 'clock', { advance: milliseconds }),
    fail: (fault: { service: string; status?: number; drop?: boolean; delay?: number; times?: number }) =>
      call('POST', 'fail', fault),
    /** Cuts every socket, and refuses as many new ones. */
    dropSockets: (refuse = 0) => call('POST', 'sockets/drop', { refuse }),
    reset: () => call('POST', 'reset', {}),
  }
}
