import { type Input, ServiceError } from '../awsJson.js'
import type { RestTable } from '../restJson.js'
import { distance, EARTH, type Position } from './gazetteer.js'
import { invalid, positionOf } from './input.js'

// Routes: https://docs.aws.amazon.com/location/latest/APIReference/API_geoRoutes_CalculateRoutes.html
// There is no map of roads here. A route is the great circle from each point to the next, at a speed that is usual for the means; each
// answer says so in its notices, with the service's own code for a part that follows no roads.

/** Kilometres per hour, and the kind of leg. */
const MODES: Record<string, { speed: number; kind: 'Vehicle' | 'Pedestrian' }> = {
  Car: { speed: 80, kind: 'Vehicle' },
  Truck: { speed: 65, kind: 'Vehicle' },
  Scooter: { speed: 40, kind: 'Vehicle' },
  Pedestrian: { speed: 5, kind: 'Pedestrian' },
}

/** Metres between two points of a leg's line, so that it looks like a circle on a flat map. */
const STEP = 50_000

export const routesTable: RestTable = {
  'CalculateRoutes POST /v2/routes': async (call) => {
    const input = await call.input()
    const TravelMode = (input.TravelMode ?? 'Car') as string
    const mode = Object.hasOwn(MODES, TravelMode) ? MODES[TravelMode]! : undefined
    if (!mode) throw invalid(`TravelMode must be one of ${Object.keys(MODES).join(', ')}.`)
    if ((input.LegGeometryFormat ?? 'Simple') !== 'Simple') {
      throw new ServiceError('ValidationException', 'The sandbox tells LegGeometryFormat Simple only.')
    }
    const points = pointsOf(input)
    const Legs = points.slice(1).map((to, at) => legOf(points[at]!, to, TravelMode, mode))
    const sum = (of: (leg: (typeof Legs)[number]) => number) =>
      Legs.reduce((total, leg) => total + of(leg), 0)
    return {
      PricingBucket: 'Core',
      LegGeometryFormat: 'Simple',
      Notices: [{ Code: 'Other', Impact: 'Low' }],
      Routes: [
        {
          Legs: Legs.map(({ leg }) => leg),
          MajorRoadLabels: [],
          Summary: { Distance: sum((each) => each.metres), Duration: sum((each) => each.seconds) },
        },
      ],
    }
  },
}

function pointsOf(input: Input): Position[] {
  const { Waypoints = [] } = input
  if (!Array.isArray(Waypoints) || Waypoints.length > 23)
    throw invalid('Waypoints must be a list of at most 23.')
  return [
    positionOf(input.Origin, 'Origin'),
    ...Waypoints.map((each: Input, at) => positionOf(each?.Position, `Waypoints[${at}].Position`)),
    positionOf(input.Destination, 'Destination'),
  ]
}

function legOf(
  from: Position,
  to: Position,
  TravelMode: string,
  { speed, kind }: { speed: number; kind: 'Vehicle' | 'Pedestrian' },
) {
  const metres = Math.round(distance(from, to))
  const seconds = Math.round(metres / (speed / 3.6))
  const Overview = { Distance: metres, Duration: seconds }
  const details = {
    ...{ AfterTravelSteps: [], PassThroughWaypoints: [], Spans: [], TravelSteps: [] },
    Notices: [{ Code: 'AccuratePolylineUnavailable', Impact: 'Low', Details: [] }],
    Departure: { Place: { Position: from } },
    Arrival: { Place: { Position: to } },
    Summary: { Overview, TravelOnly: { Duration: seconds } },
  }
  const leg = {
    Geometry: { LineString: line(from, to, Math.ceil(metres / STEP)) },
    TravelMode,
    Type: kind,
    [`${kind}LegDetails`]:
      kind === 'Pedestrian'
        ? { ...details, Notices: [] }
        : { ...details, Incidents: [], Tolls: [], TollSystems: [], TruckRoadTypes: [], Zones: [] },
  }
  return { leg, metres, seconds }
}

/** Points along the great circle: https://www.movable-type.co.uk/scripts/latlong.html#intermediate-point */
function line(from: Position, to: Position, steps: number): Position[] {
  const rad = Math.PI / 180
  const [l1, p1, l2, p2] = [from[0] * rad, from[1] * rad, to[0] * rad, to[1] * rad]
  const angle = distance(from, to) / EARTH
  const points: Position[] = [from]
  for (let step = 1; step < steps; step++) {
    const a = Math.sin((1 - step / steps) * angle) / Math.sin(angle)
    const b = Math.sin((step / steps) * angle) / Math.sin(angle)
    const x = a * Math.cos(p1) * Math.cos(l1) + b * Math.cos(p2) * Math.cos(l2)
    const y = a * Math.cos(p1) * Math.sin(l1) + b * Math.cos(p2) * Math.sin(l2)
    const z = a * Math.sin(p1) + b * Math.sin(p2)
    points.push([Math.atan2(y, x) / rad, Math.atan2(z, Math.hypot(x, y)) / rad])
  }
  return [...points, to]
}
