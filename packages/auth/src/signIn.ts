import { type Context, currentContext, userPool } from '@backline/core/internal'
import { cognito } from './cognito.js'
import type { AuthFlowType } from './currentUser.js'
import { AuthError } from './errors.js'
import {
  type Attempt,
  conduct,
  deviceKey,
  keepAttempt,
  type SignInOutput,
  somebodyElse,
} from './signInAttempt.js'
import { signUps } from './signUp.js'
import { ephemeral } from './srp.js'

export type AuthFactorType = 'WEB_AUTHN' | 'EMAIL_OTP' | 'SMS_OTP' | 'PASSWORD' | 'PASSWORD_SRP'

export interface SignInOptions {
  /**
   * How users show who they are: by a proof of the password that never sends it (`USER_SRP_AUTH`, the default), by sending it
   * (`USER_PASSWORD_AUTH`), by a factor of their choice (`USER_AUTH`), or by the app's own questions, with the password before
   * them (`CUSTOM_WITH_SRP`) or without (`CUSTOM_WITHOUT_SRP`).
   */
  authFlowType?: AuthFlowType
  /** With `USER_AUTH`: the factor to begin with, where the pool and the user have it. Without it the user is asked. */
  preferredChallenge?: AuthFactorType
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

export type { SignInOutput }

/**
 * Signs a user in, or says what is missing until they are: look at `nextStep.signInStep`, and answer with `confirmSignIn`.
 *
 * @example
 * const { isSignedIn, nextStep } = await signIn({ username: 'ada@example.com', password: 'Analytical-1' })
 * if (nextStep.signInStep === 'CONFIRM_SIGN_IN_WITH_TOTP_CODE') askForCode()
 *
 * @throws {AuthError} `NotAuthorizedException` (wrong username or password), `UserNotFoundException`, `EmptySignInUsername`,
 *   `EmptySignInPassword`, `CustomAuthSignInPassword`, `InvalidPreferredChallenge`, `UserAlreadyAuthenticatedException`,
 *   `UserLambdaValidationException`, `UnsupportedAuthFlowException`, `PasskeyNotSupported`, `PasskeyAuthenticationCanceled`
 */
export async function signIn(
  { username, password, options = {} }: SignInInput,
  ctx: Context = currentContext(),
): Promise<SignInOutput> {
  const { authFlowType = 'USER_SRP_AUTH', clientMetadata, switchUser } = options
  const { clientId: ClientId } = userPool(ctx)
  if (!username) throw new AuthError('EmptySignInUsername', 'signIn needs a username.')
  if (!/^(USER_(SRP_|PASSWORD_)?AUTH|CUSTOM_WITH(OUT)?_SRP)$/.test(authFlowType)) {
    throw new AuthError('UnsupportedAuthFlowException', `signIn knows no authFlowType '${authFlowType}'.`)
  }
  const preferred = authFlowType === 'USER_AUTH' ? preference(ctx, options) : undefined
  const isCustom = authFlowType.startsWith('CUSTOM_')
  const proves = preferred === 'PASSWORD_SRP' || /^(USER_SRP_AUTH|CUSTOM_WITH_SRP)$/.test(authFlowType)
  const sends = preferred === 'PASSWORD' || authFlowType === 'USER_PASSWORD_AUTH'
  if ((proves || sends) && !password) {
    throw new AuthError('EmptySignInPassword', 'signIn needs a password.')
  }
  if (authFlowType === 'CUSTOM_WITHOUT_SRP' && password) {
    throw new AuthError('CustomAuthSignInPassword', 'signIn with CUSTOM_WITHOUT_SRP takes no password.', {
      recoverySuggestion: 'Leave the password out, or use CUSTOM_WITH_SRP.',
    })
  }
  if ((await somebodyElse(ctx, username)) && !switchUser) {
    throw new AuthError('UserAlreadyAuthenticatedException', 'There is already a signed in user.', {
      recoverySuggestion: 'Call signOut first, or pass options.switchUser.',
    })
  }

  // What was under way before is over, whatever becomes of this.
  await keepAttempt(ctx, undefined)
  const { waiting } = signUps(ctx)
  const secret = proves ? await ephemeral(ctx.platform) : undefined
  const attempt: Attempt = { username, loginId: username, authFlowType, switchUser }
  return conduct(ctx, attempt, { secret, password, clientMetadata }, (device) =>
    cognito(
      ctx,
      'InitiateAuth',
      {
        AuthFlow: isCustom ? 'CUSTOM_AUTH' : (authFlowType as 'USER_AUTH'),
        ClientId,
        ClientMetadata: clientMetadata,
        // A user who has just signed up has shown already that the address is theirs.
        Session:
          authFlowType === 'USER_AUTH' && waiting?.input.username === username ? waiting.session : undefined,
        AuthParameters: {
          USERNAME: username,
          ...(preferred && { PREFERRED_CHALLENGE: preferred }),
          ...(secret && { SRP_A: secret.A }),
          ...(secret && isCustom && { CHALLENGE_NAME: 'SRP_A' }),
          ...(sends && { PASSWORD: password! }),
          // Who proves a password does so for the device as well, a step later.
          ...(!secret && authFlowType !== 'USER_AUTH' && deviceKey(device)),
        },
      },
      // Asking for a challenge twice does no harm; a password sent twice may send two codes.
      { idempotent: !!secret },
    ),
  )
}

function preference(ctx: Context, { preferredChallenge }: SignInOptions): AuthFactorType | undefined {
  const enabled = ctx.config.Auth?.Cognito.passwordless
  const preferred = preferredChallenge ?? enabled?.preferredChallenge
  if (
    enabled &&
    ((preferred === 'EMAIL_OTP' && !enabled.emailOtpEnabled) ||
      (preferred === 'SMS_OTP' && !enabled.smsOtpEnabled) ||
      (preferred === 'WEB_AUTHN' && !enabled.webAuthn))
  ) {
    throw new AuthError('InvalidPreferredChallenge', `The configuration does not enable ${preferred}.`, {
      recoverySuggestion: 'Enable it in defineAuth.',
    })
  }
  return preferred
}
