import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { getCurrentUser, type SignInInput, signIn, signOut } from './index.js'
import { Refusal, type Script, type ScriptedPool, scriptedPool, tokensOf } from './scriptedPool.fixture.js'
import { verifier } from './srp.js'
import { N, number, srpService } from './srpService.fixture.js'

const sha256 = async (data: Uint8Array) =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(data)))

let pool: ScriptedPool
beforeEach(async () => {
  pool = await scriptedPool({})
})
afterEach(() => pool.close())

/** Knows ada, password `right`, as a pool with SRP does: by her verifier. */
async function adasPool(more: { answer?: () => unknown } = {}): Promise<Script> {
  const who = { pool: 'AbCdEfGh1', user: 'sub-ada', password: 'right' }
  const registered = await verifier({ sha256, randomBytes }, who)
  const handshake = srpService(number(registered.verifier))
  const secretBlock = randomBytes(64)
  let A = 0n
  return {
    InitiateAuth({ AuthFlow, AuthParameters }) {
      if (AuthFlow !== 'USER_SRP_AUTH')
        throw new Refusal('InvalidParameterException', `${AuthFlow} is not enabled`)
      A = BigInt(`0x${AuthParameters.SRP_A}`)
      return {
        ChallengeName: 'PASSWORD_VERIFIER',
        Session: 'first',
        ChallengeParameters: {
          USER_ID_FOR_SRP: who.user,
          USERNAME: who.user,
          SRP_B: handshake.B,
          SALT: Buffer.from(registered.salt).toString('hex'),
          SECRET_BLOCK: secretBlock.toString('base64'),
        },
      }
    },
    RespondToAuthChallenge({ ChallengeName, ChallengeResponses, Session }) {
      expect([ChallengeName, Session]).toEqual(['PASSWORD_VERIFIER', 'first'])
      const message = [
        Buffer.from(who.pool + who.user),
        secretBlock,
        Buffer.from(ChallengeResponses.TIMESTAMP),
      ]
      if (ChallengeResponses.PASSWORD_CLAIM_SIGNATURE !== handshake.expects(A, Buffer.concat(message))) {
        throw new Refusal('NotAuthorizedException', 'Incorrect username or password.')
      }
      return more.answer?.() ?? { AuthenticationResult: tokensOf(who.user) }
    },
    RevokeToken: () => ({}),
  }
}

/** Lets everybody in who sends a password; users are named after what they type. */
const open: Script = {
  InitiateAuth: ({ AuthParameters }) => ({
    AuthenticationResult: tokensOf(`sub-${AuthParameters.USERNAME}`),
  }),
  RevokeToken: () => ({}),
}

const ada: SignInInput = { username: 'ada@example.com', password: 'right' }
const plain = (username: string, options = {}): SignInInput => ({
  username,
  password: 'right',
  options: { authFlowType: 'USER_PASSWORD_AUTH', ...options },
})

test('a password is proved without being sent', async () => {
  pool.script = await adasPool()
  const ctx = pool.context()
  expect(await signIn(ada, ctx)).toEqual({ isSignedIn: true, nextStep: { signInStep: 'DONE' } })
  expect(pool.heard.some(({ body }) => body.includes('right'))).toBe(false)
  expect(await getCurrentUser(ctx)).toEqual({
    userId: 'sub-ada',
    username: 'sub-ada',
    signInDetails: { loginId: 'ada@example.com', authFlowType: 'USER_SRP_AUTH' },
  })
})

test('a wrong password is refused under the name the service gives', async () => {
  pool.script = await adasPool()
  const ctx = pool.context()
  await expect(signIn({ ...ada, password: 'wrong' }, ctx)).rejects.toMatchObject({
    name: 'NotAuthorizedException',
    message: 'Incorrect username or password.',
  })
  await expect(getCurrentUser(ctx)).rejects.toMatchObject({ name: 'UserUnAuthenticatedException' })
})

test('signedIn is heard once it is true, with the user', async () => {
  pool.script = await adasPool()
  const ctx = pool.context()
  const heard: unknown[] = []
  ctx.events.listen('auth', ({ payload }) => {
    heard.push(payload)
    heard.push(getCurrentUser(ctx).then(({ userId }) => userId))
  })
  await signIn(ada, ctx)
  expect(heard[0]).toEqual({ event: 'signedIn', data: await getCurrentUser(ctx) })
  expect(await heard[1]).toBe('sub-ada')
})

test('USER_PASSWORD_AUTH sends the password and the metadata', async () => {
  pool.script = open
  await signIn(plain('bob', { clientMetadata: { from: 'web' } }), pool.context())
  expect(pool.heard[0]!.input).toEqual({
    AuthFlow: 'USER_PASSWORD_AUTH',
    ClientId: 'client',
    ClientMetadata: { from: 'web' },
    AuthParameters: { USERNAME: 'bob', PASSWORD: 'right' },
  })
})

test.each([
  ['EmptySignInUsername', { username: '', password: 'x' }],
  ['EmptySignInPassword', { username: 'ada', password: '' }],
  ['EmptySignInPassword', { username: 'ada' }],
  [
    'UnsupportedAuthFlowException',
    { username: 'ada', password: 'x', options: { authFlowType: 'SRP' as never } },
  ],
])('%s is said before anything is sent', async (name, input) => {
  await expect(signIn(input, pool.context())).rejects.toMatchObject({ name })
  expect(pool.heard).toEqual([])
})

describe('what the pool asks for becomes the next step', () => {
  const delivery = { CODE_DELIVERY_DELIVERY_MEDIUM: 'SMS', CODE_DELIVERY_DESTINATION: '+*******99' }
  const codeDeliveryDetails = { deliveryMedium: 'SMS', destination: '+*******99' }
  test.each([
    [
      {
        ChallengeName: 'NEW_PASSWORD_REQUIRED',
        ChallengeParameters: { requiredAttributes: '["userAttributes.name"]' },
      },
      { signInStep: 'CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED', missingAttributes: ['name'] },
    ],
    [
      { ChallengeName: 'SMS_MFA', ChallengeParameters: delivery },
      { signInStep: 'CONFIRM_SIGN_IN_WITH_SMS_CODE', codeDeliveryDetails },
    ],
    [
      { ChallengeName: 'EMAIL_OTP', ChallengeParameters: delivery },
      { signInStep: 'CONFIRM_SIGN_IN_WITH_EMAIL_CODE', codeDeliveryDetails },
    ],
    [{ ChallengeName: 'SOFTWARE_TOKEN_MFA' }, { signInStep: 'CONFIRM_SIGN_IN_WITH_TOTP_CODE' }],
    [
      { ChallengeName: 'CUSTOM_CHALLENGE', ChallengeParameters: { riddle: '?' } },
      { signInStep: 'CONFIRM_SIGN_IN_WITH_CUSTOM_CHALLENGE', additionalInfo: { riddle: '?' } },
    ],
    [
      {
        ChallengeName: 'SELECT_MFA_TYPE',
        ChallengeParameters: { MFAS_CAN_CHOOSE: '["SMS_MFA","SOFTWARE_TOKEN_MFA"]' },
      },
      { signInStep: 'CONTINUE_SIGN_IN_WITH_MFA_SELECTION', allowedMFATypes: ['SMS', 'TOTP'] },
    ],
    [
      {
        ChallengeName: 'MFA_SETUP',
        ChallengeParameters: { MFAS_CAN_SETUP: '["SMS_MFA","SOFTWARE_TOKEN_MFA","EMAIL_OTP"]' },
      },
      { signInStep: 'CONTINUE_SIGN_IN_WITH_MFA_SETUP_SELECTION', allowedMFATypes: ['TOTP', 'EMAIL'] },
    ],
    [
      { ChallengeName: 'MFA_SETUP', ChallengeParameters: { MFAS_CAN_SETUP: '["EMAIL_OTP"]' } },
      { signInStep: 'CONTINUE_SIGN_IN_WITH_EMAIL_SETUP' },
    ],
  ])('%j', async (asked, nextStep) => {
    pool.script = { InitiateAuth: () => ({ Session: 's', ...asked }) }
    const ctx = pool.context()
    expect(await signIn(plain('bob'), ctx)).toEqual({ isSignedIn: false, nextStep })
    await expect(getCurrentUser(ctx)).rejects.toMatchObject({ name: 'UserUnAuthenticatedException' })
  })

  test.each([
    ['UserNotConfirmedException', 'CONFIRM_SIGN_UP'],
    ['PasswordResetRequiredException', 'RESET_PASSWORD'],
  ])('%s is not an error but %s', async (name, signInStep) => {
    pool.script = {
      InitiateAuth: () => {
        throw new Refusal(name)
      },
    }
    expect(await signIn(plain('bob'), pool.context())).toEqual({
      isSignedIn: false,
      nextStep: { signInStep },
    })
  })

  test('an authenticator app gets its secret, in an address with nothing unescaped', async () => {
    pool.script = {
      InitiateAuth: () => ({
        ChallengeName: 'MFA_SETUP',
        Session: 'before',
        ChallengeParameters: { MFAS_CAN_SETUP: '["SOFTWARE_TOKEN_MFA"]' },
      }),
      AssociateSoftwareToken: ({ Session }) => ({ SecretCode: `SECRET${Session}` }),
    }
    const { nextStep } = await signIn(plain('bob'), pool.context())
    if (nextStep.signInStep !== 'CONTINUE_SIGN_IN_WITH_TOTP_SETUP') throw new Error(nextStep.signInStep)
    expect(nextStep.totpSetupDetails.sharedSecret).toBe('SECRETbefore')
    const { href } = nextStep.totpSetupDetails.getSetupUri('My App', 'bob&co@example.com')
    expect(href).toBe('otpauth://totp/My%20App:bob%26co%40example.com?secret=SECRETbefore&issuer=My%20App')
  })

  test('what it asks for and no step stands for is named', async () => {
    pool.script = { InitiateAuth: () => ({ ChallengeName: 'DANCE' }) }
    await expect(signIn(plain('bob'), pool.context())).rejects.toMatchObject({
      name: 'SignInException',
      message: expect.stringContaining('DANCE'),
    })
  })
})

test.each([
  ['zero', '0'],
  ['a multiple of the prime', (3n * N).toString(16)],
  ['not a number', 'xyz'],
])('a service whose SRP number is %s is not believed', async (_, SRP_B) => {
  const script = await adasPool()
  pool.script = {
    ...script,
    InitiateAuth: (input) => {
      const answer = script.InitiateAuth!(input) as { ChallengeParameters: object }
      return { ...answer, ChallengeParameters: { ...answer.ChallengeParameters, SRP_B } }
    },
  }
  await expect(signIn(ada, pool.context())).rejects.toMatchObject({ name: 'SignInException' })
  expect(pool.operations()).toEqual(['InitiateAuth'])
})

describe('somebody is signed in already', () => {
  test('another user is told so, before anything is sent, and nothing changes', async () => {
    pool.script = open
    const ctx = pool.context()
    await signIn(plain('bob'), ctx)
    const before = pool.heard.length
    await expect(signIn(plain('eve'), ctx)).rejects.toMatchObject({
      name: 'UserAlreadyAuthenticatedException',
      recoverySuggestion: expect.stringContaining('switchUser'),
    })
    expect(pool.heard.length).toBe(before)
    expect((await getCurrentUser(ctx)).userId).toBe('sub-bob')
  })

  test.each(['bob', 'sub-bob'])('the same user, as %s, signs in again', async (name) => {
    pool.script = { ...open, InitiateAuth: () => ({ AuthenticationResult: tokensOf('sub-bob') }) }
    const ctx = pool.context()
    await signIn(plain('bob'), ctx)
    expect((await signIn(plain(name), ctx)).isSignedIn).toBe(true)
  })

  test('switchUser signs the first out, here and at the service, once the second is known', async () => {
    pool.script = open
    const ctx = pool.context()
    await signIn(plain('bob'), ctx)
    const events: string[] = []
    ctx.events.listen('auth', ({ payload }) => void events.push(payload.event))
    await signIn(plain('eve', { switchUser: true }), ctx)
    expect(events).toEqual(['signedOut', 'signedIn'])
    expect((await getCurrentUser(ctx)).userId).toBe('sub-eve')
    expect(pool.heard.find(({ operation }) => operation === 'RevokeToken')?.input).toMatchObject({
      Token: 'refresh-sub-bob',
    })
  })

  test('switchUser keeps the first where the second fails', async () => {
    pool.script = { ...open }
    const ctx = pool.context()
    await signIn(plain('bob'), ctx)
    pool.script.InitiateAuth = () => {
      throw new Refusal('NotAuthorizedException')
    }
    await expect(signIn(plain('eve', { switchUser: true }), ctx)).rejects.toThrow()
    expect((await getCurrentUser(ctx)).userId).toBe('sub-bob')
  })
})

describe('devices', () => {
  /** A pool that remembers devices, as far as the user's own password is not concerned. */
  function rememberingPool() {
    const known = new Map<string, bigint>()
    const state = { made: 0, known, handshake: undefined as ReturnType<typeof srpService> | undefined, A: 0n }
    const block = randomBytes(32)
    const script: Script = {
      InitiateAuth({ AuthParameters: { DEVICE_KEY } }) {
        if (!DEVICE_KEY) {
          const NewDeviceMetadata = { DeviceKey: `key-${++state.made}`, DeviceGroupKey: 'group' }
          return { AuthenticationResult: { ...tokensOf('sub-bob'), NewDeviceMetadata } }
        }
        if (!known.has(DEVICE_KEY)) throw new Refusal('ResourceNotFoundException', 'Device does not exist.')
        return { ChallengeName: 'DEVICE_SRP_AUTH', Session: 'd1', ChallengeParameters: {} }
      },
      ConfirmDevice({ DeviceKey, DeviceSecretVerifierConfig: { PasswordVerifier, Salt } }) {
        known.set(DeviceKey, number(Buffer.from(PasswordVerifier, 'base64')))
        known.set(`${DeviceKey} salt`, number(Buffer.from(Salt, 'base64')))
        return {}
      },
      RespondToAuthChallenge({ ChallengeName, ChallengeResponses: said }) {
        if (ChallengeName === 'DEVICE_SRP_AUTH') {
          state.handshake = srpService(known.get(said.DEVICE_KEY)!)
          state.A = BigInt(`0x${said.SRP_A}`)
          return {
            ChallengeName: 'DEVICE_PASSWORD_VERIFIER',
            ChallengeParameters: {
              USERNAME: 'sub-bob',
              SRP_B: state.handshake.B,
              SALT: known.get(`${said.DEVICE_KEY} salt`)!.toString(16),
              SECRET_BLOCK: block.toString('base64'),
            },
          }
        }
        const message = [Buffer.from(`group${said.DEVICE_KEY}`), block, Buffer.from(said.TIMESTAMP)]
        if (said.PASSWORD_CLAIM_SIGNATURE !== state.handshake!.expects(state.A, Buffer.concat(message))) {
          throw new Refusal('NotAuthorizedException', 'Incorrect username or password.')
        }
        return { AuthenticationResult: tokensOf('sub-bob') }
      },
      RevokeToken: () => ({}),
    }
    return { state, script }
  }

  test('a device is confirmed, and proves itself the next time', async () => {
    const { script } = rememberingPool()
    pool.script = script
    const ctx = pool.context()
    await signIn(plain('bob'), ctx)
    expect(pool.operations()).toEqual(['InitiateAuth', 'ConfirmDevice'])

    await signOut({}, ctx)
    pool.heard.length = 0
    expect((await signIn(plain('bob'), ctx)).isSignedIn).toBe(true)
    expect(pool.operations()).toEqual(['InitiateAuth', 'RespondToAuthChallenge', 'RespondToAuthChallenge'])
  })

  test('a device that the pool has forgotten comes in as a new one', async () => {
    const { script, state } = rememberingPool()
    pool.script = script
    const ctx = pool.context()
    await signIn(plain('bob'), ctx)
    await signOut({}, ctx)
    state.known.clear()
    expect((await signIn(plain('bob'), ctx)).isSignedIn).toBe(true)
    expect(state.made).toBe(2)
  })

  test('a device whose secret the pool does not believe comes in as a new one', async () => {
    const { script, state } = rememberingPool()
    pool.script = script
    const ctx = pool.context()
    await signIn(plain('bob'), ctx)
    await signOut({}, ctx)
    state.known.set('key-1', 5n)
    expect((await signIn(plain('bob'), ctx)).isSignedIn).toBe(true)
    expect(state.made).toBe(2)
  })

  test('a device that lost its secret comes in as a new one', async () => {
    const { script, state } = rememberingPool()
    pool.script = script
    const store = memoryStore()
    const ctx = pool.context({ store })
    await signIn(plain('bob'), ctx)
    await signOut({}, ctx)
    for (const key of store.items.keys()) if (key.endsWith('randomPasswordKey')) store.items.delete(key)
    expect((await signIn(plain('bob'), ctx)).isSignedIn).toBe(true)
    expect(state.made).toBe(2)
  })

  test('a device that cannot be confirmed does not keep its user out', async () => {
    const { script } = rememberingPool()
    pool.script = {
      ...script,
      ConfirmDevice: () => {
        throw new Refusal('InvalidParameterException')
      },
    }
    expect((await signIn(plain('bob'), pool.context())).isSignedIn).toBe(true)
  })
})

test('a store that keeps nothing is said to keep nothing', async () => {
  pool.script = open
  const store = { ...memoryStore(), setItem: async () => {} }
  await expect(signIn(plain('bob'), pool.context({ store }))).rejects.toMatchObject({
    name: 'UnexpectedSignInInterruptionException',
  })
})

function memoryStore() {
  const items = new Map<string, string>()
  return {
    items,
    setItem: async (key: string, value: string) => void items.set(key, value),
    getItem: async (key: string) => items.get(key) ?? null,
    removeItem: async (key: string) => void items.delete(key),
    clear: async () => items.clear(),
  }
}
