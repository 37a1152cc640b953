import { type Call, withProgress } from '@backline/core/internal'

/** How long nothing may move once bytes have begun to. */
const patience = 60_000

/**
 * As core's `withProgress`, and gives an attempt up when it has stopped moving, so that it is made again: an XMLHttpRequest on a
 * dead connection would wait for ever. Where progress is not told until the end, the platform has limits of its own.
 */
export function steadily(onProgress: (sent: number) => void): NonNullable<Call['send']> {
  return async (ctx, url, init) => {
    const attempt = new AbortController()
    const giveUp = () => attempt.abort()
    let timer: ReturnType<typeof setTimeout> | undefined
    init.signal?.addEventListener('abort', giveUp)
    if (init.signal?.aborted) giveUp()
    const send = withProgress((sent) => {
      clearTimeout(timer)
      timer = setTimeout(giveUp, patience)
      onProgress(sent)
    })
    try {
      return await send(ctx, url, { ...init, signal: attempt.signal })
    } finally {
      clearTimeout(timer)
      init.signal?.removeEventListener('abort', giveUp)
    }
  }
}
