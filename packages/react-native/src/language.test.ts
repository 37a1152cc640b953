import { expect, test } from 'vitest'
import { allSettled, at, completeLanguage } from './language.js'

test('what settles is told as the language tells it', async () => {
  const promises = () => [Promise.resolve(1), Promise.reject(new Error('no')), 3]
  expect(await allSettled(promises())).toEqual(await Promise.allSettled(promises()))
  expect(await allSettled([])).toEqual([])
})

test('items are found from either end', () => {
  for (const index of [0, 1, 2, 3, -1, -3, -4, 1.9, -1.9, Number.NaN]) {
    expect(at.call([1, 2, 3], index)).toBe([1, 2, 3].at(index))
    expect(at.call('abc', index)).toBe('abc'.at(index))
  }
})

test('what the engine has stays', () => {
  const { at } = Array.prototype
  completeLanguage()
  expect(Array.prototype.at).toBe(at)
})
