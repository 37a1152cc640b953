import {
  type AWSCredentials,
  type Context,
  credentials,
  type Identity,
  perContext,
} from '@backline/core/internal'

/** Whose events these are: one value from a sign-in or sign-out to the next. Events of two owners never share a call. */
export interface Owner {
  /** Told apart after a reload as well. */
  readonly name: string
  isCurrent: boolean
  /** As last seen, so that what is left when the user goes can still be signed as theirs. */
  identity?: Identity
}

interface State {
  owner: Owner
  /** Called when somebody else has come. */
  onChange: Set<() => void>
}

const newOwner = (): Owner => ({ name: Math.random().toString(36).slice(2), isCurrent: true })

const state = /* @__PURE__ */ perContext('analytics.owner', (ctx): State => {
  const state: State = { owner: newOwner(), onChange: new Set() }
  ctx.events.listen('auth', ({ payload: { event } }) => {
    if (event !== 'signedIn' && event !== 'signedOut') return
    state.owner.isCurrent = false
    state.owner = newOwner()
    for (const tell of state.onChange) tell()
  })
  return state
})

export const ownerOf = (ctx: Context): Owner => state(ctx).owner

export function onOwnerChange(ctx: Context, tell: () => void): void {
  state(ctx).onChange.add(tell)
}

/** Looks ahead: credentials take a moment, and the user may be gone in the next. */
export async function greet(ctx: Context, owner: Owner): Promise<void> {
  const identity = await credentials(ctx)
  if (owner.isCurrent) owner.identity = identity
}

/** Credentials for what belongs to an owner: theirs while they last, else those of whoever is there now. */
export async function credentialsFor(ctx: Context, owner: Owner): Promise<AWSCredentials | undefined> {
  if (owner.isCurrent) await greet(ctx, owner)
  const own = owner.identity?.credentials
  return own?.expiration && own.expiration.getTime() <= ctx.platform.now() ? undefined : own
}
