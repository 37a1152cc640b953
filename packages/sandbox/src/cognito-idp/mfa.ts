import { type Input, type Operation, ServiceError } from '../awsJson.js'
import { invalidParameter, notAuthorized, optionalText, parameter, text } from '../input.js'
import { signedIn } from './account.js'
import { forgetAttempts, limit } from './attempts.js'
import { sendSignInCode } from './codeFactor.js'
import { authPlan, type Pool } from './pool.js'
import {
  type Asked,
  asked,
  challenge,
  close,
  type Outcome,
  open,
  replace,
  type SignIn,
  sessionIn,
  wrongCode,
} from './sessions.js'
import { matchingStep, newTotpSecret } from './totp.js'
import { findUser, type MfaMethod, saveUser, type User } from './users.js'

// The second factor: which ones a user has, asking for one, and setting one up.

const GUESSES_PER_HOUR = 20

/** What people do about their own second factor. */
export function mfaOperations(pool: Pool): Record<string, Operation> {
  return {
    async AssociateSoftwareToken(input) {
      checkTotpServed(pool)
      const SecretCode = newTotpSecret()
      const token = optionalText(input, 'AccessToken')
      if (token) {
        const user = await signedIn(pool, token)
        saveUser(pool, { ...user, mfa: { ...user.mfa, pendingSecret: SecretCode } })
        return { SecretCode }
      }
      const question = open(pool, ['MFA_SETUP'], sessionIn(input))
      checkOffered(question)
      return {
        SecretCode,
        Session: replace(pool, question, { ...question.data, secret: SecretCode, verified: false }),
      }
    },

    async VerifySoftwareToken(input) {
      checkTotpServed(pool)
      const code = text(input, 'UserCode')
      const token = optionalText(input, 'AccessToken')
      if (token) {
        const user = await signedIn(pool, token)
        const step = checkTotp(pool, user, user.mfa.pendingSecret, code)
        const { pendingSecret, ...rest } = user.mfa
        saveUser(pool, { ...user, mfa: { ...rest, totpSecret: pendingSecret, totpStep: step } })
        return { Status: 'SUCCESS' }
      }
      const question = open(pool, ['MFA_SETUP'], sessionIn(input))
      checkOffered(question)
      const user = owner(pool, question.signIn)
      const { secret } = question.data
      const step = checkTotp(pool, user, secret, code)
      const enabled = [...new Set<MfaMethod>([...(user.mfa.enabled ?? []), 'SOFTWARE_TOKEN_MFA'])]
      saveUser(pool, { ...user, mfa: { ...user.mfa, totpSecret: secret, totpStep: step, enabled } })
      return { Status: 'SUCCESS', Session: replace(pool, question, { ...question.data, verified: true }) }
    },

    async SetUserMFAPreference(input) {
      setPreference(pool, await signedIn(pool, text(input, 'AccessToken')), input)
      return {}
    },
  }
}

/** `SetUserMFAPreference` and its administrator's twin. */
export function setPreference(pool: Pool, user: User, input: Input): void {
  const served = servedBy(pool)
  const settings = (
    [
      ['SMS_MFA', 'SMSMfaSettings'],
      ['SOFTWARE_TOKEN_MFA', 'SoftwareTokenMfaSettings'],
      ['EMAIL_OTP', 'EmailMfaSettings'],
    ] as const
  ).flatMap(([method, name]) => {
    const given = input[name] as { Enabled?: unknown; PreferredMfa?: unknown } | undefined
    return given ? [{ method, enabled: given.Enabled === true, preferred: given.PreferredMfa === true }] : []
  })
  if (settings.filter(({ preferred }) => preferred).length > 1) {
    throw invalidParameter('Only one MFA method can be preferred.')
  }
  const enabled = new Set(user.mfa.enabled ?? [])
  let preferred = user.mfa.preferred
  for (const each of settings) {
    if (each.preferred && !each.enabled)
      throw invalidParameter('Cannot set a disabled MFA method as preferred.')
    if (each.enabled) {
      if (!served.includes(each.method))
        throw invalidParameter(`${TITLES[each.method]} is not enabled for this user pool.`)
      checkPossible(user, each.method)
      enabled.add(each.method)
    } else enabled.delete(each.method)
    if (each.preferred) preferred = each.method
    else if (preferred === each.method) preferred = undefined
  }
  const order: MfaMethod[] = ['SMS_MFA', 'SOFTWARE_TOKEN_MFA', 'EMAIL_OTP']
  saveUser(pool, {
    ...user,
    mfa: { ...user.mfa, enabled: order.filter((method) => enabled.has(method)), preferred },
  })
}

/** Has this user a second factor, or must they have one? Then a one-time code cannot stand for the password. */
export const mustGiveSecond = (pool: Pool, user: User | undefined) =>
  authPlan(pool).mfa?.mode === 'REQUIRED' || (user !== undefined && methodsOf(pool, user).length > 0)

/** What stands between a proven first factor and tokens; undefined where nothing does. */
export async function askForSecond(pool: Pool, signIn: SignIn, user: User, metadata: Record<string, string>) {
  const plan = authPlan(pool).mfa
  if (!plan || signIn.secondDone) return undefined
  const own = methodsOf(pool, user)
  const methods = own.length === 0 && plan.mode === 'REQUIRED' ? reachable(pool, user) : own
  const { preferred } = user.mfa
  const only =
    preferred && methods.includes(preferred) ? preferred : methods.length === 1 ? methods[0] : undefined
  if (only) return askFor(pool, signIn, user, only, metadata)
  if (methods.length > 1) {
    return challenge(
      pool,
      signIn,
      'SELECT_MFA_TYPE',
      { available: methods },
      {
        USER_ID_FOR_SRP: user.username,
        MFAS_CAN_CHOOSE: JSON.stringify(methods),
      },
    )
  }
  if (plan.mode !== 'REQUIRED') return undefined
  const available = [
    ...(plan.totp ? ['SOFTWARE_TOKEN_MFA'] : []),
    ...(plan.email ? ['EMAIL_OTP'] : []),
    ...(plan.sms ? ['SMS_MFA'] : []),
  ]
  return challenge(
    pool,
    signIn,
    'MFA_SETUP',
    { available },
    {
      USER_ID_FOR_SRP: user.username,
      MFAS_CAN_SETUP: JSON.stringify(available),
    },
  )
}

/** SELECT_MFA_TYPE */
export async function selectMfa(
  pool: Pool,
  session: string,
  given: Record<string, string>,
  metadata: Record<string, string>,
): Promise<Outcome> {
  const question = asked(pool, 'SELECT_MFA_TYPE', session, given)
  const answer = parameter(given, 'ANSWER')
  if (!question.data.available.includes(answer)) throw invalidParameter('Invalid MFA type selected.')
  const user = owner(pool, question.signIn)
  close(pool, question)
  return { at: 'answered', reply: await askFor(pool, question.signIn, user, answer as MfaMethod, metadata) }
}

/** SOFTWARE_TOKEN_MFA */
export function answerTotp(pool: Pool, session: string, given: Record<string, string>): Outcome {
  const question = asked(pool, 'SOFTWARE_TOKEN_MFA', session, given)
  const user = owner(pool, question.signIn)
  limit(pool, 'guess:totp', user.username, GUESSES_PER_HOUR)
  const { totpSecret, totpStep } = user.mfa
  const code = parameter(given, 'SOFTWARE_TOKEN_MFA_CODE').trim()
  const now = pool.world.clock.now()
  const step = totpSecret && matchingStep(totpSecret, code, now, totpStep)
  if (!totpSecret || step === undefined) {
    if (totpSecret && matchingStep(totpSecret, code, now) !== undefined) {
      throw new ServiceError('ExpiredCodeException', 'Your software token has already been used once.')
    }
    throw wrongCode(pool, question)
  }
  close(pool, question)
  forgetAttempts(pool, 'guess:totp', user.username)
  const changed: User = { ...user, mfa: { ...user.mfa, totpStep: step as number } }
  saveUser(pool, changed)
  return { at: 'proven', user: changed, signIn: { ...question.signIn, secondDone: true } }
}

/** MFA_SETUP: an authenticator app that has been verified, or an address to send a code to. */
export async function setUpMfa(
  pool: Pool,
  session: string,
  given: Record<string, string>,
  metadata: Record<string, string>,
): Promise<Outcome> {
  const question = asked(pool, 'MFA_SETUP', session, given)
  const { signIn, data } = question
  const user = owner(pool, signIn)
  const [email, phone] = [given.EMAIL, given.PHONE_NUMBER]
  if (email !== undefined && data.available.includes('EMAIL_OTP')) {
    if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) throw invalidParameter('Invalid email address format.')
    close(pool, question)
    return {
      at: 'answered',
      reply: await sendSignInCode(
        pool,
        signIn,
        user,
        'EMAIL_OTP',
        { factor: 'second', enrol: email },
        metadata,
      ),
    }
  }
  if (phone !== undefined && data.available.includes('SMS_MFA')) {
    if (!/^\+[1-9]\d{3,14}$/.test(phone)) throw invalidParameter('Invalid phone number format.')
    close(pool, question)
    return {
      at: 'answered',
      reply: await sendSignInCode(
        pool,
        signIn,
        user,
        'SMS_MFA',
        { factor: 'second', enrol: phone },
        metadata,
      ),
    }
  }
  if (!data.verified) throw invalidParameter('No MFA method has been set up in this session.')
  close(pool, question)
  return { at: 'proven', user, signIn: { ...signIn, secondDone: true } }
}

async function askFor(
  pool: Pool,
  signIn: SignIn,
  user: User,
  method: MfaMethod,
  metadata: Record<string, string>,
) {
  if (method !== 'SOFTWARE_TOKEN_MFA')
    return sendSignInCode(pool, signIn, user, method, { factor: 'second' }, metadata)
  return challenge(
    pool,
    signIn,
    'SOFTWARE_TOKEN_MFA',
    {},
    { USER_ID_FOR_SRP: user.username, FRIENDLY_DEVICE_NAME: 'TOTP' },
  )
}

const servedBy = (pool: Pool): MfaMethod[] => {
  const { sms, totp, email } = authPlan(pool).mfa ?? {}
  return [
    ...(sms ? (['SMS_MFA'] as const) : []),
    ...(totp ? (['SOFTWARE_TOKEN_MFA'] as const) : []),
    ...(email ? (['EMAIL_OTP'] as const) : []),
  ]
}

/** The user's own choice, as far as the pool still offers it. */
const methodsOf = (pool: Pool, { mfa }: User) =>
  (mfa.enabled ?? []).filter((method) => servedBy(pool).includes(method))

/** Where nothing was chosen and something is required: whatever reaches the user. */
const reachable = (pool: Pool, { attributes }: User) =>
  servedBy(pool).filter(
    (method) =>
      (method === 'SMS_MFA' && attributes.phone_number) || (method === 'EMAIL_OTP' && attributes.email),
  )

function checkPossible({ mfa, attributes }: User, method: MfaMethod): void {
  if (method === 'SOFTWARE_TOKEN_MFA' && !mfa.totpSecret) {
    throw invalidParameter('User has not verified software token mfa')
  }
  if (method === 'SMS_MFA' && !attributes.phone_number)
    throw invalidParameter('User does not have phone number set')
  if (method === 'EMAIL_OTP' && !attributes.email) throw invalidParameter('User does not have email set')
}

function checkTotp(pool: Pool, user: User, secret: string | undefined, code: string): number {
  if (!secret)
    throw new ServiceError('SoftwareTokenMFANotFoundException', 'Software token has not been associated.')
  limit(pool, 'guess:totp', user.username, GUESSES_PER_HOUR)
  const step = matchingStep(secret, code.trim(), pool.world.clock.now())
  if (step === undefined) throw new ServiceError('EnableSoftwareTokenMFAException', 'Code mismatch')
  forgetAttempts(pool, 'guess:totp', user.username)
  return step
}

function checkTotpServed(pool: Pool): void {
  if (!authPlan(pool).mfa?.totp) {
    throw new ServiceError(
      'SoftwareTokenMFANotFoundException',
      'Software Token MFA has not been enabled by the userPool',
    )
  }
}

function checkOffered({ data }: Asked<'MFA_SETUP'>): void {
  if (!data.available.includes('SOFTWARE_TOKEN_MFA'))
    throw notAuthorized('Software Token MFA cannot be set up here.')
}

function owner(pool: Pool, { username }: SignIn): User {
  const user = findUser(pool, username)
  if (!user) throw notAuthorized()
  if (!user.enabled) throw notAuthorized('User is disabled.')
  return user
}

const TITLES: Record<MfaMethod, string> = {
  SMS_MFA: 'SMS MFA',
  SOFTWARE_TOKEN_MFA: 'Software Token MFA',
  EMAIL_OTP: 'Email MFA',
}
