import { StorageError } from './errors.js'

export type TransferTaskState = 'IN_PROGRESS' | 'PAUSED' | 'CANCELED' | 'SUCCESS' | 'ERROR'

export interface TransferProgressEvent {
  transferredBytes: number
  totalBytes?: number
}

/** A task can be awaited as it is: that is `result`. */
export interface TransferTask<Result> extends Promised<Result> {
  /** Stops the transfer; `result` rejects with an error for which `isCancelError` holds. */
  cancel(message?: string): void
  /** Holds an upload that goes in parts (above 5 MiB); others are too short to be held and go on. */
  pause(): void
  resume(): void
  readonly state: TransferTaskState
  result: Promise<Result>
}

type Promised<Result> = Pick<Promise<Result>, 'then' | 'catch' | 'finally'>

export interface NonPausableTransferTask<Result>
  extends Omit<TransferTask<Result>, 'pause' | 'resume' | 'state'> {
  readonly state: Exclude<TransferTaskState, 'PAUSED'>
}

/** What the work of a task knows of the task. */
export interface Control {
  /** Fires on cancel, and on pause where that is possible. After a pause there is a new one. */
  readonly signal: AbortSignal
  /** Once `signal` has fired: waits for `resume` where it was a pause and says true, or says false where it was `cancel`. */
  resumed(): Promise<boolean>
  /** Runs on cancel, before `result` rejects. */
  onCancel?: () => Promise<unknown>
  /** From here on it is too late for `cancel` and `pause`. */
  commit(): void
}

/** Starts `work` at once and hands out the task that steers it. */
export function startTask<Result>(
  work: (control: Control) => Promise<Result>,
  { pausable = () => false, signal }: { pausable?: () => boolean; signal?: AbortSignal } = {},
): TransferTask<Result> {
  let state: TransferTaskState = 'IN_PROGRESS'
  let committed = false
  let stretch = new AbortController()
  let wake: () => void = () => {}
  let reject: (error: unknown) => void = () => {}

  const control: Control = {
    get signal() {
      return stretch.signal
    },
    resumed: async () => {
      if (state === 'PAUSED') await new Promise<void>((resolve) => (wake = resolve))
      return state === 'IN_PROGRESS'
    },
    commit: () => {
      control.signal.throwIfAborted()
      committed = true
    },
  }

  const result = new Promise<Result>((resolve, rejectResult) => {
    reject = rejectResult
    // A microtask later: what is cancelled in the same breath as it is started sends nothing.
    Promise.resolve()
      .then(() => (state === 'CANCELED' ? undefined : work(control)))
      .then(
        (value) => settle('SUCCESS', () => resolve(value as Result), value),
        (error) => settle('ERROR', () => rejectResult(error)),
      )
  })

  function settle(end: 'SUCCESS' | 'ERROR', tell: () => void, value?: unknown) {
    if (state === 'CANCELED') return
    state = end
    signal?.removeEventListener('abort', cancelBySignal)
    if (end === 'SUCCESS') keepSteering(value)
    tell()
  }

  /** In v6 awaiting a task gave the task: whoever still asks what came of it for its `result` or `state` finds them, unseen by others. */
  function keepSteering(value: unknown) {
    for (const name of ['result', 'state', 'cancel'] as const)
      Object.defineProperty(value, name, { value: task[name] })
  }

  const task: TransferTask<Result> = {
    result,
    // biome-ignore lint/suspicious/noThenProperty: apps await the task itself, and keep it to steer it
    then: result.then.bind(result),
    catch: result.catch.bind(result),
    finally: result.finally.bind(result),
    get state() {
      return state
    },
    cancel(message = 'The transfer was canceled.') {
      if (committed || (state !== 'IN_PROGRESS' && state !== 'PAUSED')) return
      state = 'CANCELED'
      signal?.removeEventListener('abort', cancelBySignal)
      stretch.abort()
      wake()
      const canceled = () => reject(new StorageError('CanceledError', message))
      if (!control.onCancel) return canceled()
      // Clearing away may hang on a dead network; whoever waits for the end of the task need not.
      const timer = setTimeout(canceled, 3_000)
      const cleared = () => {
        clearTimeout(timer)
        canceled()
      }
      control.onCancel().then(cleared, cleared)
    },
    pause() {
      if (!pausable() || committed || state !== 'IN_PROGRESS') return
      state = 'PAUSED'
      stretch.abort()
    },
    resume() {
      if (state !== 'PAUSED') return
      state = 'IN_PROGRESS'
      stretch = new AbortController()
      wake()
    },
  }
  function cancelBySignal() {
    task.cancel()
  }
  signal?.addEventListener('abort', cancelBySignal)
  if (signal?.aborted) cancelBySignal()
  return task
}
