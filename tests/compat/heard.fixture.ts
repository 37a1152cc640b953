import { setTimeout as pause } from 'node:timers/promises'

/** An observable of RxJS, by the one of its ways to subscribe that TypeScript infers from. */
interface Heard<Value> {
  forEach?(next: (value: Value) => void): Promise<void>
  subscribe(observer: { next(value: Value): void; error(error: unknown): void; complete?(): void }): {
    unsubscribe(): void
  }
}

/** What an observable says, with promises for what has not been said yet. */
export function heardOf<Value>(observable: Heard<Value>) {
  const values: Value[] = []
  const errors: unknown[] = []
  let check = () => {}
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const subscription = observable.subscribe({
    complete: end,
    next(value) {
      values.push(value)
      check()
    },
    error(error) {
      errors.push(error)
      check()
    },
  })
  const when = <Found>(found: () => Found | undefined): Promise<Found> =>
    new Promise((resolve, reject) => {
      check = () => {
        const value = found()
        if (value !== undefined) resolve(value)
        else if (errors.length > 0) reject(errors[0])
      }
      check()
    })
  return {
    values,
    errors,
    /** Once the service has ended it. */
    ended,
    /** What is heard first of something that is done until it is heard of: nobody says when a subscription was taken. */
    async after(act: () => Promise<unknown>): Promise<Value> {
      for (let i = 0; i < 1000 && values.length === 0 && errors.length === 0; i++) {
        await act()
        await pause(25)
      }
      return (await when(() => (values.length > 0 ? values : undefined)))[0]!
    },
    until: (count: number) => when(() => (values.length >= count ? values : undefined)),
    latest: (fits: (value: Value) => boolean) =>
      when(() => {
        const last = values.at(-1)
        return last !== undefined && fits(last) ? last : undefined
      }),
    stop: () => subscription.unsubscribe(),
  }
}
