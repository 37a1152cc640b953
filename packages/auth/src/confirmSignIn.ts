import { type Context, currentContext, userPool } from '@backline/core/internal'
import type { UserAttributeKey } from './attributes.js'
import { type AuthResponse, cognito } from './cognito.js'
import type { Device } from './devices.js'
import { AuthError } from './errors.js'
import {
  type Attempt,
  conduct,
  deviceKey,
  type Hand,
  keepAttempt,
  keptAttempt,
  respond,
  type SignInOutput,
} from './signInAttempt.js'
import { mfaNames } from './signInStep.js'
import { ephemeral } from './srp.js'

export interface ConfirmSignInInput {
  /**
   * The answer to the step before: a code, a new password, the answer to a custom challenge; `SMS`, `TOTP` or `EMAIL` where a kind
   * of MFA is chosen or set up, an email address where that is set up; the name of a factor where one is chosen.
   */
  challengeResponse: string
  options?: {
    /** With a new password: the attributes that the pool misses. */
    userAttributes?: Partial<Record<UserAttributeKey, string>>
    /** Goes to the pool's Lambda triggers. */
    clientMetadata?: Record<string, string>
    /** What to call the authenticator app that is set up. */
    friendlyDeviceName?: string
  }
}

export type ConfirmSignInOutput = SignInOutput

/**
 * Answers what `signIn`, or the last `confirmSignIn`, asked for. Works as well after the page was loaded anew, as long as the service
 * keeps the session; after a wrong code the same step can be tried again.
 *
 * @example
 * const { isSignedIn, nextStep } = await confirmSignIn({ challengeResponse: '123456' })
 *
 * @throws {AuthError} `EmptyChallengeResponse`, `SignInException` when no sign-in is under way, `IncorrectMFAMethod`, `CodeMismatchException`,
 *   `ExpiredCodeException`, `NotAuthorizedException` when the session is over, `InvalidPasswordException`, `UserLambdaValidationException`,
 *   `EnableSoftwareTokenMFAException`, `PasskeyNotSupported`, `PasskeyAuthenticationCanceled`
 */
export async function confirmSignIn(
  { challengeResponse, options = {} }: ConfirmSignInInput,
  ctx: Context = currentContext(),
): Promise<ConfirmSignInOutput> {
  userPool(ctx)
  if (!challengeResponse) {
    throw new AuthError('EmptyChallengeResponse', 'confirmSignIn needs a challengeResponse.')
  }
  const attempt = await keptAttempt(ctx)
  if (!attempt?.session) {
    throw new AuthError('SignInException', 'There is no sign-in to confirm: none was begun, or it is over.', {
      recoverySuggestion: 'Call signIn, and answer its steps before the session expires.',
    })
  }
  const { clientMetadata } = options
  const hand: Hand = { clientMetadata }
  if (attempt.challengeName === 'PASSWORD_SRP') {
    hand.secret = await ephemeral(ctx.platform)
    hand.password = challengeResponse
  }
  return conduct(ctx, attempt, hand, async (device) => {
    const { challengeName, session } = attempt
    const answer = await answerTo(ctx, attempt, challengeResponse, options, device, hand)
    return 'ChallengeName' in answer
      ? answer
      : respond(ctx, selecting(challengeName), attempt.session ?? session, clientMetadata, {
          USERNAME: attempt.username,
          ...answer,
        })
  })
}

/** A password, like a factor, is an answer to the question which factor it shall be. */
function selecting(challengeName: string | undefined): string | undefined {
  return /^(WEB_AUTHN|PASSWORD|PASSWORD_SRP)$/.test(`${challengeName}`) ? 'SELECT_CHALLENGE' : challengeName
}

/** What to respond; or, where the service need not be asked, what it would say. */
async function answerTo(
  ctx: Context,
  attempt: Attempt,
  response: string,
  { userAttributes, friendlyDeviceName }: NonNullable<ConfirmSignInInput['options']>,
  device: Device | undefined,
  { secret }: Hand,
): Promise<Record<string, string> | (AuthResponse & { ChallengeName: AuthResponse['ChallengeName'] })> {
  const { challengeName, session: Session } = attempt
  switch (challengeName) {
    case 'SELECT_CHALLENGE':
    case 'WEB_AUTHN':
      if (response === 'PASSWORD' || response === 'PASSWORD_SRP') return { ChallengeName: response, Session }
      return { ANSWER: response }
    case 'PASSWORD':
      return { ANSWER: challengeName, PASSWORD: response }
    case 'PASSWORD_SRP':
      return { ANSWER: challengeName, SRP_A: secret!.A }
    case 'CUSTOM_CHALLENGE':
      return { ANSWER: response, ...deviceKey(device) }
    case 'NEW_PASSWORD_REQUIRED': {
      const answers: Record<string, string> = { NEW_PASSWORD: response }
      for (const [key, value] of Object.entries(userAttributes ?? {})) {
        if (value) answers[`userAttributes.${key}`] = value
      }
      return answers
    }
    case 'SELECT_MFA_TYPE': {
      const ANSWER = Object.keys(mfaNames).find((name) => mfaNames[name] === response)
      if (ANSWER) return { ANSWER }
      throw new AuthError('IncorrectMFAMethod', `'${response}' is not a kind of MFA.`, {
        recoverySuggestion: "Answer with 'SMS', 'TOTP' or 'EMAIL'.",
      })
    }
    case 'MFA_SETUP': {
      const chosen = { EMAIL: 'EMAIL_OTP', TOTP: 'SOFTWARE_TOKEN_MFA' }[response]
      if (chosen) {
        return {
          ChallengeName: challengeName,
          Session,
          ChallengeParameters: { MFAS_CAN_SETUP: `["${chosen}"]` },
        }
      }
      if (response.includes('@')) return { EMAIL: response }
      if (!/^\d+$/.test(response)) {
        throw new AuthError('SignInException', `'${response}' sets up no kind of MFA.`, {
          recoverySuggestion:
            "Answer with 'EMAIL', 'TOTP', an email address, or the authenticator app's code.",
        })
      }
      if (!attempt.totpVerified) {
        const verified = await cognito(ctx, 'VerifySoftwareToken', {
          Session,
          UserCode: response,
          FriendlyDeviceName: friendlyDeviceName,
        })
        attempt.session = verified.Session ?? Session
        attempt.totpVerified = true
        await keepAttempt(ctx, attempt)
      }
      return {}
    }
    default:
      return { [`${challengeName}_CODE`]: response, ...deviceKey(device) }
  }
}
