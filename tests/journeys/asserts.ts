// Ways to say what must be so, for journeys, which know no test runner.

export function ok(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Error(`It is not so that ${what}.`)
}

export function equal<T>(actual: T, expected: T, what: string): void {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (is !== should) throw new Error(`${what}: expected ${should}, but it is ${is}.`)
}

/** The error that `promise` ends with, which must have this name. */
export async function rejects(promise: Promise<unknown>, name: string): Promise<Error> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: Error) => ({ error }),
  )
  if (!('error' in outcome))
    throw new Error(`Expected ${name}, but it resolved with ${JSON.stringify(outcome.value)}.`)
  const { error } = outcome
  if (error.name !== name) throw new Error(`Expected ${name}, but it was ${error.name}: ${error.message}`)
  return error
}

interface Subscription {
  unsubscribe(): void
}

interface Subscribable<T> {
  subscribe(observer: { next(value: T): void; error(error: unknown): void }): Subscription
  // The last signature is the one that T is inferred from.
  subscribe(next: (value: T) => void): Subscription
}

/** The first value that fits. Fails where none comes within ten seconds, and says what came instead. */
export function first<T>(source: Subscribable<T>, what: string, fits: (value: T) => boolean): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let latest: T | undefined
    const end = (settle: () => void) => {
      clearTimeout(timer)
      // A value may come before `subscribe` has returned.
      queueMicrotask(() => subscription.unsubscribe())
      settle()
    }
    const timer = setTimeout(
      () => end(() => reject(new Error(`Never saw ${what}; the last was ${JSON.stringify(latest)}.`))),
      10_000,
    )
    const subscription = source.subscribe({
      next(value) {
        latest = value
        if (fits(value)) end(() => resolve(value))
      },
      error: (error) => end(() => reject(error instanceof Error ? error : new Error(JSON.stringify(error)))),
    })
  })
}

/** Looks at what goes over the wire while `work` runs: as `METHOD path` or, for JSON services, the operation. */
export async function watchRequests<T>(work: () => Promise<T>): Promise<{ result: T; requests: string[] }> {
  const original = globalThis.fetch
  const requests: string[] = []
  globalThis.fetch = (input, init) => {
    const request = new Request(input, { method: init?.method, headers: init?.headers })
    const target = request.headers.get('x-amz-target')?.split('.')[1]
    requests.push(target ?? `${request.method} ${new URL(request.url).pathname}`)
    return original(input, init)
  }
  try {
    return { result: await work(), requests }
  } finally {
    globalThis.fetch = original
  }
}
