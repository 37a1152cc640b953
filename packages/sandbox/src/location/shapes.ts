import { distance, type Position } from './gazetteer.js'

// The geometry of geofences: which shapes the service takes, and what is inside of them.
// https://docs.aws.amazon.com/location/previous/APIReference/API_GeofenceGeometry.html

export type Shape = { Polygon: Position[][] } | { Circle: { Center: Position; Radius: number } }

/** What is wrong with a geometry, in a sentence; undefined where nothing is. */
export function problemOf(geometry: unknown): string | undefined {
  const { Polygon, Circle, ...rest } = (geometry ?? {}) as Record<string, unknown>
  if (Object.keys(rest).length) return `Geometry.${Object.keys(rest)[0]} is not kept by the sandbox.`
  if ((Polygon === undefined) === (Circle === undefined))
    return 'Geometry must have either Polygon or Circle.'
  return Circle === undefined ? polygonProblem(Polygon) : circleProblem(Circle)
}

function circleProblem(circle: unknown): string | undefined {
  const { Center, Radius } = (circle ?? {}) as { Center?: unknown; Radius?: unknown }
  const problem = positionProblem(Center, 'Circle.Center')
  if (problem) return problem
  const good = typeof Radius === 'number' && Radius > 0 && Radius <= 100_000
  return good ? undefined : 'Circle.Radius must be more than 0 and at most 100000 metres.'
}

function polygonProblem(polygon: unknown): string | undefined {
  if (!Array.isArray(polygon) || !polygon.length || !polygon.every(Array.isArray)) {
    return 'Polygon must be a list of rings.'
  }
  const rings = polygon as unknown[][]
  if (rings.reduce((sum, ring) => sum + ring.length, 0) > 1000) return 'Polygon has more than 1000 vertices.'
  for (const [at, ring] of rings.entries()) {
    const problem = ringProblem(ring, `Polygon[${at}]`, at === 0)
    if (problem) return problem
  }
  return undefined
}

function ringProblem(ring: unknown[], name: string, isOuter: boolean): string | undefined {
  if (ring.length < 4) return `${name} must have at least 4 positions.`
  for (const [at, position] of ring.entries()) {
    const problem = positionProblem(position, `${name}[${at}]`)
    if (problem) return problem
  }
  const points = ring as Position[]
  const last = points.at(-1)!
  if (points[0]![0] !== last[0] || points[0]![1] !== last[1])
    return `${name}: the first and the last position must be the same.`
  const crossing = crossingOf(points)
  if (crossing) return `${name}: the edges at ${crossing.join(' and ')} cross.`
  return area(points) > 0 === isOuter
    ? undefined
    : `${name} must be wound ${isOuter ? 'counter-clockwise' : 'clockwise'}.`
}

function positionProblem(position: unknown, name: string): string | undefined {
  const isPair =
    Array.isArray(position) && position.length === 2 && position.every((each) => Number.isFinite(each))
  if (!isPair) return `${name} must be a list of two numbers, longitude and latitude.`
  const [longitude, latitude] = position as Position
  return Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90 ? undefined : `${name} is out of range.`
}

/** Twice the signed area: more than 0 where wound counter-clockwise. */
function area(ring: Position[]): number {
  return ring.slice(1).reduce((sum, [x, y], at) => sum + ring[at]![0] * y - x * ring[at]![1], 0)
}

/** The first two edges that cross, by the vertices they begin at. */
function crossingOf(ring: Position[]): [number, number] | undefined {
  const edges = ring.length - 1
  for (let one = 0; one < edges; one++) {
    for (let other = one + 2; other < edges; other++) {
      // The last edge and the first share a vertex.
      if (one === 0 && other === edges - 1) continue
      if (cross(ring[one]!, ring[one + 1]!, ring[other]!, ring[other + 1]!)) return [one, other]
    }
  }
  return undefined
}

function cross(a: Position, b: Position, c: Position, d: Position): boolean {
  const side = (p: Position, q: Position, r: Position) =>
    Math.sign((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]))
  return side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b)
}

export function contains(shape: Shape, position: Position): boolean {
  if ('Circle' in shape) return distance(shape.Circle.Center, position) <= shape.Circle.Radius
  // Inside of the outer ring and of no hole: an odd number of rings.
  return shape.Polygon.filter((ring) => isInside(ring, position)).length % 2 === 1
}

/** By the number of edges that a ray to the east meets. */
function isInside(ring: Position[], [x, y]: Position): boolean {
  let inside = false
  for (let at = 1; at < ring.length; at++) {
    const [x1, y1] = ring[at - 1]!
    const [x2, y2] = ring[at]!
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside
  }
  return inside
}
