import {
  type Context,
  clearCredentials,
  clearStoredDevice,
  currentContext,
  decodeJWT,
  storedSession,
  storeSession,
  userPool,
} from '@backline/core/internal'
import { type AuthResponse, cognito, passwordClaim } from './cognito.js'
import { latestSession, userOf } from './currentUser.js'
import { confirmDevice, type Device, knownDevice, proveDevice } from './devices.js'
import { AuthError } from './errors.js'
import { type SignInStep, signInStep, totpSetup } from './signInStep.js'
import { signOut } from './signOut.js'
import { signUps } from './signUp.js'
import { ephemeral } from './srp.js'

export interface SignInOptions {
  /** How the password is shown to be known: by a proof that never sends it (`USER_SRP_AUTH`, the default), or by sending it. */
  authFlowType?: 'USER_SRP_AUTH' | 'USER_PASSWORD_AUTH'
  /** Goes to the pool's Lambda triggers. */
  clientMetadata?: Record<string, string>
  /**
   * What happens when somebody else is signed in: `true` signs them out once the newcomer has proved who they are; without it
   * `signIn` rejects with `UserAlreadyAuthenticatedException`. The same user may sign in again at any time.
   */
  switchUser?: boolean
}

export interface SignInInput {
  username: string
  password?: string
  options?: SignInOptions
}

export interface SignInOutput {
  isSignedIn: boolean
  nextStep: SignInStep
}

/**
 * Signs a user in, or says what is missing until they are: look at `nextStep.signInStep`.
 *
 * @example
 * const { isSignedIn, nextStep } = await signIn({ username: 'ada@example.com', password: 'Analytical-1' })
 * if (nextStep.signInStep === 'CONFIRM_SIGN_UP') askForCode()
 *
 * @throws {AuthError} `NotAuthorizedException` (wrong username or password), `UserNotFoundException`, `EmptySignInUsername`,
 *   `EmptySignInPassword`, `UserAlreadyAuthenticatedException`, `UserLambdaValidationException`, `UnsupportedAuthFlowException`
 */
export async function signIn(
  { username, password, options = {} }: SignInInput,
  ctx: Context = currentContext(),
): Promise<SignInOutput> {
  const { authFlowType = 'USER_SRP_AUTH', clientMetadata, switchUser } = options
  userPool(ctx)
  if (!username) throw new AuthError('EmptySignInUsername', 'signIn needs a username.')
  if (!password) throw new AuthError('EmptySignInPassword', 'signIn needs a password.')
  if (authFlowType !== 'USER_SRP_AUTH' && authFlowType !== 'USER_PASSWORD_AUTH') {
    throw new AuthError(
      'UnsupportedAuthFlowException',
      `signIn does not offer authFlowType '${authFlowType}' yet.`,
      {
        recoverySuggestion: "Use 'USER_SRP_AUTH' or 'USER_PASSWORD_AUTH'.",
      },
    )
  }
  const other = await somebodyElse(ctx, username)
  if (other && !switchUser) {
    throw new AuthError('UserAlreadyAuthenticatedException', 'There is already a signed in user.', {
      recoverySuggestion:
        'Call signOut first, or pass options.switchUser to sign them out once this sign-in succeeds.',
    })
  }

  try {
    const attempt: Attempt = { username, password, authFlowType, clientMetadata }
    const answered = await authenticate(ctx, attempt)
    if (!answered.answer.AuthenticationResult) return await unfinished(ctx, answered)
    if (other) await signOut({}, ctx)
    return await enter(ctx, attempt, answered)
  } catch (error) {
    const signInStep = stepOfError[(error as Error).name]
    if (signInStep) return { isSignedIn: false, nextStep: { signInStep } }
    if (error instanceof RangeError || error instanceof SyntaxError) {
      throw new AuthError('SignInException', `The user pool's answer cannot be used: ${error.message}`, {
        cause: error,
      })
    }
    throw error
  }
}

interface Attempt {
  username: string
  password: string
  authFlowType: 'USER_SRP_AUTH' | 'USER_PASSWORD_AUTH'
  clientMetadata?: Record<string, string>
}

interface Answered {
  /** The name the service knows the user by, which need not be the one they typed. */
  name: string
  answer: AuthResponse
  device?: Device
}

/** Two states of a user that the service calls errors and an app calls steps. */
const stepOfError: Record<string, 'CONFIRM_SIGN_UP' | 'RESET_PASSWORD'> = {
  UserNotConfirmedException: 'CONFIRM_SIGN_UP',
  PasswordResetRequiredException: 'RESET_PASSWORD',
}

async function somebodyElse(ctx: Context, username: string): Promise<boolean> {
  const current = await latestSession(ctx)
  if (!current) return false
  const user = userOf(current)
  return ![user.username, user.userId, current.username, user.signInDetails?.loginId].includes(username)
}

/** Everything up to the answer that no password or device can move on: tokens, or a question to the user. */
async function authenticate(ctx: Context, attempt: Attempt): Promise<Answered> {
  const { username, password, authFlowType: AuthFlow, clientMetadata: ClientMetadata } = attempt
  const { clientId: ClientId, userPoolId } = userPool(ctx)
  const secret = AuthFlow === 'USER_SRP_AUTH' ? ephemeral(ctx.platform.randomBytes(32)) : undefined
  let name = username
  let device = secret ? undefined : await knownDevice(ctx, name)
  let provingDevice = false
  try {
    const credential: Record<string, string> = secret
      ? { SRP_A: secret.A.toString(16) }
      : { PASSWORD: password, ...deviceKey(device) }
    const begin = {
      AuthFlow,
      ClientId,
      ClientMetadata,
      AuthParameters: { USERNAME: username, ...credential },
    }
    // Asking for a challenge twice does no harm; a password sent twice may send two codes.
    let answer: AuthResponse = await cognito(ctx, 'InitiateAuth', begin, { idempotent: !!secret })
    const asked = answer.ChallengeParameters
    name = asked?.USERNAME ?? asked?.USER_ID_FOR_SRP ?? username
    if (answer.ChallengeName === 'PASSWORD_VERIFIER' && secret) {
      device = await knownDevice(ctx, name)
      const user = asked?.USER_ID_FOR_SRP ?? name
      const pool = userPoolId.split('_')[1] ?? ''
      answer = await cognito(ctx, 'RespondToAuthChallenge', {
        ChallengeName: 'PASSWORD_VERIFIER',
        ClientId,
        ClientMetadata,
        Session: answer.Session,
        ChallengeResponses: {
          ...(await passwordClaim(ctx, secret, { pool, user, password }, asked)),
          USERNAME: user,
          ...deviceKey(device),
        },
      })
    }
    if (answer.ChallengeName === 'DEVICE_SRP_AUTH' && device) {
      provingDevice = true
      answer = await proveDevice(ctx, device, name, answer.Session, ClientMetadata)
    }
    return { name, answer, device }
  } catch (error) {
    const fault = (error as Error).name
    if (
      !device ||
      !(fault === 'ResourceNotFoundException' || (provingDevice && fault === 'NotAuthorizedException'))
    ) {
      throw error
    }
    // The pool has forgotten this device, or never believed it. Its user may still come in, as from a new one.
    await clearStoredDevice(ctx, name)
    return authenticate(ctx, attempt)
  }
}

function deviceKey(device: Device | undefined): { DEVICE_KEY?: string } {
  return device ? { DEVICE_KEY: device.deviceKey } : {}
}

async function unfinished(ctx: Context, { name, answer }: Answered): Promise<SignInOutput> {
  const nextStep = await signInStep(answer, async () => {
    const { SecretCode = '' } = await cognito(ctx, 'AssociateSoftwareToken', { Session: answer.Session })
    return totpSetup(SecretCode, name)
  })
  if (!nextStep) {
    throw new AuthError(
      'SignInException',
      `The user pool asked for ${answer.ChallengeName}, which signIn cannot answer.`,
    )
  }
  return { isSignedIn: false, nextStep }
}

/** Tokens in hand: keeps them, and says so once they are kept. */
async function enter(
  ctx: Context,
  { username: loginId, authFlowType }: Attempt,
  { name, answer, device }: Answered,
): Promise<SignInOutput> {
  const { AccessToken = '', IdToken, RefreshToken, NewDeviceMetadata } = answer.AuthenticationResult ?? {}
  await storeSession(ctx, {
    username: name,
    accessToken: decodeJWT(AccessToken),
    idToken: IdToken ? decodeJWT(IdToken) : undefined,
    refreshToken: RefreshToken,
    deviceMetadata: NewDeviceMetadata ? await confirmDevice(ctx, AccessToken, NewDeviceMetadata) : device,
    signInDetails: { loginId, authFlowType },
  })
  // Credentials of the guest go, their identity stays: the identity pool links it to the user.
  await clearCredentials(ctx)

  const kept = await storedSession(ctx)
  if (!kept) {
    throw new AuthError(
      'UnexpectedSignInInterruptionException',
      'The sign-in succeeded, but its tokens were not kept.',
      {
        recoverySuggestion:
          'See that the store chosen for the session can be written to, and holds large values.',
      },
    )
  }
  // Signed in by hand: nothing is left for autoSignIn to do.
  signUps(ctx).waiting = undefined
  ctx.events.emit('auth', 'signedIn', userOf(kept))
  return { isSignedIn: true, nextStep: { signInStep: 'DONE' } }
}
