import fc from 'fast-check'
import { expect, test } from 'vitest'
import { coordinatesProblem, type LinearRing, polygonProblem } from './shapes.js'

const square: LinearRing = [
  [0, 0],
  [2, 0],
  [2, 2],
  [0, 2],
  [0, 0],
]

test('coordinates are two numbers, the longitude first', () => {
  expect(coordinatesProblem([-122.4, 37.8])).toBeUndefined()
  expect(coordinatesProblem([180, -90])).toBeUndefined()
  expect(coordinatesProblem([37.8, -122.4])).toContain('latitude -122.4 is not between -90 and 90')
  expect(coordinatesProblem([180.1, 0])).toContain('longitude 180.1')
  for (const wrong of [
    undefined,
    null,
    'a',
    [],
    [1],
    ['1', '2'],
    [Number.NaN, 0],
    [0, Number.POSITIVE_INFINITY],
    {},
  ])
    expect(coordinatesProblem(wrong)).toContain('two numbers')
})

test('a good ring is taken, whichever vertex it begins at', () => {
  for (let start = 0; start < 4; start++) {
    const turned = [...square.slice(start, 4), ...square.slice(0, start)]
    expect(polygonProblem([[...turned, turned[0]!]])).toBeUndefined()
  }
})

test.each([
  ['no list', undefined, 'must be a list of rings'],
  ['one pair of brackets too few', square, 'one more pair of brackets'],
  ['a hole', [square, square], '2 rings'],
  ['too few vertices', [square.slice(0, 3)], '3 vertices; from 4 to 1000'],
  ['too many vertices', [Array.from({ length: 1001 }, () => [0, 0])], '1001 vertices; from 4 to 1000'],
  ['an open ring', [square.slice(0, 4)], 'open: vertex 3, [0,2], must be the same as vertex 0, [0,0]'],
  [
    'a vertex out of range',
    [
      [
        [0, 0],
        [2, 0],
        [2, 95],
        [0, 0],
      ],
    ],
    'vertex 2, [2,95]: the latitude 95',
  ],
  [
    'a vertex of something else',
    [
      [
        [0, 0],
        ['2', 0],
        [2, 5],
        [0, 0],
      ],
    ],
    'vertex 1, ["2",0]: it must be two numbers',
  ],
  ['a clockwise ring', [[...square].reverse()], 'clockwise, or flat; reverse the order'],
  [
    'a bow tie',
    [
      [
        [0, 0],
        [2, 2],
        [2, 0],
        [0, 2],
        [0, 0],
      ],
    ],
    'the edge from vertex 0 meets the edge from vertex 2',
  ],
  [
    'a ring that touches itself',
    [
      [
        [0, 0],
        [4, 0],
        [4, 4],
        [2, 0],
        [0, 4],
        [0, 0],
      ],
    ],
    'the edge from vertex 0 meets the edge from vertex 2',
  ],
  [
    'a flat ring',
    [
      [
        [0, 0],
        [1, 1],
        [2, 2],
        [0, 0],
      ],
    ],
    'clockwise, or flat',
  ],
])('%s is told by what is wrong, and where', (_, polygon, message) => {
  expect(polygonProblem(polygon)).toContain(message)
})

test('a vertex that is given twice in a row changes nothing, and the others keep their numbers', () => {
  const twice = (ring: LinearRing) => ring.flatMap((vertex): LinearRing => [vertex, [...vertex]])
  expect(polygonProblem([twice(square)])).toBeUndefined()
  expect(polygonProblem([[...square, [0, 0]]])).toBeUndefined()
  expect(polygonProblem([twice([...square].reverse())])).toContain('clockwise')
  const bowTie: LinearRing = [
    [0, 0],
    [2, 2],
    [2, 2],
    [2, 0],
    [0, 2],
    [0, 0],
  ]
  expect(polygonProblem([bowTie])).toContain('the edge from vertex 0 meets the edge from vertex 3')
})

test('every convex ring is taken counter-clockwise and refused clockwise', () => {
  const angles = fc.uniqueArray(fc.integer({ min: 0, max: 359 }), { minLength: 3, maxLength: 40 })
  fc.assert(
    fc.property(angles, fc.integer({ min: 1, max: 60 }), (degrees, radius) => {
      const ring: LinearRing = degrees
        .sort((a, b) => a - b)
        .map((angle) => [
          radius * Math.cos((angle * Math.PI) / 180),
          radius * Math.sin((angle * Math.PI) / 180),
        ])
      ring.push(ring[0]!)
      expect(polygonProblem([ring])).toBeUndefined()
      expect(polygonProblem([[...ring].reverse()])).toContain('clockwise')
    }),
  )
})
