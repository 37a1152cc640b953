import { invalidParameter, notAuthorized, parameter } from '../input.js'
import { checkNotLocked, countWrongPassword } from './attempts.js'
import { askForProof } from './passwordFactor.js'
import type { Pool } from './pool.js'
import { asked, challenge, close, type Outcome, type SignIn } from './sessions.js'
import { hasTrigger, runTrigger } from './triggers.js'
import { findUser } from './users.js'

// CUSTOM_AUTH: three functions of the app lead it.
// https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-challenge.html

export function checkCustomServed(pool: Pool): void {
  if (!hasTrigger(pool, 'defineAuthChallenge')) {
    throw invalidParameter('Custom auth lambda trigger is not configured for the user pool.')
  }
}

/** Asks the app what comes next: a challenge, tokens, or the end. */
export async function nextCustom(
  pool: Pool,
  signIn: SignIn,
  metadata: Record<string, string>,
  publicA?: string,
): Promise<Outcome> {
  const user = findUser(pool, signIn.username)
  const subject = user ?? { username: signIn.username }
  const common = { session: signIn.history, clientMetadata: metadata, userNotFound: !user }
  const defined = await runTrigger(pool, 'defineAuthChallenge', {
    source: 'DefineAuthChallenge_Authentication',
    user: subject,
    request: common,
    response: { challengeName: null, issueTokens: null, failAuthentication: null },
  })
  if (defined?.failAuthentication) throw notAuthorized()
  if (defined?.issueTokens) {
    if (!user) throw notAuthorized()
    return { at: 'proven', user, signIn: { ...signIn, secondDone: true } }
  }
  const name = defined?.challengeName
  if (name === 'PASSWORD_VERIFIER' || name === 'SRP_A') {
    if (!publicA) throw invalidParameter('PASSWORD_VERIFIER needs a sign-in that began with SRP_A.')
    return { at: 'answered', reply: askForProof(pool, signIn, user?.username ?? signIn.username, publicA) }
  }
  if (name !== 'CUSTOM_CHALLENGE') throw notAuthorized()
  const created = await runTrigger(pool, 'createAuthChallenge', {
    source: 'CreateAuthChallenge_Authentication',
    user: subject,
    request: { ...common, challengeName: name },
    response: { publicChallengeParameters: null, privateChallengeParameters: null, challengeMetadata: null },
  })
  const metadataOf = typeof created?.challengeMetadata === 'string' ? created.challengeMetadata : undefined
  const data = { privateParameters: strings(created?.privateChallengeParameters), metadata: metadataOf }
  return {
    at: 'answered',
    reply: challenge(pool, signIn, 'CUSTOM_CHALLENGE', data, {
      USERNAME: signIn.username,
      ...strings(created?.publicChallengeParameters),
    }),
  }
}

/** CUSTOM_CHALLENGE: the app judges, and is asked again what comes next. */
export async function answerCustom(
  pool: Pool,
  session: string,
  given: Record<string, string>,
  metadata: Record<string, string>,
): Promise<Outcome> {
  const question = asked(pool, 'CUSTOM_CHALLENGE', session, given)
  const { signIn, data } = question
  const answer = parameter(given, 'ANSWER')
  checkNotLocked(pool, signIn.username)
  // Before anything is waited for: two answers at once are one too many.
  close(pool, question)
  const user = findUser(pool, signIn.username)
  if (user && !user.enabled) throw notAuthorized('User is disabled.')
  const verified = await runTrigger(pool, 'verifyAuthChallengeResponse', {
    source: 'VerifyAuthChallengeResponse_Authentication',
    user: user ?? { username: signIn.username },
    request: {
      privateChallengeParameters: data.privateParameters,
      challengeAnswer: answer,
      clientMetadata: metadata,
      userNotFound: !user,
    },
    response: { answerCorrect: null },
  })
  const right = verified?.answerCorrect === true
  if (!right) countWrongPassword(pool, signIn.username)
  return nextCustom(pool, withResult(signIn, 'CUSTOM_CHALLENGE', right, data.metadata), metadata)
}

export function withResult(
  signIn: SignIn,
  challengeName: string,
  challengeResult: boolean,
  challengeMetadata?: string,
): SignIn {
  const entry = {
    challengeName,
    challengeResult,
    ...(challengeMetadata === undefined ? {} : { challengeMetadata }),
  }
  return { ...signIn, history: [...signIn.history, entry] }
}

function strings(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, String(each)]))
}
