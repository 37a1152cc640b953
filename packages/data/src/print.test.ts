import { parse } from 'graphql'
import { expect, test } from 'vitest'
import { print } from './print.js'

const documents = [
  '{ a }',
  'query Q($a: Int = 1, $b: [String!]! = ["x", "y\\n\\"z\\""], $c: I = {f: {g: null}, h: [1.5, -2e3]} @d) @e(x: true) @f { a }',
  'mutation M { a: b(x: $y, z: ENUM, block: """one\n  two "three" """) @skip(if: $s) @include(if: true) { c ...F ... on T @g { d } ... { e } ... @include(if: $x) { f } } }',
  'subscription ($i: ID!) { s(id: $i, list: [{a: 1}, {b: []}], o: {}) { id } } fragment F on T @x { y { z } }',
]

/** What a document means, without where it was written and how its strings were quoted. */
const meaning = (document: string) =>
  JSON.parse(
    JSON.stringify(parse(document, { noLocation: true }), (key, value) =>
      key === 'block' ? undefined : value,
    ),
  )

test.each(documents)('%s', (document) => {
  expect(meaning(print(parse(document)))).toEqual(meaning(document))
})

test('what is not sent to a service is refused', () => {
  expect(() => print(parse('type A { b: Int }'))).toThrow(/ObjectTypeDefinition/)
})
