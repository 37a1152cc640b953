import { ServiceError } from '../awsJson.js'
import { invalidParameter, notAuthorized, parameter } from '../input.js'
import { forgetAttempts } from './attempts.js'
import { type CodeName, pretendToSendCode, sendSignInCode } from './codeFactor.js'
import { mustGiveSecond } from './mfa.js'
import { askForPasskey, hasPasskey } from './passkeys.js'
import { askForProof, checkPasswordOf } from './passwordFactor.js'
import { authPlan, type Pool } from './pool.js'
import { ask, asked, challenge, close, type Outcome, open, type SignIn } from './sessions.js'
import { findUser, type User } from './users.js'

// USER_AUTH: the user chooses how to prove who they are.
// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow-methods.html

interface Attempt {
  signIn: SignIn
  login: string
  given: Record<string, string>
  metadata: Record<string, string>
}

/** What this name may sign in with. Names that nobody has get the pool's whole list. */
function availableTo(pool: Pool, user: User | undefined): string[] {
  const offered = authPlan(pool).passwordless ?? []
  // A code cannot be both factors: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa.html
  const codes = !mustGiveSecond(pool, user)
  const verified = (name: string) =>
    !user || (user.attributes[name] && user.attributes[`${name}_verified`] === 'true')
  return [
    ...(!user || user.verifier ? ['PASSWORD', 'PASSWORD_SRP'] : []),
    ...(codes && offered.includes('EMAIL_OTP') && verified('email') ? ['EMAIL_OTP'] : []),
    ...(user && hasPasskey(pool, user) ? ['WEB_AUTHN'] : []),
    ...(codes && offered.includes('SMS_OTP') && verified('phone_number') ? ['SMS_OTP'] : []),
  ]
}

export async function startUserAuth(
  pool: Pool,
  attempt: Attempt,
  session: string | undefined,
): Promise<Outcome> {
  const { signIn, login, given } = attempt
  const user = findUser(pool, login)
  if (session) {
    const question = open(pool, ['SIGNED_UP'], session)
    if (!user || question.signIn.username !== user.username || !question.data.confirmed) throw notAuthorized()
    close(pool, question)
    return { at: 'proven', user, signIn: { ...signIn, secondDone: true } }
  }
  if (user?.status === 'UNCONFIRMED' && !user.verifier) throw notConfirmed()
  const available = availableTo(pool, user)
  const preferred = given.PREFERRED_CHALLENGE
  if (preferred && available.includes(preferred)) return begin(pool, attempt, preferred)
  return {
    at: 'answered',
    reply: {
      ...challenge(pool, signIn, 'SELECT_CHALLENGE', { available }, { USERNAME: signIn.username }),
      AvailableChallenges: available,
    },
  }
}

/** SELECT_CHALLENGE */
export async function selectChallenge(
  pool: Pool,
  session: string,
  given: Record<string, string>,
  metadata: Record<string, string>,
): Promise<Outcome> {
  const question = asked(pool, 'SELECT_CHALLENGE', session, given)
  const answer = parameter(given, 'ANSWER')
  if (!question.data.available.includes(answer)) {
    throw invalidParameter('Selected challenge is not available for this user.')
  }
  close(pool, question)
  const { signIn } = question
  // The name as typed: it is the part that a stranger's answers are made of.
  return begin(pool, { signIn, login: parameter(given, 'USERNAME'), given, metadata }, answer)
}

/** PASSWORD, sent by itself. */
export function answerPassword(pool: Pool, session: string, given: Record<string, string>): Outcome {
  const question = asked(pool, 'PASSWORD', session, given)
  const password = parameter(given, 'PASSWORD')
  close(pool, question)
  return withPassword(pool, question.signIn, parameter(given, 'USERNAME'), password)
}

/** PASSWORD_SRP, sent by itself. */
export function answerPasswordSrp(pool: Pool, session: string, given: Record<string, string>): Outcome {
  const question = asked(pool, 'PASSWORD_SRP', session, given)
  const publicA = parameter(given, 'SRP_A')
  close(pool, question)
  return { at: 'answered', reply: askForProof(pool, question.signIn, parameter(given, 'USERNAME'), publicA) }
}

/** For `autoSignIn`: who confirms a sign-up with the session that it began is signed in without another proof. */
export function openSignUp(pool: Pool, user: User, confirmed: boolean): string {
  const signIn: SignIn = {
    flow: 'USER_AUTH',
    clientId: pool.clientId,
    username: user.username,
    source: 'Authentication',
    history: [],
  }
  return ask(pool, signIn, 'SIGNED_UP', { confirmed }, { lifetime: confirmed ? 3 * 60_000 : 24 * 3_600_000 })
}

async function begin(
  pool: Pool,
  { signIn, login, given, metadata }: Attempt,
  name: string,
): Promise<Outcome> {
  const parameters = { USERNAME: signIn.username }
  switch (name) {
    case 'PASSWORD':
      if (given.PASSWORD) return withPassword(pool, signIn, login, given.PASSWORD)
      return { at: 'answered', reply: challenge(pool, signIn, 'PASSWORD', {}, parameters) }
    case 'PASSWORD_SRP':
      if (given.SRP_A) return { at: 'answered', reply: askForProof(pool, signIn, login, given.SRP_A) }
      return { at: 'answered', reply: challenge(pool, signIn, 'PASSWORD_SRP', {}, parameters) }
    case 'WEB_AUTHN': {
      const user = findUser(pool, login)
      if (!user) throw notAuthorized()
      return { at: 'answered', reply: askForPasskey(pool, signIn, user) }
    }
    default: {
      const code = name as CodeName
      const user = findUser(pool, login)
      if (!user?.enabled) return { at: 'answered', reply: pretendToSendCode(pool, signIn, code, login) }
      if (user.status === 'UNCONFIRMED') throw notConfirmed()
      return {
        at: 'answered',
        reply: await sendSignInCode(pool, signIn, user, code, { factor: 'first' }, metadata),
      }
    }
  }
}

function withPassword(pool: Pool, signIn: SignIn, login: string, password: string): Outcome {
  const user = checkPasswordOf(pool, login, password)
  forgetAttempts(pool, 'password', user.username)
  return { at: 'proven', user, signIn }
}

const notConfirmed = () => new ServiceError('UserNotConfirmedException', 'User is not confirmed.')
