import { type Context, currentContext, storedSession } from '@backline/core/internal'
import { type AuthUser, userOf } from './currentUser.js'

/**
 * Calls back with the user who is here, or null for none: once at the beginning, then whenever that changes, in this tab or in another
 * one. Returns the undo.
 *
 * @example
 * const stop = onAuthChange((user) => render(user ? <App user={user} /> : <Welcome />))
 */
export function onAuthChange(
  onChange: (user: AuthUser | null) => void,
  ctx: Context = currentContext(),
): () => void {
  let last: string | undefined | symbol = Symbol('nobody was looked for yet')
  let stopped = false
  // One look at a time, so that the last thing said is the last thing true.
  let looking = Promise.resolve()
  const look = () => {
    looking = looking
      .then(() => storedSession(ctx))
      // A store or provider that cannot say who is here has nobody for us.
      .catch(() => undefined)
      .then((session) => {
        const user = session ? userOf(session) : null
        const id = user?.userId
        if (stopped || id === last) return
        last = id
        onChange(user)
      })
      .catch((error: unknown) => console.error('onAuthChange: its callback threw.', error))
  }
  look()
  const stop = ctx.events.listen('auth', look, { enableCrossTabEvents: true })
  return () => {
    stopped = true
    stop()
  }
}
