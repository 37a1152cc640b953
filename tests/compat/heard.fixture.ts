import { setTimeout as pause } from 'node:timers/promises'

/** What an observable says, with promises for what has not been said yet. */
export function heardOf<Value>(observable: {
  subscribe(observer: { next(value: Value): void; error(error: unknown): void }): { unsubscribe(): void }
}) {
  const values: Value[] = []
  const errors: unknown[] = []
  let check = () => {}
  const subscription = observable.subscribe({
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
    /** What is heard first of something that is done until it is heard of: nobody says when a subscription was taken. */
    async after(act: () => Promise<unknown>): Promise<Value> {
      for (let i = 0; i < 200 && values.length === 0 && errors.length === 0; i++) {
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
