import { randomBytes } from 'node:crypto'
import { sharedInMemoryStorage } from '@backline/core'
import { type Context, createMemoryStore } from '@backline/core/internal'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { autoSignIn, confirmSignIn, confirmSignUp, getCurrentUser, signIn, signUp } from './index.js'
import { Refusal, type Script, type ScriptedPool, scriptedPool, tokensOf } from './scriptedPool.fixture.js'
import { verifier } from './srp.js'
import { number, srpService } from './srpService.fixture.js'

const sha256 = async (data: Uint8Array) =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(data)))

let pool: ScriptedPool
beforeEach(async () => {
  pool = await scriptedPool({})
})
afterEach(() => pool.close())

const done = { isSignedIn: true, nextStep: { signInStep: 'DONE' } }
const tokens = { AuthenticationResult: tokensOf('sub-bob') }
const named = (name: string) => expect.objectContaining({ name })
const lastHeard = () => pool.heard.at(-1)!.input as Record<string, any>

/** Bob, to whom the pool puts this question first. */
async function asked(question: object, ctx: Context, options = {}) {
  pool.script.InitiateAuth ??= () => ({ Session: 'one', ChallengeParameters: {}, ...question })
  return signIn(
    { username: 'bob', password: 'right', options: { authFlowType: 'USER_PASSWORD_AUTH', ...options } },
    ctx,
  )
}

describe('each step is answered in the words of its challenge', () => {
  test.each([
    ['SMS_MFA', '123456', { SMS_MFA_CODE: '123456' }],
    ['SMS_OTP', '123456', { SMS_OTP_CODE: '123456' }],
    ['EMAIL_OTP', '123456', { EMAIL_OTP_CODE: '123456' }],
    ['SOFTWARE_TOKEN_MFA', '123456', { SOFTWARE_TOKEN_MFA_CODE: '123456' }],
    ['CUSTOM_CHALLENGE', 'a riddle’s answer', { ANSWER: 'a riddle’s answer' }],
    ['SELECT_MFA_TYPE', 'SMS', { ANSWER: 'SMS_MFA' }],
    ['SELECT_MFA_TYPE', 'TOTP', { ANSWER: 'SOFTWARE_TOKEN_MFA' }],
    ['SELECT_MFA_TYPE', 'EMAIL', { ANSWER: 'EMAIL_OTP' }],
    ['SELECT_CHALLENGE', 'EMAIL_OTP', { ANSWER: 'EMAIL_OTP' }],
    ['NEW_PASSWORD_REQUIRED', 'Chosen-222', { NEW_PASSWORD: 'Chosen-222', 'userAttributes.name': 'Bob' }],
  ])('%s with %s', async (ChallengeName, challengeResponse, said) => {
    pool.script.RespondToAuthChallenge = () => tokens
    const ctx = pool.context()
    expect((await asked({ ChallengeName }, ctx)).isSignedIn).toBe(false)
    const options = { clientMetadata: { from: 'test' }, userAttributes: { name: 'Bob', nickname: '' } }
    expect(await confirmSignIn({ challengeResponse, options }, ctx)).toEqual(done)
    expect(lastHeard()).toEqual({
      ChallengeName,
      ChallengeResponses: { USERNAME: 'bob', ...said },
      ClientId: 'client',
      ClientMetadata: { from: 'test' },
      Session: 'one',
    })
    expect(await getCurrentUser(ctx)).toMatchObject({
      userId: 'sub-bob',
      signInDetails: { loginId: 'bob', authFlowType: 'USER_PASSWORD_AUTH' },
    })
  })

  test('a chosen email address is set up for MFA', async () => {
    const MFAS_CAN_SETUP = '["EMAIL_OTP","SOFTWARE_TOKEN_MFA"]'
    pool.script.RespondToAuthChallenge = () => ({ ChallengeName: 'EMAIL_OTP', Session: 'two' })
    const ctx = pool.context()
    const { nextStep } = await asked(
      { ChallengeName: 'MFA_SETUP', ChallengeParameters: { MFAS_CAN_SETUP } },
      ctx,
    )
    expect(nextStep).toMatchObject({ signInStep: 'CONTINUE_SIGN_IN_WITH_MFA_SETUP_SELECTION' })
    expect((await confirmSignIn({ challengeResponse: 'EMAIL' }, ctx)).nextStep.signInStep).toBe(
      'CONTINUE_SIGN_IN_WITH_EMAIL_SETUP',
    )
    // The service is not asked what we know.
    expect(pool.operations()).toEqual(['InitiateAuth'])
    await expect(confirmSignIn({ challengeResponse: 'no address' }, ctx)).rejects.toEqual(
      named('SignInException'),
    )
    expect((await confirmSignIn({ challengeResponse: 'bob@example.com' }, ctx)).nextStep.signInStep).toBe(
      'CONFIRM_SIGN_IN_WITH_EMAIL_CODE',
    )
    expect(lastHeard()).toMatchObject({
      ChallengeName: 'MFA_SETUP',
      Session: 'one',
      ChallengeResponses: { USERNAME: 'bob', EMAIL: 'bob@example.com' },
    })
  })

  test('an authenticator app is set up, each call with the newest session', async () => {
    const MFAS_CAN_SETUP = '["EMAIL_OTP","SOFTWARE_TOKEN_MFA"]'
    let refuse = true
    pool.script = {
      AssociateSoftwareToken: () => ({ SecretCode: 'SECRET', Session: 'two' }),
      VerifySoftwareToken: () => ({ Status: 'SUCCESS', Session: 'three' }),
      RespondToAuthChallenge: () => {
        if (refuse) throw new Refusal('InternalErrorException')
        return tokens
      },
    }
    const ctx = pool.context()
    await asked({ ChallengeName: 'MFA_SETUP', ChallengeParameters: { MFAS_CAN_SETUP } }, ctx)
    const { nextStep } = await confirmSignIn({ challengeResponse: 'TOTP' }, ctx)
    expect(nextStep).toMatchObject({ totpSetupDetails: { sharedSecret: 'SECRET' } })

    const options = { friendlyDeviceName: 'my phone' }
    await expect(confirmSignIn({ challengeResponse: '123456', options }, ctx)).rejects.toThrow()
    expect(pool.heard.find(({ operation }) => operation === 'VerifySoftwareToken')?.input).toEqual({
      Session: 'two',
      UserCode: '123456',
      FriendlyDeviceName: 'my phone',
    })
    // The app was verified, and its code is spent: only what failed is done again.
    refuse = false
    expect(await confirmSignIn({ challengeResponse: '123456', options }, ctx)).toEqual(done)
    expect(pool.operations().filter((name) => name === 'VerifySoftwareToken')).toHaveLength(1)
    expect(lastHeard()).toMatchObject({
      ChallengeName: 'MFA_SETUP',
      Session: 'three',
      ChallengeResponses: { USERNAME: 'bob' },
    })
  })
})

test('chained challenges are answered with the newest session', async () => {
  const ctx = pool.context()
  pool.script.RespondToAuthChallenge = ({ ChallengeName, Session }) =>
    ChallengeName === 'NEW_PASSWORD_REQUIRED'
      ? { ChallengeName: 'EMAIL_OTP', Session: 'two' }
      : Session === 'two' && tokens
  await asked({ ChallengeName: 'NEW_PASSWORD_REQUIRED' }, ctx)
  expect((await confirmSignIn({ challengeResponse: 'Chosen-222' }, ctx)).nextStep.signInStep).toBe(
    'CONFIRM_SIGN_IN_WITH_EMAIL_CODE',
  )
  expect(await confirmSignIn({ challengeResponse: '123456' }, ctx)).toEqual(done)
})

describe('a page loaded anew', () => {
  test('goes on where it was', async () => {
    const store = createMemoryStore()
    pool.script.RespondToAuthChallenge = () => tokens
    await asked({ ChallengeName: 'SMS_MFA' }, pool.context({ store }))
    const later = pool.context({ store })
    expect(await confirmSignIn({ challengeResponse: '123456' }, later)).toEqual(done)
    expect(await getCurrentUser(later)).toMatchObject({ signInDetails: { loginId: 'bob' } })
    await expect(confirmSignIn({ challengeResponse: '123456' }, later)).rejects.toEqual(
      named('SignInException'),
    )
  })

  test('does not after the session has expired, and keeps no password meanwhile', async () => {
    const store = createMemoryStore()
    await asked({ ChallengeName: 'SMS_MFA' }, pool.context({ store }))
    expect(await store.getItem('CognitoSignInState')).not.toContain('right')
    const later = pool.context({ store, platform: { now: () => Date.now() + 16 * 60_000 } })
    await expect(confirmSignIn({ challengeResponse: '123456' }, later)).rejects.toEqual(
      named('SignInException'),
    )
  })

  test('does not mind what else was written there', async () => {
    const store = createMemoryStore()
    await store.setItem('CognitoSignInState', 'nonsense')
    await expect(confirmSignIn({ challengeResponse: '1' }, pool.context({ store }))).rejects.toEqual(
      named('SignInException'),
    )
  })
})

test('a sign-in of one context is not confirmed by another', async () => {
  await asked({ ChallengeName: 'SMS_MFA' }, pool.context())
  await expect(confirmSignIn({ challengeResponse: '123456' }, pool.context())).rejects.toEqual(
    named('SignInException'),
  )
  expect(await sharedInMemoryStorage.getItem('CognitoSignInState')).toBeNull()
})

test('a wrong code can be corrected', async () => {
  const ctx = pool.context()
  pool.script.RespondToAuthChallenge = ({ ChallengeResponses }) => {
    if (ChallengeResponses.EMAIL_OTP_CODE !== '123456') throw new Refusal('CodeMismatchException')
    return tokens
  }
  await asked({ ChallengeName: 'EMAIL_OTP' }, ctx)
  await expect(confirmSignIn({ challengeResponse: '000000' }, ctx)).rejects.toEqual(
    named('CodeMismatchException'),
  )
  expect(await confirmSignIn({ challengeResponse: '123456' }, ctx)).toEqual(done)
})

test('bad answers are named before anything is sent', async () => {
  const ctx = pool.context()
  await expect(confirmSignIn({ challengeResponse: '1' }, ctx)).rejects.toEqual(named('SignInException'))
  await asked({ ChallengeName: 'SELECT_MFA_TYPE' }, ctx)
  await expect(confirmSignIn({ challengeResponse: '' }, ctx)).rejects.toEqual(named('EmptyChallengeResponse'))
  await expect(confirmSignIn({ challengeResponse: 'PIGEON' }, ctx)).rejects.toEqual(
    named('IncorrectMFAMethod'),
  )
  expect(pool.operations()).toEqual(['InitiateAuth'])
})

test('a sign-in that is begun anew ends the one before', async () => {
  const ctx = pool.context()
  await asked({ ChallengeName: 'SMS_MFA' }, ctx)
  pool.script.InitiateAuth = () => {
    throw new Refusal('NotAuthorizedException')
  }
  await expect(asked({}, ctx)).rejects.toThrow()
  await expect(confirmSignIn({ challengeResponse: '1' }, ctx)).rejects.toEqual(named('SignInException'))
})

test('switchUser holds to the last step', async () => {
  const ctx = pool.context()
  pool.script = {
    InitiateAuth: () => ({ AuthenticationResult: tokensOf('sub-eve') }),
    RevokeToken: () => ({}),
  }
  await signIn({ username: 'eve', password: 'x', options: { authFlowType: 'USER_PASSWORD_AUTH' } }, ctx)
  pool.script.InitiateAuth = () => ({ ChallengeName: 'SMS_MFA', Session: 'one' })
  pool.script.RespondToAuthChallenge = () => tokens
  await asked({}, ctx, { switchUser: true })
  expect((await getCurrentUser(ctx)).userId).toBe('sub-eve')
  await confirmSignIn({ challengeResponse: '123456' }, ctx)
  expect((await getCurrentUser(ctx)).userId).toBe('sub-bob')
  expect(pool.operations()).toContain('RevokeToken')
})

describe('custom and chosen flows', () => {
  /** Knows bob's verifier; every proof of his password is followed by `then`. */
  async function proving(then: () => unknown): Promise<Script[string]> {
    const who = { pool: 'AbCdEfGh1', user: 'sub-bob', password: 'right' }
    const registered = await verifier({ sha256, randomBytes }, who)
    const handshake = srpService(number(registered.verifier))
    const block = randomBytes(32)
    let A = 0n
    return ({ AuthParameters, ChallengeName, ChallengeResponses: said }) => {
      const sent = AuthParameters?.SRP_A ?? said?.SRP_A
      if (sent) {
        A = BigInt(`0x${sent}`)
        return {
          ChallengeName: 'PASSWORD_VERIFIER',
          Session: 'srp',
          ChallengeParameters: {
            USER_ID_FOR_SRP: who.user,
            SRP_B: handshake.B,
            SALT: Buffer.from(registered.salt).toString('hex'),
            SECRET_BLOCK: block.toString('base64'),
          },
        }
      }
      if (ChallengeName !== 'PASSWORD_VERIFIER') return then()
      const message = [Buffer.from(who.pool + who.user), block, Buffer.from(said.TIMESTAMP)]
      if (said.PASSWORD_CLAIM_SIGNATURE !== handshake.expects(A, Buffer.concat(message))) {
        throw new Refusal('NotAuthorizedException', 'Incorrect username or password.')
      }
      return then()
    }
  }

  test('CUSTOM_WITHOUT_SRP asks the app’s own questions, and takes no password', async () => {
    const ctx = pool.context()
    const options = { authFlowType: 'CUSTOM_WITHOUT_SRP' } as const
    await expect(signIn({ username: 'bob', password: 'x', options }, ctx)).rejects.toEqual(
      named('CustomAuthSignInPassword'),
    )
    pool.script = {
      InitiateAuth: () => ({
        ChallengeName: 'CUSTOM_CHALLENGE',
        Session: 'one',
        ChallengeParameters: { USERNAME: 'sub-bob', riddle: '?' },
      }),
      RespondToAuthChallenge: () => tokens,
    }
    const { nextStep } = await signIn({ username: 'bob', options }, ctx)
    expect(nextStep).toMatchObject({ additionalInfo: { riddle: '?' } })
    expect(lastHeard()).toMatchObject({ AuthFlow: 'CUSTOM_AUTH', AuthParameters: { USERNAME: 'bob' } })
    expect(await confirmSignIn({ challengeResponse: '!' }, ctx)).toEqual(done)
    expect(lastHeard()).toMatchObject({ ChallengeResponses: { USERNAME: 'sub-bob', ANSWER: '!' } })
    expect(await getCurrentUser(ctx)).toMatchObject({
      signInDetails: { loginId: 'bob', authFlowType: 'CUSTOM_WITHOUT_SRP' },
    })
  })

  test('CUSTOM_WITH_SRP proves the password first', async () => {
    const ctx = pool.context()
    const respond = await proving(() => ({ ChallengeName: 'CUSTOM_CHALLENGE', Session: 'two' }))
    pool.script = { InitiateAuth: respond!, RespondToAuthChallenge: respond! }
    const options = { authFlowType: 'CUSTOM_WITH_SRP' } as const
    expect((await signIn({ username: 'bob', password: 'right', options }, ctx)).nextStep.signInStep).toBe(
      'CONFIRM_SIGN_IN_WITH_CUSTOM_CHALLENGE',
    )
    expect(pool.heard[0]!.input).toMatchObject({
      AuthFlow: 'CUSTOM_AUTH',
      AuthParameters: { USERNAME: 'bob', CHALLENGE_NAME: 'SRP_A' },
    })
  })

  test('USER_AUTH lets the user choose a factor', async () => {
    const ctx = pool.context()
    const AvailableChallenges = ['EMAIL_OTP', 'PASSWORD_SRP']
    pool.script = {
      InitiateAuth: () => ({ ChallengeName: 'SELECT_CHALLENGE', Session: 'one', AvailableChallenges }),
      RespondToAuthChallenge: () => ({ ChallengeName: 'EMAIL_OTP', Session: 'two' }),
    }
    const options = { authFlowType: 'USER_AUTH' } as const
    expect((await signIn({ username: 'bob', options }, ctx)).nextStep).toEqual({
      signInStep: 'CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION',
      availableChallenges: AvailableChallenges,
    })
    expect(lastHeard()).toMatchObject({ AuthFlow: 'USER_AUTH', AuthParameters: { USERNAME: 'bob' } })
    const { nextStep } = await confirmSignIn({ challengeResponse: 'EMAIL_OTP' }, ctx)
    expect(nextStep.signInStep).toBe('CONFIRM_SIGN_IN_WITH_EMAIL_CODE')
  })

  test.each(['PASSWORD', 'PASSWORD_SRP'])('a chosen %s is asked for, then sent or proved', async (factor) => {
    const ctx = pool.context()
    pool.script = {
      InitiateAuth: () => ({ ChallengeName: 'SELECT_CHALLENGE', Session: 'one' }),
      RespondToAuthChallenge: (await proving(() => tokens))!,
    }
    await signIn({ username: 'bob', options: { authFlowType: 'USER_AUTH' } }, ctx)
    const before = pool.heard.length
    expect((await confirmSignIn({ challengeResponse: factor }, ctx)).nextStep.signInStep).toBe(
      'CONFIRM_SIGN_IN_WITH_PASSWORD',
    )
    expect(pool.heard).toHaveLength(before)
    expect(await confirmSignIn({ challengeResponse: 'right' }, ctx)).toEqual(done)
    const sent = pool.heard[before]!
    expect(sent.input).toMatchObject({
      ChallengeName: 'SELECT_CHALLENGE',
      Session: 'one',
      ChallengeResponses: { ANSWER: factor, ...(factor === 'PASSWORD' && { PASSWORD: 'right' }) },
    })
    expect(sent.body.includes('right')).toBe(factor === 'PASSWORD')
  })

  test('a preferred password goes with the first call', async () => {
    pool.script.InitiateAuth = () => tokens
    const options = { authFlowType: 'USER_AUTH', preferredChallenge: 'PASSWORD' } as const
    await expect(signIn({ username: 'bob', options }, pool.context())).rejects.toEqual(
      named('EmptySignInPassword'),
    )
    expect(await signIn({ username: 'bob', password: 'right', options }, pool.context())).toEqual(done)
    expect(lastHeard()).toMatchObject({
      AuthParameters: { USERNAME: 'bob', PREFERRED_CHALLENGE: 'PASSWORD', PASSWORD: 'right' },
    })
  })

  test('a preferred proof of the password begins with the first call', async () => {
    const respond = (await proving(() => tokens))!
    pool.script = { InitiateAuth: respond, RespondToAuthChallenge: respond }
    const options = { authFlowType: 'USER_AUTH', preferredChallenge: 'PASSWORD_SRP' } as const
    expect(await signIn({ username: 'bob', password: 'right', options }, pool.context())).toEqual(done)
    expect(pool.heard[0]!.input).toMatchObject({
      AuthFlow: 'USER_AUTH',
      AuthParameters: { PREFERRED_CHALLENGE: 'PASSWORD_SRP' },
    })
  })

  test('a preferred challenge that the configuration does not enable is refused', async () => {
    const ctx = pool.context()
    const { Cognito } = ctx.config.Auth!
    ctx.config = {
      Auth: { Cognito: { ...Cognito, passwordless: { emailOtpEnabled: true } } as typeof Cognito },
    }
    const options = { authFlowType: 'USER_AUTH', preferredChallenge: 'SMS_OTP' } as const
    await expect(signIn({ username: 'bob', options }, ctx)).rejects.toEqual(
      named('InvalidPreferredChallenge'),
    )
    expect(pool.heard).toEqual([])
  })

  test('whoever has just confirmed their address is signed in without another code', async () => {
    pool.script = {
      SignUp: () => ({ UserConfirmed: false, UserSub: 'sub-bob', Session: 'signed up' }),
      ConfirmSignUp: () => ({ Session: 'confirmed' }),
      InitiateAuth: ({ Session }) =>
        Session === 'confirmed' ? tokens : { ChallengeName: 'EMAIL_OTP', Session: 'one' },
    }
    const ctx = pool.context()
    const autoSignInBy = { authFlowType: 'USER_AUTH' } as const
    await signUp({ username: 'bob', options: { autoSignIn: autoSignInBy } }, ctx)
    const { nextStep } = await confirmSignUp({ username: 'bob', confirmationCode: '1' }, ctx)
    expect(nextStep.signUpStep).toBe('COMPLETE_AUTO_SIGN_IN')
    expect(await autoSignIn(ctx)).toEqual(done)
  })
})

describe('passkeys', () => {
  const request = { challenge: 'AAAA', rpId: 'localhost' }
  const options = { authFlowType: 'USER_AUTH', preferredChallenge: 'WEB_AUTHN' } as const
  beforeEach(() => {
    pool.script = {
      InitiateAuth: () => ({
        ChallengeName: 'WEB_AUTHN',
        Session: 'one',
        ChallengeParameters: { CREDENTIAL_REQUEST_OPTIONS: JSON.stringify(request) },
      }),
      RespondToAuthChallenge: ({ ChallengeName }) =>
        ChallengeName === 'WEB_AUTHN' ? tokens : { ChallengeName: 'EMAIL_OTP', Session: 'two' },
    }
  })

  test('the device shows its passkey, and the user is signed in', async () => {
    const ctx = pool.context({ platform: { passkeys: async (...what) => ({ id: 'key', what }) } })
    expect(await signIn({ username: 'bob', options }, ctx)).toEqual(done)
    const { Session, ChallengeResponses } = lastHeard()
    expect(Session).toBe('one')
    expect(JSON.parse(ChallengeResponses.CREDENTIAL)).toEqual({ id: 'key', what: ['get', request] })
  })

  test('whoever cancels may choose another factor', async () => {
    const ctx = pool.context({
      platform: { passkeys: () => Promise.reject(new DOMException('no', 'NotAllowedError')) },
    })
    await expect(signIn({ username: 'bob', options }, ctx)).rejects.toEqual(
      named('PasskeyAuthenticationCanceled'),
    )
    const { nextStep } = await confirmSignIn({ challengeResponse: 'EMAIL_OTP' }, ctx)
    expect(nextStep.signInStep).toBe('CONFIRM_SIGN_IN_WITH_EMAIL_CODE')
    expect(lastHeard()).toMatchObject({
      ChallengeName: 'SELECT_CHALLENGE',
      ChallengeResponses: { ANSWER: 'EMAIL_OTP' },
    })
  })

  test('where there are none, that is said', async () => {
    await expect(signIn({ username: 'bob', options }, pool.context())).rejects.toEqual(
      named('PasskeyNotSupported'),
    )
  })

  test('a pool that asks for one twice is not believed', async () => {
    pool.script.RespondToAuthChallenge = pool.script.InitiateAuth!
    const ctx = pool.context({ platform: { passkeys: async () => ({}) } })
    await expect(signIn({ username: 'bob', options }, ctx)).rejects.toEqual(named('SignInException'))
  })
})

describe('devices', () => {
  async function remembered() {
    const store = createMemoryStore()
    const key = (name: string) => `CognitoIdentityServiceProvider.client.bob.${name}`
    await store.setItem(key('deviceKey'), 'key-1')
    await store.setItem(key('deviceGroupKey'), 'group')
    await store.setItem(key('randomPasswordKey'), 'secret')
    return { store, ctx: pool.context({ store }), deviceKey: () => store.getItem(key('deviceKey')) }
  }

  test('a device that is known goes with the code; one that the pool forgot goes without', async () => {
    const { ctx, deviceKey } = await remembered()
    pool.script.RespondToAuthChallenge = ({ ChallengeResponses }) => {
      if (ChallengeResponses.DEVICE_KEY)
        throw new Refusal('ResourceNotFoundException', 'Device does not exist.')
      return tokens
    }
    await asked({ ChallengeName: 'SMS_MFA' }, ctx)
    expect(await confirmSignIn({ challengeResponse: '123456' }, ctx)).toEqual(done)
    expect(pool.heard.slice(1).map(({ body }) => JSON.parse(body).ChallengeResponses.DEVICE_KEY)).toEqual([
      'key-1',
      undefined,
    ])
    expect(await deviceKey()).toBeNull()
  })

  test('a device that the pool does not believe is forgotten, so that the next sign-in works', async () => {
    const { ctx, deviceKey } = await remembered()
    pool.script.RespondToAuthChallenge = ({ ChallengeName }) => {
      if (ChallengeName === 'SMS_MFA') return { ChallengeName: 'DEVICE_SRP_AUTH', Session: 'two' }
      throw new Refusal('NotAuthorizedException', 'Incorrect device.')
    }
    await asked({ ChallengeName: 'SMS_MFA' }, ctx)
    await expect(confirmSignIn({ challengeResponse: '123456' }, ctx)).rejects.toEqual(
      named('NotAuthorizedException'),
    )
    expect(await deviceKey()).toBeNull()
    expect(pool.operations()).toEqual(['InitiateAuth', 'RespondToAuthChallenge', 'RespondToAuthChallenge'])
  })
})

test('a network that goes in the middle leaves nobody half signed in, and the step can be repeated', async () => {
  let online = true
  const ctx = pool.context({
    platform: { fetch: (...call) => (online ? fetch(...call) : Promise.reject(new TypeError('gone'))) },
  })
  pool.script.RespondToAuthChallenge = () => tokens
  await asked({ ChallengeName: 'SOFTWARE_TOKEN_MFA' }, ctx)
  online = false
  await expect(confirmSignIn({ challengeResponse: '123456' }, ctx)).rejects.toEqual(named('NetworkError'))
  await expect(getCurrentUser(ctx)).rejects.toEqual(named('UserUnAuthenticatedException'))
  online = true
  expect(await confirmSignIn({ challengeResponse: '123456' }, ctx)).toEqual(done)
})
