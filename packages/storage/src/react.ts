// For React 18 and later. Apart from the rest, so that nobody else needs React.
import type { Context } from '@backline/core/internal'
import { useCallback, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import { type DownloadDataWithPathInput, type DownloadDataWithPathOutput, downloadData } from './download.js'
import { isCancelError } from './errors.js'
import {
  createUploadQueue,
  type UploadQueue,
  type UploadQueueOptions,
  type UploadQueueSnapshot,
} from './queue.js'

export interface UseUploadsOutput extends UploadQueueSnapshot {
  readonly queue: UploadQueue
}

/**
 * A queue of uploads and where it stands: the component is drawn anew when that changes. It is the component's own and goes on when
 * the component has gone; `queue.cancel()` ends it. For one that several components share, make it with `createUploadQueue` and pass it.
 *
 * @example
 * const { queue, uploads, transferredBytes, totalBytes } = useUploads()
 * return <input type="file" multiple onChange={({ target }) => queue.add(...folderInputs('photos/', target.files))} />
 */
export function useUploads(options: UploadQueueOptions | UploadQueue = {}, ctx?: Context): UseUploadsOutput {
  const [own] = useState(() => ('add' in options ? undefined : createUploadQueue(options, ctx)))
  const queue = 'add' in options ? options : own!
  const read = () => queue.snapshot
  const snapshot = useSyncExternalStore(queue.watch, read, read)
  return useMemo(() => ({ queue, ...snapshot }), [queue, snapshot])
}

type Downloaded = Awaited<DownloadDataWithPathOutput['result']>

export type DownloadStage =
  | { state: 'IDLE' }
  | { state: 'IN_PROGRESS'; transferredBytes: number; totalBytes?: number }
  | { state: 'SUCCESS'; result: Downloaded }
  | { state: 'CANCELED' }
  | { state: 'ERROR'; error: unknown }

export type UseDownloadOutput = DownloadStage & {
  /** Starts a download; one that runs is canceled by it. */
  download(input: DownloadDataWithPathInput): void
  cancel(): void
}

/**
 * One download and where it stands.
 *
 * @example
 * const { download, ...stage } = useDownload()
 * if (stage.state === 'IN_PROGRESS') return <progress value={stage.transferredBytes} max={stage.totalBytes} />
 */
export function useDownload(ctx?: Context): UseDownloadOutput {
  const [stage, show] = useState<DownloadStage>({ state: 'IDLE' })
  const running = useRef<DownloadDataWithPathOutput>(undefined)

  const download = useCallback(
    (input: DownloadDataWithPathInput) => {
      running.current?.cancel()
      const mine = () => running.current === task
      const task = downloadData(
        {
          ...input,
          options: {
            ...input.options,
            onProgress(event) {
              if (mine()) show({ state: 'IN_PROGRESS', ...event })
              input.options?.onProgress?.(event)
            },
          },
        },
        ctx,
      )
      running.current = task
      show({ state: 'IN_PROGRESS', transferredBytes: 0 })
      task.result.then(
        (result) => mine() && show({ state: 'SUCCESS', result }),
        (error) => mine() && show(isCancelError(error) ? { state: 'CANCELED' } : { state: 'ERROR', error }),
      )
    },
    [ctx],
  )
  const cancel = useCallback(() => running.current?.cancel(), [])
  return { ...stage, download, cancel }
}
