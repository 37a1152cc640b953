import fc from 'fast-check'
import {
  catchError,
  concatMap,
  delay,
  EMPTY,
  endWith,
  filter,
  finalize,
  firstValueFrom,
  from,
  isObservable,
  lastValueFrom,
  map,
  merge,
  mergeMap,
  type OperatorFunction,
  of,
  pairwise,
  type Observable as RxObservable,
  Observable as RxSource,
  Subscription as RxSubscription,
  retry,
  type Subscriber,
  scan,
  share,
  shareReplay,
  startWith,
  switchMap,
  take,
  takeUntil,
  tap,
  throwError,
  toArray,
} from 'rxjs'
import { expect, onTestFinished, test, vi } from 'vitest'
import { observable } from './observable.js'

type Make = typeof observable
const rx: Make = (work) => new RxSource(work as never)

/** A source that says what it is told to, and writes down when a subscription of it is over. */
function source(make: Make) {
  const log: string[] = []
  const listening = new Set<{ next(value: number): void; error(error: unknown): void; complete(): void }>()
  const values = make<number>((subscriber) => {
    log.push('begun')
    listening.add(subscriber)
    return () => {
      log.push('over')
      listening.delete(subscriber)
    }
  })
  return { values, log, told: () => [...listening] }
}

const shapes: Record<string, () => OperatorFunction<any, any>> = {
  map: () => map((value) => value + 1),
  filter: () => filter((value) => value % 2 === 0),
  take: () => take(2),
  scan: () => scan((sum, value) => sum + value, 0),
  startWith: () => startWith(7),
  endWith: () => endWith(9),
  mergeMap: () => mergeMap((value) => of(value, value)),
  concatMap: () => concatMap((value) => (value % 3 ? of(value) : EMPTY)),
  switchMap: () => switchMap((value) => [value]),
  share: () => share(),
  shareReplay: () => shareReplay({ bufferSize: 1, refCount: true }),
  thrown: () =>
    map((value) => {
      if (value > 8) throw new Error(`${value} is too much`)
      return value
    }),
  catchError: () => catchError((error) => of(String(error).length)),
  caught: () => catchError((error) => throwError(() => error)),
  retry: () => retry(1),
  takeUntil: () => takeUntil(EMPTY),
  finalize: () => finalize(() => {}),
  tap: () => tap(() => {}),
}

/** What is heard through these operators while the source is moved, and when its subscriptions end. */
function heard(make: Make, operators: string[], moves: (number | 'error' | 'complete' | 'unsubscribe')[]) {
  const { values, log, told } = source(make)
  const result = operators.reduce<RxObservable<any>>((before, name) => before.pipe(shapes[name]!()), values)
  const subscription = result.subscribe({
    next: (value) => log.push(`next ${value}`),
    error: (error) => log.push(`${error}`),
    complete: () => log.push('complete'),
  })
  for (const move of moves) {
    if (move === 'unsubscribe') subscription.unsubscribe()
    else
      for (const one of told())
        if (move === 'error') one.error(new Error('broken'))
        else if (move === 'complete') one.complete()
        else one.next(move)
    log.push(`closed: ${subscription.closed}`)
  }
  return log
}

test('through any operators of RxJS comes what comes of an observable of its own', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...Object.keys(shapes)), { maxLength: 4 }),
      fc.array(
        fc.oneof(
          { weight: 8, arbitrary: fc.nat(10) },
          {
            weight: 1,
            arbitrary: fc.constantFrom('error' as const, 'complete' as const, 'unsubscribe' as const),
          },
        ),
        { maxLength: 8 },
      ),
      (operators, moves) => {
        expect(heard(observable, operators, moves)).toEqual(heard(rx, operators, moves))
      },
    ),
    { numRuns: 2000 },
  )
})

/** What one observer hears, by whom it was told. */
function sequence(make: Make) {
  const log: unknown[] = []
  const tell = (work: (subscriber: Subscriber<number>) => any, also?: (subscription: any) => void) => {
    const subscription = make<number>(work as never).subscribe({
      next: (value) => log.push(value),
      error: (error) => log.push(`${error}`),
      complete: () => log.push('complete'),
    })
    also?.(subscription)
    log.push(subscription.closed)
  }
  tell((subscriber) => {
    subscriber.next(1)
    subscriber.complete()
    subscriber.next(2)
    subscriber.error(new Error('late'))
    return () => log.push('undone')
  })
  tell(() => {
    throw new Error('not begun')
  })
  tell(
    (subscriber) => {
      subscriber.add(() => log.push('first'))
      subscriber.next(3)
      return { unsubscribe: () => log.push('second') }
    },
    (subscription) => {
      const removed = () => log.push('removed')
      subscription.add(removed)
      subscription.remove(removed)
      subscription.add(() => log.push('third'))
      subscription.unsubscribe()
      subscription.unsubscribe()
      subscription.add(() => log.push('at once'))
    },
  )
  tell(
    (subscriber) => {
      subscriber.add(() => {
        throw new Error('stuck')
      })
      return () => log.push('undone all the same')
    },
    (subscription) => {
      try {
        subscription.unsubscribe()
      } catch (error) {
        log.push((error as Error).name, (error as any).errors.map(String))
      }
    },
  )
  tell((subscriber) => {
    subscriber.add(subscriber)
    subscriber.error(new Error('over'))
    return undefined
  })
  make<number>((subscriber) => {
    subscriber.next(4)
    subscriber.complete()
    return undefined
  }).subscribe(
    (value) => log.push(value),
    undefined,
    () => log.push('complete'),
  )
  make<number>((subscriber) => subscriber.next(5) as undefined).subscribe()
  return log
}

test('subscriptions begin, end and are undone as those of RxJS', () => {
  expect(sequence(observable)).toEqual(sequence(rx))
})

test('what a listener throws, or does not hear, is reported and hurts nobody', async () => {
  const reported: unknown[] = []
  const before = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  const take = (error: Error) => void reported.push(error.message)
  process.on('uncaughtException', take)
  onTestFinished(() => {
    process.off('uncaughtException', take)
    for (const one of before) process.on('uncaughtException', one)
  })
  const seen: number[] = []
  const { values, told } = source(observable)
  values.subscribe((value) => {
    seen.push(value)
    if (value === 1) throw new Error('thrown by next')
  })
  values.subscribe({
    error() {
      throw new Error('thrown by error')
    },
  })
  for (const value of [1, 2]) for (const one of told()) one.next(value)
  for (const one of told()) one.error(new Error('not listened to'))
  expect(seen).toEqual([1, 2])
  expect(told()).toEqual([])
  await vi.waitFor(() => expect(reported).toEqual(['thrown by next', 'not listened to', 'thrown by error']))
})

test('what RxJS offers beside `pipe` takes it for one of its own', async () => {
  const counted = observable<number>((subscriber) => {
    for (const value of [1, 2, 3]) subscriber.next(value)
    subscriber.complete()
    return undefined
  })
  expect(isObservable(counted)).toBe(true)
  expect(await firstValueFrom(counted)).toBe(1)
  expect(await lastValueFrom(counted)).toBe(3)
  expect(await firstValueFrom(from(counted).pipe(toArray()))).toEqual([1, 2, 3])
  expect(await firstValueFrom(merge(counted, counted).pipe(toArray()))).toEqual([1, 2, 3, 1, 2, 3])
  expect(
    await lastValueFrom(
      of(0).pipe(
        switchMap(() => counted),
        pairwise(),
      ),
    ),
  ).toEqual([2, 3])
  expect(await lastValueFrom(counted.pipe(delay(1)))).toBe(3)
  const seen: number[] = []
  await counted.forEach((value) => void seen.push(value))
  expect(seen).toEqual([1, 2, 3])
  expect(await counted.toPromise()).toBe(3)
  const broken = counted.forEach((value) => {
    if (value === 2) throw new Error('enough')
    seen.push(value)
  })
  await expect(broken).rejects.toThrow('enough')
  expect(seen).toEqual([1, 2, 3, 1])
})

test('whoever defines `Symbol.observable` finds it there', () => {
  const key = Symbol('observable')
  Object.defineProperty(Symbol, 'observable', { value: key, configurable: true })
  onTestFinished(() => void Reflect.deleteProperty(Symbol, 'observable'))
  const { values } = source(observable)
  expect((values as any)[key]()).toBe(values)
  expect((values as any)['@@observable']()).toBe(values)
})

test('a source that is listened to for long keeps nothing of what was done for each value', () => {
  const { values, told } = source(observable)
  const subscription = values.pipe(mergeMap((value) => of(value))).subscribe()
  const [listener] = told() as any[]
  const added = vi.spyOn(subscription, 'add')
  const removed = vi.spyOn(subscription, 'remove')
  for (let value = 0; value < 1000; value++) listener.next(value)
  expect(added).toHaveBeenCalledTimes(1000)
  expect(removed).toHaveBeenCalledTimes(1000)
  const all = new RxSubscription()
  all.add(subscription)
  all.unsubscribe()
  expect(subscription.closed).toBe(true)
  expect(told()).toEqual([])
})
