import { createMemoryStore } from '@backline/core/internal'
import { type Sandbox, startSandbox } from '@backline/sandbox'
import { type AuthProps, defineAuth, defineBackend } from '@backline/schema/backend'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { shown } from './authenticatorApp.fixture.js'
import {
  AuthError,
  confirmResetPassword,
  confirmSignIn,
  confirmSignUp,
  fetchAuthSession,
  getCurrentUser,
  resetPassword,
  type SignInOutput,
  setUpTOTP,
  signIn,
  signOut,
  signUp,
  updateMFAPreference,
  verifyTOTPSetup,
} from './index.js'
import { arrive, contextOn, password, register } from './sandbox.fixture.js'

// What goes wrong outside of us: what people type, a network that is gone, a store that fails, a clock that is off. However it
// ends, somebody is signed in or nobody is, and never half.

const username = 'ada@example.com'
const named = (name: string) => expect.objectContaining({ name })
const nobody = named('UserUnAuthenticatedException')

let sandbox: Sandbox
const AUTH: AuthProps = {
  loginWith: { email: { otpLogin: true } },
  multifactor: { mode: 'OPTIONAL', totp: true, sms: true },
}
beforeAll(async () => {
  sandbox = await startSandbox({ backend: defineBackend({ auth: defineAuth(AUTH) }) })
})
afterAll(() => sandbox.stop())
beforeEach(() => sandbox.reset())

const inbox = async () => (await sandbox.inbox.next({ to: username })).code!

/** A context whose network can be cut, and goes by itself with the n-th request. */
function wobbly(goesWith = Number.POSITIVE_INFINITY) {
  const line = { cut: false, requests: 0 }
  const store = createMemoryStore()
  const ctx = contextOn(sandbox, {
    store,
    platform: {
      fetch: async (...call) => {
        line.requests++
        if (line.requests === goesWith) line.cut = true
        if (line.cut) throw new TypeError('gone')
        return fetch(...call)
      },
    },
  })
  return { ctx, line, store }
}

describe('what people type', () => {
  const absurd = [
    ' ',
    '\u0000',
    '__proto__',
    'constructor',
    '{"$gt":""}',
    "' OR 1=1 --",
    '<script>alert(1)</script>',
    '😀'.repeat(40),
    'a'.repeat(5_000),
    '../../etc/passwd',
    '%00%0d%0aSet-Cookie: a=b',
  ]
  test('is refused under a name of the service', async () => {
    const { ctx } = wobbly()
    await register(sandbox, username)
    for (const nonsense of absurd) {
      const refusals = await Promise.allSettled([
        signUp({ username: nonsense, password }, ctx),
        signIn({ username: nonsense, password }, ctx),
        signIn({ username, password: nonsense }, ctx),
        confirmSignUp({ username: nonsense, confirmationCode: '123456' }, ctx),
        confirmSignUp({ username, confirmationCode: nonsense }, ctx),
        confirmResetPassword({ username, confirmationCode: nonsense, newPassword: password }, ctx),
        confirmResetPassword({ username, confirmationCode: '123456', newPassword: nonsense }, ctx),
      ])
      for (const refusal of refusals) {
        expect(refusal, nonsense.slice(0, 40)).toMatchObject({ reason: expect.any(AuthError) })
        const { name, message } = (refusal as PromiseRejectedResult).reason as Error
        expect(name).toMatch(/^\w+Exception$/)
        expect(name).not.toMatch(/Unexpected|Unknown|InternalError|Serialization/)
        expect(message).toBeTruthy()
      }
    }
    await expect(getCurrentUser(ctx)).rejects.toEqual(nobody)
  })

  test('nothing at all is named before anything is sent', async () => {
    const { ctx, line } = wobbly()
    const empty: [() => Promise<unknown>, string][] = [
      [() => signUp({ username: '', password }, ctx), 'EmptySignUpUsername'],
      [() => signIn({ username: '', password }, ctx), 'EmptySignInUsername'],
      [() => signIn({ username, password: '' }, ctx), 'EmptySignInPassword'],
      [() => confirmSignUp({ username: '', confirmationCode: '1' }, ctx), 'EmptyConfirmSignUpUsername'],
      [() => confirmSignUp({ username, confirmationCode: '' }, ctx), 'EmptyConfirmSignUpCode'],
      [() => confirmSignIn({ challengeResponse: '' }, ctx), 'EmptyChallengeResponse'],
      [() => resetPassword({ username: '' }, ctx), 'EmptyResetPasswordUsername'],
    ]
    for (const [call, name] of empty) await expect(call()).rejects.toEqual(named(name))
    expect(line.requests).toBe(0)
  })
})

describe('what is late or comes twice', () => {
  test('a code is good for its time, and once', async () => {
    const ctx = contextOn(sandbox)
    await signUp({ username, password }, ctx)
    const confirmationCode = await inbox()
    sandbox.clock.advance(24 * 3_600_000)
    await expect(confirmSignUp({ username, confirmationCode }, ctx)).rejects.toEqual(
      named('ExpiredCodeException'),
    )
    sandbox.clock.reset()
    await confirmSignUp({ username, confirmationCode }, ctx)
    await expect(confirmSignUp({ username, confirmationCode }, ctx)).rejects.toEqual(
      named('NotAuthorizedException'),
    )
    await resetPassword({ username }, ctx)
    const reset = { username, confirmationCode: await inbox(), newPassword: 'Analytical-2' }
    await confirmResetPassword(reset, ctx)
    await expect(confirmResetPassword(reset, ctx)).rejects.toEqual(named('ExpiredCodeException'))
  })

  test('a step that is answered too late ends the sign-in, and a new one may begin', async () => {
    await register(sandbox, username)
    const ctx = contextOn(sandbox)
    const begin = () =>
      signIn({ username, options: { authFlowType: 'USER_AUTH', preferredChallenge: 'EMAIL_OTP' } }, ctx)
    await begin()
    const late = await inbox()
    sandbox.clock.advance(4 * 60_000)
    await expect(confirmSignIn({ challengeResponse: late }, ctx)).rejects.toEqual(
      named('NotAuthorizedException'),
    )
    await begin()
    const challengeResponse = await inbox()
    expect((await confirmSignIn({ challengeResponse }, ctx)).isSignedIn).toBe(true)
    await expect(confirmSignIn({ challengeResponse }, ctx)).rejects.toEqual(named('SignInException'))
    expect((await getCurrentUser(ctx)).signInDetails?.loginId).toBe(username)
  })

  test('a session whose refresh token is too old is over', async () => {
    const ctx = await arrive(sandbox, username)
    sandbox.clock.advance(31 * 86_400_000)
    expect((await fetchAuthSession({ forceRefresh: true }, ctx)).tokens).toBeUndefined()
    await expect(getCurrentUser(ctx)).rejects.toEqual(nobody)
  })
})

test.each([-2, 2])(
  'a clock that is %i days off signs in, stays signed in and has credentials',
  async (days) => {
    await register(sandbox, username)
    let requests = 0
    const ctx = contextOn(sandbox, {
      platform: {
        now: () => Date.now() + days * 86_400_000,
        fetch: (...call) => {
          requests++
          return fetch(...call)
        },
      },
    })
    await signIn({ username, password }, ctx)
    const { credentials, tokens } = await fetchAuthSession({}, ctx)
    expect(credentials?.sessionToken).toBeTruthy()
    const before = requests
    expect((await fetchAuthSession({}, ctx)).tokens).toEqual(tokens)
    expect(requests).toBe(before)
  },
)

/** Each flow up to its end, as an app would play it. `secret` is that of the user's authenticator app, where they have one. */
const flows: Record<
  string,
  {
    totp?: boolean
    steps(ctx: ReturnType<typeof contextOn>, secret: string): (() => Promise<SignInOutput>)[]
  }
> = {
  USER_SRP_AUTH: { steps: (ctx) => [() => signIn({ username, password }, ctx)] },
  USER_PASSWORD_AUTH: {
    steps: (ctx) => [
      () => signIn({ username, password, options: { authFlowType: 'USER_PASSWORD_AUTH' } }, ctx),
    ],
  },
  'USER_AUTH, code': {
    steps: (ctx) => [
      () => signIn({ username, options: { authFlowType: 'USER_AUTH' } }, ctx),
      () => confirmSignIn({ challengeResponse: 'EMAIL_OTP' }, ctx),
      async () => confirmSignIn({ challengeResponse: await latestCode() }, ctx),
    ],
  },
  'USER_AUTH, password': {
    steps: (ctx) => [
      () => signIn({ username, options: { authFlowType: 'USER_AUTH' } }, ctx),
      () => confirmSignIn({ challengeResponse: 'PASSWORD_SRP' }, ctx),
      () => confirmSignIn({ challengeResponse: password }, ctx),
    ],
  },
  'authenticator app': {
    totp: true,
    steps: (ctx, secret) => [
      () => signIn({ username, password }, ctx),
      () => confirmSignIn({ challengeResponse: shown(secret, 1) }, ctx),
    ],
  },
}

const latestCode = async () =>
  sandbox.inbox
    .all()
    .filter(({ to }) => to === username)
    .at(-1)!.code!

async function addAda(totp = false): Promise<string> {
  const ctx = await arrive(sandbox, username)
  let secret = ''
  if (totp) {
    secret = (await setUpTOTP(ctx)).sharedSecret
    await verifyTOTPSetup({ code: shown(secret) }, ctx)
    await updateMFAPreference({ totp: 'PREFERRED' }, ctx)
  }
  await signOut({}, ctx)
  return secret
}

test.each(Object.keys(flows))(
  'the network goes at any request of %s: nobody is half in, and it works again',
  async (name) => {
    const { steps, totp } = flows[name]!
    for (let goesWith = 1; goesWith < 10; goesWith++) {
      await sandbox.reset()
      const secret = await addAda(totp)
      const { ctx, line, store } = wobbly(goesWith)
      let failed: unknown
      for (const step of steps(ctx, secret)) {
        failed = await step().then(
          () => undefined,
          (error: Error) => error,
        )
        if (failed) break
      }
      if (!failed) {
        // Fewer requests than that: the flow has come to its end.
        expect((await getCurrentUser(ctx)).signInDetails?.loginId).toBe(username)
        return
      }
      expect(failed).toEqual(named('NetworkError'))
      await expect(getCurrentUser(ctx)).rejects.toEqual(nobody)
      expect(await store.getItem(`CognitoIdentityServiceProvider.${clientId()}.LastAuthUser`)).toBeNull()
      line.cut = false
      let last: SignInOutput | undefined
      for (const step of steps(ctx, secret)) last = await step()
      expect(last?.isSignedIn).toBe(true)
    }
    throw new Error('The flow has no end.')
  },
)

const clientId = () => (sandbox.outputs.auth as { user_pool_client_id: string }).user_pool_client_id

test('a store that throws at any write leaves nobody half signed in, and who was there before', async () => {
  await register(sandbox, username)
  await register(sandbox, 'bob@example.com')
  for (let failing = 1; failing < 30; failing++) {
    const memory = createMemoryStore()
    const before = contextOn(sandbox, { store: memory })
    await signIn({ username: 'bob@example.com', password }, before)
    let writes = 0
    let full = false
    const write =
      <Args extends unknown[]>(work: (...args: Args) => Promise<void>) =>
      async (...args: Args) => {
        writes++
        if (writes === failing) full = true
        if (full) throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
        return work(...args)
      }
    const store = { ...memory, setItem: write(memory.setItem), removeItem: write(memory.removeItem) }
    const ctx = contextOn(sandbox, { store })
    const result = await signIn({ username, password, options: { switchUser: true } }, ctx).then(
      ({ isSignedIn }) => isSignedIn,
      (error: Error) => error,
    )
    full = false

    // What a page finds that is loaded now.
    const after = contextOn(sandbox, { store: memory })
    const found = await fetchAuthSession({ forceRefresh: true }, after)
    const who = await getCurrentUser(after).catch(() => undefined)
    // Whoever the store says is there has a session that works.
    expect(!!found.tokens).toBe(!!who)
    if (result === true) {
      expect(who?.signInDetails?.loginId).toBe(username)
      if (writes < failing) return
    } else expect(result).toBeInstanceOf(Error)
  }
  throw new Error('The sign-in never ended.')
})

test('a store that takes its time changes nothing', async () => {
  await register(sandbox, username)
  const memory = createMemoryStore()
  const slowly =
    <Args extends unknown[], Result>(work: (...args: Args) => Promise<Result>) =>
    async (...args: Args) => {
      await new Promise((resolve) => setTimeout(resolve, 2))
      return work(...args)
    }
  const ctx = contextOn(sandbox, {
    store: {
      ...memory,
      getItem: slowly(memory.getItem),
      setItem: slowly(memory.setItem),
      removeItem: slowly(memory.removeItem),
    },
  })
  expect((await signIn({ username, password }, ctx)).isSignedIn).toBe(true)
  const sessions = await Promise.all([1, 2, 3].map(() => fetchAuthSession({ forceRefresh: true }, ctx)))
  expect(new Set(sessions.map(({ tokens }) => `${tokens?.accessToken}`)).size).toBe(1)
  await signOut({}, ctx)
  await expect(getCurrentUser(ctx)).rejects.toEqual(nobody)
})

describe('two tabs', () => {
  const tabs = () => {
    const store = createMemoryStore()
    return [contextOn(sandbox, { store }), contextOn(sandbox, { store })] as const
  }

  test('that sign in at once have one session between them, which works', async () => {
    await register(sandbox, username)
    const [one, other] = tabs()
    await Promise.all([signIn({ username, password }, one), signIn({ username, password }, other)])
    const [first, second] = await Promise.all([one, other].map((ctx) => fetchAuthSession({}, ctx)))
    expect(`${first!.tokens?.accessToken}`).toBe(`${second!.tokens?.accessToken}`)
    expect((await fetchAuthSession({ forceRefresh: true }, other)).tokens).toBeDefined()
  })

  test('of which one signs in while the other signs out end with somebody or nobody', async () => {
    await register(sandbox, username)
    for (let round = 0; round < 3; round++) {
      const [one, other] = tabs()
      await signIn({ username, password }, one)
      await Promise.allSettled([signIn({ username, password }, one), signOut({}, other)])
      const third = contextOn(sandbox, { store: one.platform.store })
      const { tokens } = await fetchAuthSession({}, third)
      const user = await getCurrentUser(third).catch(() => undefined)
      expect(!!user).toBe(!!tokens)
    }
  })
})

test('no password and no token is in an error or on the console', async () => {
  const said: string[] = []
  for (const name of ['log', 'info', 'warn', 'error', 'debug'] as const)
    vi.spyOn(console, name).mockImplementation((...words) => void said.push(words.map(String).join(' ')))
  try {
    await register(sandbox, username)
    const { ctx, line } = wobbly()
    const secrets = ['Wrong-horse-1']
    const keep = (error: Error) => said.push(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`)
    await signIn({ username, password: 'Wrong-horse-1' }, ctx).catch(keep)
    await signIn({ username, password }, ctx)
    const { tokens } = await fetchAuthSession({}, ctx)
    secrets.push(password, `${tokens!.accessToken}`, `${tokens!.idToken}`)
    line.cut = true
    await fetchAuthSession({ forceRefresh: true }, ctx).catch(keep)
    line.cut = false
    sandbox.failNext({ service: 'cognito-idp', status: 500, times: 5 })
    await fetchAuthSession({ forceRefresh: true }, ctx).catch(keep)
    const stored = await ctx.platform.store.getItem(
      `CognitoIdentityServiceProvider.${clientId()}.${(await getCurrentUser(ctx)).username}.refreshToken`,
    )
    secrets.push(stored!)
    expect(said.length).toBeGreaterThan(1)
    for (const secret of secrets) expect(said.join('\n')).not.toContain(secret)
  } finally {
    vi.restoreAllMocks()
  }
})
