// Parts of the language that Hermes learned late, as far as our packages use them. What is there stays.

/** Fills them in. `Uint8Array`'s own prototype is that of all typed arrays. */
export function completeLanguage(): void {
  add(Symbol, 'asyncIterator', Symbol('Symbol.asyncIterator'))
  add(Promise, 'allSettled', allSettled)
  for (const prototype of [Array.prototype, String.prototype, Object.getPrototypeOf(Uint8Array.prototype)])
    add(prototype, 'at', at)
}

function add(home: object, name: string, value: unknown): void {
  if (!(name in home)) Object.defineProperty(home, name, { value, configurable: true, writable: true })
}

export function allSettled(promises: Iterable<unknown>): Promise<PromiseSettledResult<unknown>[]> {
  return Promise.all(
    Array.from(promises, (promise) =>
      Promise.resolve(promise).then(
        (value) => ({ status: 'fulfilled' as const, value }),
        (reason) => ({ status: 'rejected' as const, reason }),
      ),
    ),
  )
}

export function at(this: ArrayLike<unknown>, index: number): unknown {
  const whole = Math.trunc(index) || 0
  return this[whole < 0 ? this.length + whole : whole]
}
