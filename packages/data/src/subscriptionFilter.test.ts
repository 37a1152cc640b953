import { expect, test } from 'vitest'
import { fieldsIn, subscriptionFilter } from './subscriptionFilter.js'

const ten = Array.from({ length: 10 }, (_, at) => ({ a: { eq: at } }))
const fields = (names: string) => Object.fromEntries([...names].map((name) => [name, { eq: 1 }]))

test.each([
  [
    { a: { eq: 1 }, b: { beginsWith: 'x', ne: 'xy' } },
    { a: { eq: 1 }, b: { beginsWith: 'x', ne: 'xy' } },
    true,
  ],
  [{ a: { eq: 1, attributeExists: true }, b: { size: { gt: 1 } } }, { a: { eq: 1 } }, false],
  [{ not: { a: { eq: 1 } }, b: { in: [1] } }, { b: { in: [1] } }, false],
  [
    { or: [{ a: { eq: 1 } }, { b: { eq: 1, size: { eq: 1 } } }] },
    { or: [{ a: { eq: 1 } }, { b: { eq: 1 } }] },
    false,
  ],
  [{ or: [{ a: { eq: 1 } }, { not: { b: { eq: 1 } } }] }, undefined, false],
  [{ and: [{ a: { eq: 1 } }, { not: { b: { eq: 1 } } }] }, { and: [{ a: { eq: 1 } }] }, false],
  [{ and: { a: { eq: 1 } } }, { and: [{ a: { eq: 1 } }] }, true],
  [{ a: undefined, b: null }, undefined, true],
  // More than AppSync takes: five values, ten alternatives, five fields.
  [{ a: { in: [1, 2, 3, 4, 5] } }, { a: { in: [1, 2, 3, 4, 5] } }, true],
  [{ a: { in: [1, 2, 3, 4, 5, 6], ne: 6 } }, { a: { ne: 6 } }, false],
  [{ or: [{ a: { notIn: [1, 2, 3, 4, 5, 6] } }, { b: { eq: 1 } }] }, undefined, false],
  [{ or: ten }, { or: ten }, true],
  [{ a: { eq: 1 }, or: [...ten, ...ten] }, { a: { eq: 1 } }, false],
  [{ and: [{ or: ten }, { or: ten.slice(5) }], c: { eq: 1 } }, { c: { eq: 1 } }, false],
  [{ ...fields('abcde'), or: [{ a: { eq: 2 } }, { f: { eq: 1 } }] }, fields('abcde'), false],
])('%j is sent as %j', (filter, sent, whole) => {
  expect(subscriptionFilter(filter)).toEqual({ sent, whole })
})

test('the fields of a filter are found at any depth', () => {
  expect(fieldsIn({ a: { eq: 1 }, or: [{ b: { eq: 1 } }, { not: { c: { eq: 1 } } }] })).toEqual([
    'a',
    'b',
    'c',
  ])
})
