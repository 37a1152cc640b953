import { type Context, currentContext } from '@backline/core/internal'
import { isCancelError } from './errors.js'
import type { ItemWithPath } from './location.js'
import type { TransferTask } from './task.js'
import { type UploadDataWithPathInput, uploadData } from './upload.js'

export type QueuedUploadState = 'QUEUED' | 'IN_PROGRESS' | 'PAUSED' | 'SUCCESS' | 'CANCELED' | 'ERROR'

export interface QueuedUpload {
  readonly id: number
  readonly input: UploadDataWithPathInput
  readonly state: QueuedUploadState
  readonly transferredBytes: number
  /** Undefined for a stream, until it has ended. */
  readonly totalBytes?: number
  /** In state `SUCCESS`. */
  readonly result?: ItemWithPath
  /** In state `ERROR`. */
  readonly error?: unknown
}

/** The queue at one moment. A new one after each change, so that it can be compared by identity. */
export interface UploadQueueSnapshot {
  readonly uploads: readonly QueuedUpload[]
  /** Of all uploads but canceled ones. */
  readonly transferredBytes: number
  readonly totalBytes: number
  /** True while something is waiting, running or paused. */
  readonly isActive: boolean
}

export interface UploadQueueOptions {
  /** How many uploads run at once; 3 by default. */
  concurrency?: number
}

export interface UploadQueue {
  /** Queues uploads and tells the id of each. */
  add(...inputs: UploadDataWithPathInput[]): number[]
  /** Holds one upload, or all. What is too short to be held goes on. */
  pause(id?: number): void
  resume(id?: number): void
  /** Cancels one upload, or all that have not ended. */
  cancel(id?: number): void
  /** Queues again what failed or was canceled; all that failed, without an id. */
  retry(id?: number): void
  /** Forgets what has ended. */
  clear(): void
  readonly snapshot: UploadQueueSnapshot
  /** Calls back after each change. Returns the undo. */
  watch(onChange: () => void): () => void
  /** Resolves when nothing is waiting, running or paused, whatever became of each. */
  settled(): Promise<UploadQueueSnapshot>
}

/**
 * A queue of uploads, a few at a time: for many files, or a folder. One that fails does not hold up the others.
 *
 * @example
 * const queue = createUploadQueue({ concurrency: 4 })
 * queue.watch(() => paint(queue.snapshot.transferredBytes / queue.snapshot.totalBytes))
 * queue.add(...folderInputs('photos/', picker.files))
 * const { uploads } = await queue.settled()
 * const failed = uploads.filter(({ state }) => state === 'ERROR')
 */
export function createUploadQueue({ concurrency = 3 }: UploadQueueOptions = {}, ctx?: Context): UploadQueue {
  if (!(concurrency >= 1)) throw new RangeError('`concurrency` must be 1 or more.')
  const listeners = new Set<() => void>()
  const tasks = new Map<number, TransferTask<ItemWithPath>>()
  let uploads: readonly QueuedUpload[] = []
  let snapshot = snapshotOf(uploads)
  let lastId = 0

  /** The one place where an upload changes. */
  function change(id: number, changes: Partial<QueuedUpload>) {
    show(uploads.map((upload) => (upload.id === id ? { ...upload, ...changes } : upload)))
  }

  function show(next: readonly QueuedUpload[]) {
    uploads = next
    snapshot = snapshotOf(uploads)
    for (const listener of [...listeners]) listener()
  }

  function startWaiting() {
    // A paused upload keeps its place: resuming must not go beyond the bound.
    while (tasks.size < concurrency) {
      const waiting = uploads.find(({ state }) => state === 'QUEUED')
      if (!waiting) return
      start(waiting)
    }
  }

  function start({ id, input }: QueuedUpload) {
    const { options } = input
    const onProgress: NonNullable<typeof options>['onProgress'] = (event) => {
      change(id, { transferredBytes: event.transferredBytes })
      options?.onProgress?.(event)
    }
    try {
      const task = uploadData({ ...input, options: { ...options, onProgress } }, ctx ?? currentContext())
      tasks.set(id, task)
      change(id, { state: 'IN_PROGRESS' })
      task.result.then(
        (result) => {
          const { size = 0 } = result
          end(id, { state: 'SUCCESS', result, transferredBytes: size, totalBytes: size })
        },
        (error) => end(id, isCancelError(error) ? { state: 'CANCELED' } : { state: 'ERROR', error }),
      )
    } catch (error) {
      end(id, { state: 'ERROR', error })
    }
  }

  function end(id: number, changes: Partial<QueuedUpload>) {
    tasks.delete(id)
    change(id, changes)
    startWaiting()
  }

  /** Does something to the upload of that id, or to each. */
  function each(id: number | undefined, act: (upload: QueuedUpload) => void) {
    for (const upload of uploads) if (id === undefined || upload.id === id) act(upload)
  }

  return {
    add(...inputs) {
      const added = inputs.map(
        (input): QueuedUpload => ({
          id: ++lastId,
          input,
          state: 'QUEUED',
          transferredBytes: 0,
          totalBytes: sizeOf(input.data),
        }),
      )
      show([...uploads, ...added])
      startWaiting()
      return added.map(({ id }) => id)
    },
    pause(id) {
      each(id, (upload) => {
        const task = tasks.get(upload.id)
        task?.pause()
        if (task ? task.state === 'PAUSED' : upload.state === 'QUEUED') change(upload.id, { state: 'PAUSED' })
      })
    },
    resume(id) {
      each(id, (upload) => {
        if (upload.state !== 'PAUSED') return
        const task = tasks.get(upload.id)
        task?.resume()
        change(upload.id, { state: task ? 'IN_PROGRESS' : 'QUEUED' })
      })
      startWaiting()
    },
    cancel(id) {
      each(id, (upload) => {
        const task = tasks.get(upload.id)
        if (task) task.cancel()
        else if (/QUEUED|PAUSED/.test(upload.state)) change(upload.id, { state: 'CANCELED' })
      })
    },
    retry(id) {
      each(id, ({ id: each, state }) => {
        if (state === 'ERROR' || (state === 'CANCELED' && id !== undefined))
          change(each, { state: 'QUEUED', error: undefined, transferredBytes: 0 })
      })
      startWaiting()
    },
    clear() {
      show(uploads.filter(({ state }) => isWaiting(state)))
    },
    get snapshot() {
      return snapshot
    },
    watch(onChange) {
      const listener = () => onChange()
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async settled() {
      if (snapshot.isActive) {
        await new Promise<void>((resolve) => {
          const listener = () => {
            if (snapshot.isActive) return
            listeners.delete(listener)
            resolve()
          }
          listeners.add(listener)
        })
      }
      return snapshot
    },
  }
}

/**
 * What to add to a queue for files of a picker or a drop: each goes below `prefix`, in the folders that it was picked with.
 *
 * @example
 * queue.add(...folderInputs(`albums/${album}/`, input.files))
 */
export function folderInputs(prefix: string, files: Iterable<File>): UploadDataWithPathInput[] {
  return Array.from(files, (data) => ({
    path: prefix + (data.webkitRelativePath || data.name),
    data,
  }))
}

function snapshotOf(uploads: readonly QueuedUpload[]): UploadQueueSnapshot {
  let [transferredBytes, totalBytes] = [0, 0]
  for (const upload of uploads) {
    if (upload.state === 'CANCELED') continue
    transferredBytes += upload.transferredBytes
    totalBytes += upload.totalBytes ?? upload.transferredBytes
  }
  return { uploads, transferredBytes, totalBytes, isActive: uploads.some(({ state }) => isWaiting(state)) }
}

function isWaiting(state: QueuedUploadState): boolean {
  return state === 'QUEUED' || state === 'IN_PROGRESS' || state === 'PAUSED'
}

function sizeOf(data: UploadDataWithPathInput['data']): number | undefined {
  if (typeof data === 'string') return new TextEncoder().encode(data).length
  const { size, byteLength } = (data ?? {}) as { size?: number; byteLength?: number }
  return size ?? byteLength
}
