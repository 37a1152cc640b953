// Observables as RxJS types them and its operators take them, in a quarter of the bytes; RxJS itself is the judge in the tests. An app that
// uses operators brings them: they ask of a source for `lift`, `subscribe` and `Symbol.observable`, and of a subscriber for what is below.

import type { Observable as RxObservable } from 'rxjs'

type Teardown = (() => unknown) | { unsubscribe(): void } | undefined

interface Observer<T> {
  next?(value: T): void
  error?(error: unknown): void
  complete?(): void
}

/** What operators of RxJS call on a source, with the subscriber of whoever listens to their result. */
interface Operator<T> {
  call(subscriber: Subscriber<T>, source: unknown): Teardown
}

/** Told of one subscription's values, until it is over; what was added is then undone. */
export class Subscriber<T> {
  closed = false
  readonly #observer: Observer<T>
  readonly #teardowns = new Set<Teardown>()
  #isOver = false

  constructor(observer: Observer<T>) {
    this.#observer = observer
    // An operator's own subscriber. It may end first.
    const { add } = observer as Partial<Subscriber<T>>
    if (add) add.call(observer, this)
  }

  next(value: T): void {
    if (this.#isOver) return
    try {
      this.#observer.next?.(value)
    } catch (error) {
      report(error)
    }
  }

  error(error: unknown): void {
    this.#end(() => {
      if (!this.#observer.error) throw error
      this.#observer.error(error)
    })
  }

  complete(): void {
    this.#end(() => this.#observer.complete?.())
  }

  /** To be undone at the end, or now where that was. */
  add(teardown: Teardown): void {
    if (!teardown || teardown === (this as unknown)) return
    if (this.closed) undo(teardown)
    else if (!this.#teardowns.has(teardown)) {
      this.#teardowns.add(teardown)
      // A subscription of RxJS that ends before this one leaves by `remove`, which it calls on those it knows of.
      ;(teardown as { _addParent?(parent: unknown): void })._addParent?.(this)
    }
  }

  remove(teardown: Teardown): void {
    this.#teardowns.delete(teardown)
  }

  /** @throws an `UnsubscriptionError` with the `errors` of what could not be undone; everything else is */
  unsubscribe(): void {
    if (this.closed) return
    this.closed = this.#isOver = true
    const errors: unknown[] = []
    for (const teardown of this.#teardowns) {
      this.#teardowns.delete(teardown)
      try {
        undo(teardown)
      } catch (error) {
        errors.push(...((error as { errors?: unknown[] }).errors ?? [error]))
      }
    }
    if (errors.length)
      throw Object.assign(new Error(`${errors.length} errors occurred during unsubscription: ${errors}`), {
        name: 'UnsubscriptionError',
        errors,
      })
  }

  #end(tell: () => void): void {
    if (this.#isOver) return
    this.#isOver = true
    try {
      tell()
    } catch (error) {
      report(error)
    } finally {
      this.unsubscribe()
    }
  }
}

const undo = (teardown: Teardown) => (typeof teardown === 'function' ? teardown() : teardown?.unsubscribe())

/** Where nobody else hears of it, whoever watches the program does. */
function report(error: unknown): void {
  setTimeout(() => {
    throw error
  })
}

class Observable<T> {
  readonly #work: (subscriber: Subscriber<T>) => Teardown

  constructor(work: (subscriber: Subscriber<T>) => Teardown) {
    this.#work = work
    // Some programs define it, and RxJS then goes by it.
    const { observable } = Symbol as { observable?: symbol }
    if (observable) Object.defineProperty(this, observable, { value: () => this })
  }

  subscribe(
    given?: Observer<T> | ((value: T) => void) | null,
    error?: (error: unknown) => void,
    complete?: () => void,
  ): Subscriber<T> {
    const observer =
      typeof given === 'function' || !given ? { next: given ?? undefined, error, complete } : given
    const subscriber = new Subscriber(observer as Observer<T>)
    try {
      subscriber.add(this.#work(subscriber))
    } catch (cause) {
      subscriber.error(cause)
    }
    return subscriber
  }

  pipe(...operators: ((source: unknown) => unknown)[]): unknown {
    return operators.reduce((source, operator) => operator(source), this as unknown)
  }

  /** How operators are put in place. They may lend it to a source of their own. */
  lift<R>(operator: Operator<R>): Observable<R> {
    return new Observable<R>((subscriber) => operator.call(subscriber, this))
  }

  forEach(next: (value: T) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const subscriber = new Subscriber<T>({
        next(value) {
          try {
            next(value)
          } catch (error) {
            reject(error)
            subscriber.unsubscribe()
          }
        },
        error: reject,
        complete: resolve,
      })
      this.subscribe(subscriber)
    })
  }

  async toPromise(): Promise<T | undefined> {
    let last: T | undefined
    await this.forEach((value) => {
      last = value
    })
    return last
  }

  '@@observable'(): this {
    return this
  }
}

/** An observable: `work` runs for each subscription, and what it returns ends it. */
export function observable<T>(work: (subscriber: Subscriber<T>) => Teardown): RxObservable<T> {
  return new Observable(work) as unknown as RxObservable<T>
}
