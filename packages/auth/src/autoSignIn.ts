import { type Context, currentContext } from '@backline/core/internal'
import { AuthError } from './errors.js'
import { type SignInOutput, signIn } from './signIn.js'
import { signUps } from './signUp.js'

/** A link is followed somewhere else, and nobody tells us: ask every five seconds, for three minutes. */
const pause = 5_000
const patience = 180_000

/**
 * Signs in the user whom `signUp({ options: { autoSignIn } })` registered, once they are confirmed. In a pool that confirms by
 * a link it waits for the link to be followed.
 *
 * @example
 * const { nextStep } = await confirmSignUp({ username, confirmationCode })
 * if (nextStep.signUpStep === 'COMPLETE_AUTO_SIGN_IN') await autoSignIn()
 *
 * @throws {AuthError} `AutoSignInException` when no sign-up waits for it or the link was not followed in time, and what `signIn` throws
 */
export async function autoSignIn(ctx: Context = currentContext()): Promise<SignInOutput> {
  const state = signUps(ctx)
  // A page that is mounted twice calls twice; it signs in once.
  state.finishing ??= finish(ctx).finally(() => {
    state.finishing = state.waiting = undefined
  })
  return state.finishing
}

async function finish(ctx: Context): Promise<SignInOutput> {
  const { waiting } = signUps(ctx)
  if (!waiting) {
    throw new AuthError(
      'AutoSignInException',
      'There is no sign-up to finish: none was started, or it is finished already.',
      {
        recoverySuggestion: 'Call signUp with options.autoSignIn, or signIn.',
      },
    )
  }
  // The password is not kept longer than it is needed.
  signUps(ctx).waiting = { ...waiting, input: { username: waiting.input.username } }
  const until = ctx.platform.now() + patience
  for (;;) {
    const output = await signIn(waiting.input, ctx)
    if (!waiting.byLink || output.nextStep.signInStep !== 'CONFIRM_SIGN_UP') return output
    if (ctx.platform.now() > until) {
      throw new AuthError('AutoSignInException', 'The account was not confirmed in time.', {
        recoverySuggestion: 'Follow the link that was sent, then call signIn.',
      })
    }
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
}
