// What coordinates and polygons must be like, and which vertex is not.

export type Longitude = number
export type Latitude = number
/** Longitude first, as in GeoJSON. */
export type Coordinates = [Longitude, Latitude]
export type SWLongitude = Longitude
export type SWLatitude = Latitude
export type NELongitude = Longitude
export type NELatitude = Latitude
/** West, south, east, north. */
export type BoundingBox = [SWLongitude, SWLatitude, NELongitude, NELatitude]
/** Four or more coordinates, counter-clockwise; the first and the last are the same. */
export type LinearRing = Coordinates[]
/** One ring. */
export type GeofencePolygon = LinearRing[]

/** What is wrong, in a sentence; undefined where nothing is. */
export function coordinatesProblem(coordinates: unknown): string | undefined {
  const [longitude, latitude] = Array.isArray(coordinates) ? coordinates : []
  if (!Number.isFinite(longitude) || !Number.isFinite(latitude))
    return 'it must be two numbers, [longitude, latitude]'
  if (Math.abs(latitude) > 90)
    return `the latitude ${latitude} is not between -90 and 90 (the longitude comes first)`
  return Math.abs(longitude) > 180 ? `the longitude ${longitude} is not between -180 and 180` : undefined
}

/** The same of a polygon. Vertices are counted from 0. */
export function polygonProblem(polygon: unknown): string | undefined {
  if (!Array.isArray(polygon) || !Array.isArray(polygon[0])) return 'the polygon must be a list of rings'
  if (Number.isFinite(polygon[0][0]))
    return 'the polygon must be a list of rings: put one more pair of brackets around it'
  if (polygon.length > 1) return `the polygon has ${polygon.length} rings; only one, without holes, is taken`

  const ring = polygon[0] as LinearRing
  const last = ring.length - 1
  if (last < 3 || last > 999) return `the ring has ${ring.length} vertices; from 4 to 1000 are taken`
  for (const [at, vertex] of ring.entries()) {
    const problem = coordinatesProblem(vertex)
    if (problem) return `vertex ${at}, ${JSON.stringify(vertex)}: ${problem}`
  }
  if (ring[0]![0] !== ring[last]![0] || ring[0]![1] !== ring[last]![1])
    return `the ring is open: vertex ${last}, ${JSON.stringify(ring[last])}, must be the same as vertex 0, ${JSON.stringify(ring[0])}`
  // Tools that people draw with repeat a vertex now and then: an edge of no length is none.
  const edges = [...ring.keys()].filter((at) => at < last && `${ring[at]}` !== `${ring[at + 1]}`)
  for (const [at, one] of edges.entries()) {
    // The last edge is the first one's neighbour.
    for (const other of edges.slice(at + 2, at ? last : -1)) {
      if (cross(ring[one]!, ring[one + 1]!, ring[other]!, ring[other + 1]!))
        return `the ring crosses itself: the edge from vertex ${one} meets the edge from vertex ${other}`
    }
  }
  return area(ring) > 0
    ? undefined
    : 'the ring is clockwise, or flat; reverse the order of its vertices: it must be counter-clockwise'
}

/** Twice the signed area: more than 0 where counter-clockwise. */
const area = (ring: LinearRing) =>
  ring.slice(1).reduce((sum, [x, y], at) => sum + ring[at]![0] * y - x * ring[at]![1], 0)

/** Do two edges have a point in common? */
function cross(a: Coordinates, b: Coordinates, c: Coordinates, d: Coordinates): boolean {
  const side = (p: Coordinates, q: Coordinates, r: Coordinates) =>
    Math.sign((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]))
  const [toC, toD] = [side(a, b, c), side(a, b, d)]
  if (toC || toD) return toC !== toD && side(c, d, a) !== side(c, d, b)
  // All on one line: they meet where they overlap.
  return [0, 1].every((axis) => {
    const [one, other] = [
      [a[axis]!, b[axis]!],
      [c[axis]!, d[axis]!],
    ]
    return Math.min(...one) <= Math.max(...other) && Math.min(...other) <= Math.max(...one)
  })
}
