import type { Input, Operation } from '../awsJson.js'
import { invalidParameter, optionalText, parameter, text, texts } from '../input.js'
import { admit, takeNewPassword } from './admit.js'
import { checkClient, checkFlow } from './clients.js'
import { answerCode } from './codeFactor.js'
import { answerCustom, checkCustomServed, nextCustom, withResult } from './customAuth.js'
import { checkDevice, finishDeviceSrp, startDeviceSrp } from './devices.js'
import { answerTotp, selectMfa, setUpMfa } from './mfa.js'
import { migrate } from './migration.js'
import { answerPasskey } from './passkeys.js'
import { askForProof, checkPasswordOf, finishSrp, personOf } from './passwordFactor.js'
import { authPlan, type Pool } from './pool.js'
import { refresh } from './refresh.js'
import { type Outcome, type SignIn, sessionIn, sessionOver } from './sessions.js'

import { runTrigger } from './triggers.js'
import { answerPassword, answerPasswordSrp, selectChallenge, startUserAuth } from './userAuth.js'
import { findUser } from './users.js'

/** People proving who they are. */
export function signInOperations(pool: Pool): Record<string, Operation> {
  return {
    async InitiateAuth(input) {
      checkClient(pool, input)
      checkFlow(pool, text(input, 'AuthFlow'))
      return initiateAuth(pool, input, text(input, 'AuthFlow'))
    },
    async RespondToAuthChallenge(input) {
      checkClient(pool, input)
      return answerOverTheWire(pool, input)
    },
    async GetTokensFromRefreshToken(input) {
      checkClient(pool, input)
      return refresh(pool, text(input, 'RefreshToken'), texts(input, 'ClientMetadata'))
    },
  }
}

const FLOWS = ['USER_SRP_AUTH', 'USER_PASSWORD_AUTH', 'CUSTOM_AUTH', 'USER_AUTH']

/** The first step of every flow; an administrator's flows come here under the names of these. */
export async function initiateAuth(pool: Pool, input: Input, flow: string, hosted = false): Promise<object> {
  const given = texts(input, 'AuthParameters')
  const metadata = texts(input, 'ClientMetadata')
  if (flow === 'REFRESH_TOKEN_AUTH' || flow === 'REFRESH_TOKEN') {
    // A client that rotates has no other way to a new token than the operation made for it.
    if (authPlan(pool).refreshRotation) throw invalidParameter(`${flow} flow not enabled for this client`)
    return refresh(pool, parameter(given, 'REFRESH_TOKEN'), metadata, given.SECRET_HASH)
  }
  if (!FLOWS.includes(flow)) throw invalidParameter(`${flow} flow not enabled for this client`)
  if (flow === 'CUSTOM_AUTH') checkCustomServed(pool)
  const login = parameter(given, 'USERNAME')
  const password = flow === 'USER_PASSWORD_AUTH' ? parameter(given, 'PASSWORD') : given.PASSWORD
  if (flow === 'USER_SRP_AUTH') parameter(given, 'SRP_A')
  if (password && !findUser(pool, login)) await migrate(pool, login, { password, metadata })
  const user = findUser(pool, login)
  if (user?.enabled) {
    await runTrigger(pool, 'preAuthentication', {
      source: 'PreAuthentication_Authentication',
      user,
      request: { validationData: metadata, userNotFound: false },
    })
  }
  const signIn: SignIn = {
    flow: flow as SignIn['flow'],
    clientId: pool.clientId,
    username: personOf(pool, login).username,
    deviceKey: given.DEVICE_KEY || undefined,
    source: 'Authentication',
    ...(hosted ? { hosted } : {}),
    history: [],
  }
  switch (signIn.flow) {
    case 'USER_SRP_AUTH':
      return askForProof(pool, signIn, login, parameter(given, 'SRP_A'))
    case 'USER_PASSWORD_AUTH': {
      const proven = checkPasswordOf(pool, login, password!)
      checkDevice(pool, proven, signIn.deviceKey)
      return admit(pool, signIn, proven, metadata)
    }
    case 'USER_AUTH':
      return settle(
        pool,
        await startUserAuth(pool, { signIn, login, given, metadata }, optionalText(input, 'Session')),
        metadata,
      )
    case 'CUSTOM_AUTH': {
      const withSrp = given.CHALLENGE_NAME === 'SRP_A' || given.SRP_A !== undefined
      const publicA = withSrp ? parameter(given, 'SRP_A') : undefined
      const begun = withSrp ? withResult(signIn, 'SRP_A', true) : signIn
      return settle(pool, await nextCustom(pool, begun, metadata, publicA), metadata)
    }
  }
}

/** Every further step. */
export async function respondToAuthChallenge(pool: Pool, input: Input): Promise<object> {
  const metadata = texts(input, 'ClientMetadata')
  return settle(pool, await answered(pool, input, metadata), metadata)
}

/** The same for who calls an operation: a sign-in that a page began ends on that page. */
export async function answerOverTheWire(pool: Pool, input: Input): Promise<object> {
  const reply = await respondToAuthChallenge(pool, input)
  if ('Admitted' in reply) throw sessionOver()
  return reply
}

async function answered(pool: Pool, input: Input, metadata: Record<string, string>): Promise<Outcome> {
  const name = text(input, 'ChallengeName')
  const given = texts(input, 'ChallengeResponses')
  const session = () => sessionIn(input)
  switch (name) {
    case 'PASSWORD_VERIFIER':
      return verifyPassword(pool, optionalText(input, 'Session'), given, metadata)
    case 'PASSWORD':
      return withDevice(answerPassword(pool, session(), given), given)
    case 'PASSWORD_SRP':
      return withDevice(answerPasswordSrp(pool, session(), given), given)
    case 'SELECT_CHALLENGE':
      return withDevice(await selectChallenge(pool, session(), given, metadata), given)
    case 'EMAIL_OTP':
    case 'SMS_OTP':
    case 'SMS_MFA':
      return answerCode(pool, name, session(), given)
    case 'WEB_AUTHN':
      return answerPasskey(pool, session(), given)
    case 'SOFTWARE_TOKEN_MFA':
      return answerTotp(pool, session(), given)
    case 'SELECT_MFA_TYPE':
      return selectMfa(pool, session(), given, metadata)
    case 'MFA_SETUP':
      return setUpMfa(pool, session(), given, metadata)
    case 'NEW_PASSWORD_REQUIRED':
      return takeNewPassword(pool, session(), given)
    case 'CUSTOM_CHALLENGE':
      return withDevice(await answerCustom(pool, session(), given, metadata), given)
    case 'DEVICE_SRP_AUTH':
      return startDeviceSrp(pool, session(), given)
    case 'DEVICE_PASSWORD_VERIFIER':
      return finishDeviceSrp(pool, given)
    default:
      throw invalidParameter(`The challenge ${name} was not given by this user pool.`)
  }
}

async function settle(pool: Pool, outcome: Outcome, metadata: Record<string, string>): Promise<object> {
  return outcome.at === 'answered' ? outcome.reply : admit(pool, outcome.signIn, outcome.user, metadata)
}

async function verifyPassword(
  pool: Pool,
  session: string | undefined,
  given: Record<string, string>,
  metadata: Record<string, string>,
): Promise<Outcome> {
  const outcome = await finishSrp(pool, session, given, (user) => checkDevice(pool, user, given.DEVICE_KEY))
  if (outcome.at === 'wrong')
    return nextCustom(pool, withResult(outcome.signIn, 'PASSWORD_VERIFIER', false), metadata)
  if (outcome.at === 'answered') return outcome
  const known = withDevice(outcome, given) as Outcome & { at: 'proven' }
  if (known.signIn.flow !== 'CUSTOM_AUTH') return known
  return nextCustom(pool, withResult(known.signIn, 'PASSWORD_VERIFIER', true), metadata)
}

/** Clients say which device they are on with the answer that proves who they are. */
function withDevice(outcome: Outcome, { DEVICE_KEY: deviceKey }: Record<string, string>): Outcome {
  if (outcome.at === 'answered' || !deviceKey) return outcome
  return { ...outcome, signIn: { ...outcome.signIn, deviceKey } }
}
