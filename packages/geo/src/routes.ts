import { type Context, currentContext } from '@backline/core/internal'
import { location } from './location.js'
import { checkCoordinates } from './search.js'
import type { Coordinates } from './shapes.js'

export interface CalculateRouteInput {
  from: Coordinates
  to: Coordinates
  /** To be passed on the way, in this order. */
  waypoints?: Coordinates[]
  /** `Car` where left out. */
  travelMode?: 'Car' | 'Truck' | 'Scooter' | 'Pedestrian'
}

export interface RouteLeg {
  /** Metres. */
  distance: number
  /** Seconds. */
  duration: number
  travelMode: string
  /** To be drawn. */
  line: Coordinates[]
}

export interface CalculateRouteOutput {
  distance: number
  duration: number
  /** One from each point to the next. */
  legs: RouteLeg[]
  /** What the service says about the quality of the route, such as `AccuratePolylineUnavailable`. */
  notices: string[]
}

/**
 * The way from one place to another by Amazon Location's Routes, which needs no resources.
 *
 * @example
 * const { distance, duration, legs } = await calculateRoute({ from: [13.4, 52.5], to: [9.99, 53.55] })
 *
 * @throws {GeoError} `InvalidCoordinates`, `ValidationException`, `NoCredentials`, `NetworkError`
 */
export async function calculateRoute(
  { from, to, waypoints = [], travelMode = 'Car' }: CalculateRouteInput,
  ctx: Context = currentContext(),
): Promise<CalculateRouteOutput> {
  checkCoordinates('from', from)
  for (const [at, waypoint] of waypoints.entries()) checkCoordinates(`waypoints[${at}]`, waypoint)
  checkCoordinates('to', to)
  const { Routes, Notices } = await location(ctx, 'v2.CalculateRoutes', [], {
    Origin: from,
    Destination: to,
    Waypoints: waypoints.length ? waypoints.map((Position) => ({ Position })) : undefined,
    TravelMode: travelMode,
    LegGeometryFormat: 'Simple',
  })
  const { Summary = {}, Legs = [] } = Routes[0] ?? {}
  const details = Legs.map((leg) => leg.VehicleLegDetails ?? leg.PedestrianLegDetails ?? leg.FerryLegDetails)
  return {
    distance: Summary.Distance ?? 0,
    duration: Summary.Duration ?? 0,
    legs: Legs.map(({ Geometry, TravelMode }, at) => ({
      distance: details[at]?.Summary?.Overview?.Distance ?? 0,
      duration: details[at]?.Summary?.Overview?.Duration ?? 0,
      travelMode: TravelMode,
      line: Geometry.LineString ?? [],
    })),
    notices: [...Notices, ...details.flatMap((each) => each?.Notices ?? [])].map(({ Code }) => Code),
  }
}
