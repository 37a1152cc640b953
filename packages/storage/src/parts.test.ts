import { expect, test } from 'vitest'
import { DEFAULT_PART_SIZE, MAX_OBJECT_SIZE, partSize, partsOf } from './parts.js'

const MiB = 1024 * 1024

test('parts are of 5 MiB, the last one shorter', () => {
  expect(partsOf(12 * MiB)).toEqual([
    { number: 1, start: 0, end: 5 * MiB },
    { number: 2, start: 5 * MiB, end: 10 * MiB },
    { number: 3, start: 10 * MiB, end: 12 * MiB },
  ])
  expect(partsOf(10 * MiB)).toHaveLength(2)
})

test.each([
  [10_000 * DEFAULT_PART_SIZE, 5 * MiB],
  [10_000 * DEFAULT_PART_SIZE + 1, 10 * MiB],
  [MAX_OBJECT_SIZE, 640 * MiB],
])('an object of %d bytes has at most 10,000 parts', (total, size) => {
  expect(partSize(total)).toBe(size)
  expect(Math.ceil(total / size)).toBeLessThanOrEqual(10_000)
})
