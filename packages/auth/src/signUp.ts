import { type Context, currentContext, perContext, userPool } from '@backline/core/internal'
import type { UserAttributeKey, VerifiableUserAttributeKey } from './attributes.js'
import { type CodeDeliveryDetails, codeDelivery } from './codeDelivery.js'
import { attributePairs, cognito } from './cognito.js'
import { AuthError } from './errors.js'
import type { SignInInput, SignInOptions, SignInOutput } from './signIn.js'

export interface SignUpInput {
  username: string
  /** May be left out where the pool signs in without passwords. */
  password?: string
  options?: {
    userAttributes?: Partial<Record<UserAttributeKey, string>>
    /** Goes to the pool's pre sign-up trigger, and is not stored. */
    validationData?: Record<string, string>
    /** Goes to the pool's Lambda triggers. */
    clientMetadata?: Record<string, string>
    /** Lets `autoSignIn` sign the user in once they are confirmed; an object says how. Lasts as long as the page or program. */
    autoSignIn?: boolean | SignInOptions
  }
}

export interface SignUpOutput {
  isSignUpComplete: boolean
  userId?: string
  nextStep:
    | { signUpStep: 'DONE' }
    /** Call `autoSignIn` now. `codeDeliveryDetails` says where the link went, in pools that confirm by link. */
    | {
        signUpStep: 'COMPLETE_AUTO_SIGN_IN'
        codeDeliveryDetails?: CodeDeliveryDetails<VerifiableUserAttributeKey>
      }
    | { signUpStep: 'CONFIRM_SIGN_UP'; codeDeliveryDetails: CodeDeliveryDetails<VerifiableUserAttributeKey> }
}

export interface ConfirmSignUpInput {
  username: string
  confirmationCode: string
  options?: {
    clientMetadata?: Record<string, string>
    /** Takes the email address or phone number away from another user who has it as an alias. */
    forceAliasCreation?: boolean
  }
}

export type ConfirmSignUpOutput = SignUpOutput

export interface ResendSignUpCodeInput {
  username: string
  options?: { clientMetadata?: Record<string, string> }
}

export type ResendSignUpCodeOutput = CodeDeliveryDetails<VerifiableUserAttributeKey>

/** A sign-up of this context that `autoSignIn` may finish. */
export const signUps = /* @__PURE__ */ perContext(
  'auth.signUps',
  (): {
    /** `session` says to the service that whoever signs in has just confirmed their address. */
    waiting?: { input: SignInInput; byLink: boolean; session?: string }
    finishing?: Promise<SignInOutput>
  } => ({}),
)

/**
 * Registers a user. Where the pool confirms users by a code, it is under way: finish with {@link confirmSignUp}.
 *
 * @example
 * const { nextStep } = await signUp({
 *   username: 'ada@example.com',
 *   password: 'Analytical-1',
 *   options: { userAttributes: { name: 'Ada' } },
 * })
 *
 * @throws {AuthError} `EmptySignUpUsername`, `UsernameExistsException`, `InvalidPasswordException`, `InvalidParameterException`,
 *   `UserLambdaValidationException`
 */
export async function signUp(
  { username, password, options = {} }: SignUpInput,
  ctx: Context = currentContext(),
): Promise<SignUpOutput> {
  if (!username) throw new AuthError('EmptySignUpUsername', 'signUp needs a username.')

  const { autoSignIn } = options
  const pool = userPool(ctx)
  const { UserSub, UserConfirmed, CodeDeliveryDetails, Session } = await cognito(ctx, 'SignUp', {
    ClientId: pool.clientId,
    Username: username,
    // An empty password is none: the service takes a missing one where it may be missing, and refuses '' everywhere.
    Password: password || undefined,
    UserAttributes: attributePairs(options.userAttributes),
    ValidationData: attributePairs(options.validationData),
    ClientMetadata: options.clientMetadata,
  })
  const byLink = !UserConfirmed && ctx.config.Auth?.Cognito.signUpVerificationMethod === 'link'
  const how = autoSignIn === true ? {} : autoSignIn || undefined
  signUps(ctx).waiting = how && {
    // That flow takes no password, though the account has one.
    input: { username, password: how.authFlowType === 'CUSTOM_WITHOUT_SRP' ? '' : password, options: how },
    byLink,
    session: Session,
  }

  const codeDeliveryDetails = codeDelivery<VerifiableUserAttributeKey>(CodeDeliveryDetails)
  const output = { isSignUpComplete: !!UserConfirmed, userId: UserSub }
  if (UserConfirmed)
    return { ...output, nextStep: { signUpStep: autoSignIn ? 'COMPLETE_AUTO_SIGN_IN' : 'DONE' } }
  if (autoSignIn && byLink)
    return { ...output, nextStep: { signUpStep: 'COMPLETE_AUTO_SIGN_IN', codeDeliveryDetails } }
  return { ...output, nextStep: { signUpStep: 'CONFIRM_SIGN_UP', codeDeliveryDetails } }
}

/**
 * Finishes a sign-up with the code that was sent.
 *
 * @example
 * await confirmSignUp({ username: 'ada@example.com', confirmationCode: '123456' })
 *
 * @throws {AuthError} `EmptyConfirmSignUpUsername`, `EmptyConfirmSignUpCode`, `CodeMismatchException`, `ExpiredCodeException`,
 *   `AliasExistsException`, `NotAuthorizedException` when the user is confirmed already
 */
export async function confirmSignUp(
  { username, confirmationCode, options = {} }: ConfirmSignUpInput,
  ctx: Context = currentContext(),
): Promise<ConfirmSignUpOutput> {
  if (!username) throw new AuthError('EmptyConfirmSignUpUsername', 'confirmSignUp needs a username.')
  if (!confirmationCode)
    throw new AuthError('EmptyConfirmSignUpCode', 'confirmSignUp needs a confirmationCode.')

  const { Session } = await cognito(ctx, 'ConfirmSignUp', {
    ClientId: userPool(ctx).clientId,
    Username: username,
    ConfirmationCode: confirmationCode,
    ForceAliasCreation: options.forceAliasCreation,
    ClientMetadata: options.clientMetadata,
  })
  const { waiting } = signUps(ctx)
  const isWaiting = waiting?.input.username === username
  if (isWaiting && Session) waiting.session = Session
  return { isSignUpComplete: true, nextStep: { signUpStep: isWaiting ? 'COMPLETE_AUTO_SIGN_IN' : 'DONE' } }
}

/**
 * Sends a new code to a user who has not confirmed yet, and says where it went.
 *
 * @example
 * const { destination } = await resendSignUpCode({ username: 'ada@example.com' })
 *
 * @throws {AuthError} `EmptySignUpUsername`, `LimitExceededException`, `UserNotFoundException`
 */
export async function resendSignUpCode(
  { username, options = {} }: ResendSignUpCodeInput,
  ctx: Context = currentContext(),
): Promise<ResendSignUpCodeOutput> {
  if (!username) throw new AuthError('EmptySignUpUsername', 'resendSignUpCode needs a username.')

  const { CodeDeliveryDetails } = await cognito(ctx, 'ResendConfirmationCode', {
    ClientId: userPool(ctx).clientId,
    Username: username,
    ClientMetadata: options.clientMetadata,
  })
  return codeDelivery(CodeDeliveryDetails)
}
