import { expect, test } from 'vitest'
import { fieldsIn, subscriptionFilter } from './subscriptionFilter.js'

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
