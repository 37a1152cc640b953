import type { Context } from '@backline/core/internal'
import { type Player, watchPlayer } from '@backline/core/tracking'
import { isEnabled } from './enable.js'

const WATCHED_EVERY = 3000

/** Records what a player does, and every three seconds how far it is. An element that is not there yet is looked for a few times. */
export function trackMedia(
  ctx: Context,
  id: string,
  write: (eventType: string, properties: Record<string, unknown>) => void,
  attempts = 5,
): void {
  let timer: ReturnType<typeof setInterval> | undefined
  const tell = (event: string, player: Player) => {
    const { currentTime, duration } = player.position()
    if (isEnabled(ctx))
      write(event, { duration, eventValue: Number((currentTime / duration).toFixed(4)) || 0 })
  }
  const found = watchPlayer(id, (event, player) => {
    tell(event, player)
    clearInterval(timer)
    if (event === 'Play') timer = setInterval(() => tell('TimeWatched', player), WATCHED_EVERY)
  })
  if (found) return
  if (attempts > 1) setTimeout(() => trackMedia(ctx, id, write, attempts - 1), 500)
  else console.warn(`MediaAutoTrack: there is no <video>, <audio> or <iframe> with the id "${id}".`)
}
