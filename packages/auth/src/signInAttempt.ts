import {
  type Context,
  clearCredentials,
  clearStoredDevice,
  decodeJWT,
  storedSession,
  storeSession,
  tabStore,
  userPool,
} from '@backline/core/internal'
import { type AuthResponse, cognito, passwordClaim } from './cognito.js'
import { type AuthFlowType, latestSession, userOf } from './currentUser.js'
import { confirmDevice, type Device, knownDevice, proveDevice } from './devices.js'
import { AuthError } from './errors.js'
import { askForPasskey } from './passkeyCeremony.js'
import { type SignInStep, signInStep, totpSetup } from './signInStep.js'
import { endSession } from './signOut.js'
import { signUps } from './signUp.js'
import type { Ephemeral } from './srp.js'

export interface SignInOutput {
  isSignedIn: boolean
  nextStep: SignInStep
}

/** A sign-in under way. No password is in it: between two steps it is kept in the tab. */
export interface Attempt {
  /** The name the service knows the user by, which need not be the one they typed. */
  username: string
  loginId: string
  authFlowType: AuthFlowType
  /** Whoever is signed in goes when this succeeds. */
  switchUser?: boolean
  /** The question that waits for the user's answer. */
  challengeName?: string
  session?: string
  /** The authenticator app has shown that it works; what failed after that can be tried again alone. */
  totpVerified?: boolean
}

/** What answers the service without asking the user. */
export interface Hand {
  secret?: Ephemeral
  password?: string
  clientMetadata?: Record<string, string>
}

// aws-amplify spreads the same over four keys of this beginning.
const key = 'CognitoSignInState'

/** The longest that a pool keeps a session; one that keeps it shorter says so itself. */
const longestSession = 15 * 60_000

export async function keepAttempt(ctx: Context, attempt: Attempt | undefined): Promise<void> {
  const store = tabStore(ctx)
  if (!attempt) return store.removeItem(key)
  const { clientId } = userPool(ctx)
  const expiry = ctx.platform.now() + longestSession
  return store.setItem(key, JSON.stringify({ ...attempt, clientId, expiry }))
}

/** The sign-in that waits for an answer, begun on this page or before it was loaded anew. */
export async function keptAttempt(ctx: Context): Promise<Attempt | undefined> {
  try {
    const { clientId, expiry, ...attempt } = JSON.parse((await tabStore(ctx).getItem(key)) ?? '{}')
    return clientId === userPool(ctx).clientId && expiry > ctx.platform.now() ? attempt : undefined
  } catch (error) {
    // Something else wrote there.
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

export async function somebodyElse(ctx: Context, username: string): Promise<boolean> {
  const current = await latestSession(ctx)
  if (!current) return false
  const user = userOf(current)
  return ![user.username, user.userId, current.username, user.signInDetails?.loginId].includes(username)
}

/** Two states of a user that the service calls errors and an app calls steps. */
const stepOfError: Record<string, 'CONFIRM_SIGN_UP' | 'RESET_PASSWORD'> = {
  UserNotConfirmedException: 'CONFIRM_SIGN_UP',
  PasswordResetRequiredException: 'RESET_PASSWORD',
}

/**
 * Sends one thing to the service, and answers what it asks then, until it gives tokens or asks what only the user can answer.
 * `send` runs again, without a device, where the pool does not know the device any more.
 */
export async function conduct(
  ctx: Context,
  attempt: Attempt,
  hand: Hand,
  send: (device?: Device) => Promise<AuthResponse>,
): Promise<SignInOutput> {
  const isFirst = !attempt.session
  let device = await knownDevice(ctx, attempt.username)
  let provingDevice = false
  try {
    let answer = await send(device)
    // A question that comes twice has not been answered to the service's liking.
    for (const met = new Set<string | undefined>(); !met.has(answer.ChallengeName); ) {
      const { ChallengeName, ChallengeParameters: asked = {}, Session } = answer
      met.add(ChallengeName)
      const name = asked.USERNAME ?? asked.USER_ID_FOR_SRP ?? attempt.username
      if (name !== attempt.username) {
        attempt.username = name
        device = await knownDevice(ctx, name)
      }
      if (ChallengeName === 'PASSWORD_VERIFIER' && hand.secret) {
        answer = await provePassword(ctx, attempt, hand, answer, device)
      } else if (ChallengeName === 'DEVICE_SRP_AUTH' && device) {
        provingDevice = true
        answer = await proveDevice(ctx, device, name, Session, hand.clientMetadata)
      } else if (ChallengeName === 'WEB_AUTHN') {
        // Whoever cancels the ceremony may still choose another factor.
        await keepAttempt(ctx, { ...attempt, challengeName: ChallengeName, session: Session })
        answer = await respond(ctx, ChallengeName, Session, hand.clientMetadata, {
          USERNAME: name,
          CREDENTIAL: JSON.stringify(await askForPasskey(ctx, asked.CREDENTIAL_REQUEST_OPTIONS)),
        })
      } else break
    }
    return answer.AuthenticationResult
      ? await enter(ctx, attempt, answer, device)
      : await unfinished(ctx, attempt, answer)
  } catch (error) {
    const { name, message } = error as Error
    const step = stepOfError[name]
    if (step) return { isSignedIn: false, nextStep: { signInStep: step } }
    if (error instanceof RangeError || error instanceof SyntaxError) {
      throw new AuthError('SignInException', `The user pool's answer cannot be used: ${message}`, {
        cause: error,
      })
    }
    const forgotten = name === 'ResourceNotFoundException' && /device/i.test(message)
    const disbelieved = provingDevice && name === 'NotAuthorizedException'
    if (!device || !(forgotten || disbelieved)) throw error
    // The pool has forgotten this device, or never believed it. Its user may still come in, as from a new one.
    await clearStoredDevice(ctx, attempt.username)
    // After a refused proof the session is over; only the first step can be taken again.
    if (forgotten || isFirst) return conduct(ctx, attempt, hand, send)
    throw error
  }
}

export function respond(
  ctx: Context,
  ChallengeName: string | undefined,
  Session: string | undefined,
  ClientMetadata: Record<string, string> | undefined,
  ChallengeResponses: Record<string, string>,
): Promise<AuthResponse> {
  return cognito(ctx, 'RespondToAuthChallenge', {
    ChallengeName: ChallengeName as 'WEB_AUTHN',
    ClientId: userPool(ctx).clientId,
    ClientMetadata,
    Session,
    ChallengeResponses,
  })
}

export function deviceKey(device: Device | undefined): { DEVICE_KEY?: string } {
  return device ? { DEVICE_KEY: device.deviceKey } : {}
}

async function provePassword(
  ctx: Context,
  { username }: Attempt,
  { secret, password = '', clientMetadata }: Hand,
  { ChallengeName, ChallengeParameters, Session }: AuthResponse,
  device: Device | undefined,
): Promise<AuthResponse> {
  const user = ChallengeParameters?.USER_ID_FOR_SRP ?? username
  const pool = userPool(ctx).userPoolId.split('_')[1] ?? ''
  return respond(ctx, ChallengeName, Session, clientMetadata, {
    ...(await passwordClaim(ctx, secret!, { pool, user, password }, ChallengeParameters)),
    USERNAME: user,
    ...deviceKey(device),
  })
}

async function unfinished(ctx: Context, attempt: Attempt, answer: AuthResponse): Promise<SignInOutput> {
  const { ChallengeName: challengeName, Session: session } = answer
  // First of all, so that a secret which could not be fetched can be asked for again.
  await keepAttempt(ctx, { ...attempt, challengeName, session })
  const nextStep = await signInStep(answer, async () => {
    const { SecretCode = '', Session } = await cognito(ctx, 'AssociateSoftwareToken', { Session: session })
    await keepAttempt(ctx, { ...attempt, challengeName, session: Session ?? session })
    return totpSetup(SecretCode, attempt.username)
  })
  if (nextStep) return { isSignedIn: false, nextStep }

  await keepAttempt(ctx, undefined)
  throw new AuthError(
    'SignInException',
    `The user pool asked for ${challengeName}, which cannot be answered here.`,
  )
}

/** Tokens in hand: keeps them, and says so once they are kept. */
async function enter(
  ctx: Context,
  { username, loginId, authFlowType, switchUser }: Attempt,
  { AuthenticationResult = {} }: AuthResponse,
  device: Device | undefined,
): Promise<SignInOutput> {
  if (switchUser && (await somebodyElse(ctx, loginId))) await endSession(ctx, await storedSession(ctx))
  const { AccessToken = '', IdToken, RefreshToken, NewDeviceMetadata } = AuthenticationResult
  await storeSession(ctx, {
    username,
    accessToken: decodeJWT(AccessToken),
    idToken: IdToken ? decodeJWT(IdToken) : undefined,
    refreshToken: RefreshToken,
    deviceMetadata: NewDeviceMetadata ? await confirmDevice(ctx, AccessToken, NewDeviceMetadata) : device,
    signInDetails: { loginId, authFlowType },
  })
  await keepAttempt(ctx, undefined)
  return entered(ctx)
}

/** What follows once tokens are stored, however they came. `announce` says what else has become true, before `signedIn`. */
export async function entered(ctx: Context, announce?: () => void): Promise<SignInOutput> {
  // Credentials of the guest go, their identity stays: the identity pool links it to the user.
  await clearCredentials(ctx)

  const kept = await storedSession(ctx)
  if (!kept) {
    throw new AuthError('UnexpectedSignInInterruptionException', 'The tokens of the sign-in were not kept.', {
      recoverySuggestion: 'See that the store of the session can be written to.',
    })
  }
  // Signed in by hand: nothing is left for autoSignIn to do.
  signUps(ctx).waiting = undefined
  announce?.()
  ctx.events.emit('auth', 'signedIn', userOf(kept))
  return { isSignedIn: true, nextStep: { signInStep: 'DONE' } }
}
