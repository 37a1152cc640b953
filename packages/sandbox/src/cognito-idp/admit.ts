import { ServiceError } from '../awsJson.js'
import { newPassword, notAuthorized } from '../input.js'
import { forgetAttempts } from './attempts.js'
import { askForDevice, countUse, newDevice } from './devices.js'
import { askForSecond } from './mfa.js'
import { resetRequired } from './passwordFactor.js'
import { authPlan, type Pool } from './pool.js'
import { asked, challenge, close, type Outcome, type SignIn } from './sessions.js'
import { checkPassword } from './signUp.js'
import { startSession } from './tokens.js'
import { runTrigger } from './triggers.js'
import { attributeList, checkAttributes, findUser, protect, saveUser, type User } from './users.js'

/** A factor is proven: what stands between this user and tokens? */
export async function admit(
  pool: Pool,
  signIn: SignIn,
  user: User,
  metadata: Record<string, string>,
): Promise<object> {
  forgetAttempts(pool, 'password', user.username)
  if (!user.enabled) throw notAuthorized('User is disabled.')
  if (user.status === 'UNCONFIRMED')
    throw new ServiceError('UserNotConfirmedException', 'User is not confirmed.')
  if (user.status === 'RESET_REQUIRED') throw resetRequired()
  if (user.status === 'FORCE_CHANGE_PASSWORD') return askForNewPassword(pool, signIn, user)
  const next = askForDevice(pool, signIn, user) ?? (await askForSecond(pool, signIn, user, metadata))
  if (next) return next
  await runTrigger(pool, 'postAuthentication', {
    source: 'PostAuthentication_Authentication',
    user,
    request: {
      newDeviceUsed: !signIn.deviceKey && !!authPlan(pool).deviceTracking,
      clientMetadata: metadata,
    },
  })
  if (signIn.hosted) return { Admitted: user.sub }
  const tracked = authPlan(pool).deviceTracking
  const metadataOfDevice = tracked && !signIn.deviceKey ? newDevice(pool, user) : undefined
  const deviceKey = tracked ? (metadataOfDevice?.DeviceKey ?? signIn.deviceKey) : undefined
  if (deviceKey) countUse(pool, deviceKey)
  const tokens = await startSession(pool, user, { source: signIn.source, deviceKey, metadata })
  return {
    ChallengeParameters: {},
    AuthenticationResult: metadataOfDevice ? { ...tokens, NewDeviceMetadata: metadataOfDevice } : tokens,
  }
}

function askForNewPassword(pool: Pool, signIn: SignIn, user: User) {
  const known = Object.fromEntries(
    attributeList(user)
      .filter(({ Name }) => Name !== 'sub')
      .map(({ Name, Value }) => [Name, Value]),
  )
  const required = authPlan(pool).requiredAttributes.filter((name) => !user.attributes[name])
  return challenge(
    pool,
    signIn,
    'NEW_PASSWORD_REQUIRED',
    { required },
    {
      USER_ID_FOR_SRP: user.username,
      requiredAttributes: JSON.stringify(required.map((name) => `userAttributes.${name}`)),
      userAttributes: JSON.stringify(known),
    },
  )
}

/** NEW_PASSWORD_REQUIRED */
export function takeNewPassword(pool: Pool, session: string, given: Record<string, string>): Outcome {
  const question = asked(pool, 'NEW_PASSWORD_REQUIRED', session, given)
  const password = newPassword(given, 'NEW_PASSWORD')
  const attributes = Object.fromEntries(
    Object.entries(given)
      .filter(([name]) => name.startsWith('userAttributes.'))
      .map(([name, value]) => [name.slice('userAttributes.'.length), value]),
  )
  checkAttributes(pool, attributes, false)
  checkPassword(pool, password)
  const missing = question.data.required.filter((name) => !attributes[name])
  if (missing.length > 0) {
    throw new ServiceError(
      'InvalidParameterException',
      `Invalid attributes given, ${missing.join(', ')} is missing`,
    )
  }
  close(pool, question)
  const user = findUser(pool, question.signIn.username)
  if (user?.status !== 'FORCE_CHANGE_PASSWORD') throw notAuthorized()
  const changed: User = {
    ...user,
    ...protect(pool, user.username, password),
    status: 'CONFIRMED',
    attributes: { ...user.attributes, ...attributes },
  }
  saveUser(pool, changed)
  return { at: 'proven', user: changed, signIn: { ...question.signIn, source: 'NewPasswordChallenge' } }
}
