import { type Context, perContext, toHex } from '@backline/core/internal'
import { type Owner, ownerOf } from './owner.js'

/** What Personalize holds together: before somebody signs in as well. */
export interface Session {
  id: string
  userId?: string
}

interface State {
  /** Each asks after the one before, so that an event meets the user who was identified in the line above. */
  turn: Promise<Session | undefined>
  owner?: Owner
}

const state = /* @__PURE__ */ perContext(
  'analytics.personalize',
  (): State => ({ turn: Promise.resolve(undefined) }),
)

const KEY = 'backline.personalize'

/** The session goes on over reloads, until its user is gone or another one. */
export function sessionOf(ctx: Context, identified?: string): Promise<Session> {
  const known = state(ctx)
  const { store } = ctx.platform
  const owner = ownerOf(ctx)
  const hasChanged = known.owner !== undefined && known.owner !== owner
  known.owner = owner
  const turn = known.turn.then(async (before): Promise<Session> => {
    const stored = before ?? parsed(await store.getItem(KEY).catch(() => null))
    const isOver = stored?.userId && (hasChanged || (identified && identified !== stored.userId))
    const current = isOver || !stored ? { id: toHex(ctx.platform.randomBytes(16)) } : stored
    const session = identified ? { ...current, userId: identified } : current
    // Without room on the device it lasts as long as the page.
    if (session !== before) await store.setItem(KEY, JSON.stringify(session)).catch(() => undefined)
    return session
  })
  known.turn = turn
  return turn
}

function parsed(text: string | null): Session | undefined {
  try {
    const session = JSON.parse(text ?? 'null') as Session | null
    return typeof session?.id === 'string' ? session : undefined
  } catch {
    return undefined
  }
}
