// The wires of Amazon Location: REST JSON, signed with SigV4. See docs/protocols/location.md. Place indexes, geofences and maps of the
// first generation (`geo`); places, maps and routes of the second. No trackers, no management of resources, no API keys.

import { type Context, dnsSuffix, type GeoConfig, notConfigured, restJson } from '@backline/core/internal'
import { sigv4 } from '@backline/core/sigv4'
import { GeoError } from './errors.js'

export type LocationService = NonNullable<GeoConfig['LocationService']>

/** @throws {AmplifyError} `NoGeoConfig` */
export function locationService(ctx: Context): LocationService {
  const service = ctx.config.Geo?.LocationService
  if (!service?.region) throw notConfigured('NoGeoConfig', 'Geo.LocationService.region', ctx)
  return service
}

/** Where a part of the service is: `places`, `geofencing`, `maps`, `routes`. */
export function baseOf({ region, endpoint }: LocationService, part: string): string {
  return endpoint?.replace(/\/$/, '') ?? `https://${part}.geo.${region}.${dnsSuffix(region)}`
}

/** Operation → [part, method, path]. A star stands for a name; the last word of the signature's scope is what follows the part. */
const operations = {
  BatchDeleteGeofence: 'geofencing POST /geofencing/v0/collections/*/delete-geofences',
  BatchPutGeofence: 'geofencing POST /geofencing/v0/collections/*/put-geofences',
  GetGeofence: 'geofencing GET /geofencing/v0/collections/*/geofences/*',
  GetPlace: 'places GET /places/v0/indexes/*/places/*',
  ListGeofences: 'geofencing POST /geofencing/v0/collections/*/list-geofences',
  SearchPlaceIndexForPosition: 'places POST /places/v0/indexes/*/search/position',
  SearchPlaceIndexForSuggestions: 'places POST /places/v0/indexes/*/search/suggestions',
  SearchPlaceIndexForText: 'places POST /places/v0/indexes/*/search/text',
  // The second generation.
  'v2.Autocomplete': 'places POST /v2/autocomplete',
  'v2.CalculateRoutes': 'routes POST /v2/routes',
  'v2.Geocode': 'places POST /v2/geocode',
  'v2.GetPlace': 'places GET /v2/place/*',
  'v2.ReverseGeocode': 'places POST /v2/reverse-geocode',
  'v2.SearchText': 'places POST /v2/search-text',
}

interface WirePlace {
  Geometry?: { Point?: [number, number] }
  [key: string]: unknown
}
interface WireGeometry {
  Polygon?: [number, number][][]
}
export interface WireGeofence {
  GeofenceId: string
  Geometry: WireGeometry
  Status: string
  CreateTime: string
  UpdateTime: string
}
interface WireError {
  GeofenceId: string
  Error: { Code: string; Message: string }
}
/** A place of the second generation. */
export interface WireItem {
  PlaceId: string
  Title: string
  Position?: [number, number]
  Address?: {
    [Part in 'Label' | 'AddressNumber' | 'Street' | 'Locality' | 'District' | 'PostalCode']?: string
  } & { Country?: { Code3?: string }; Region?: { Name?: string }; SubRegion?: { Name?: string } }
}
export interface WireRoute {
  Notices: { Code: string }[]
  Routes: {
    Summary?: { Distance?: number; Duration?: number }
    Legs: {
      Geometry: { LineString?: [number, number][] }
      TravelMode: string
      [details: `${string}LegDetails`]:
        | { Notices?: { Code: string }[]; Summary?: { Overview?: { Distance: number; Duration: number } } }
        | undefined
    }[]
  }[]
}

/** What each operation answers, spelled as on the wire. */
interface Answers {
  BatchDeleteGeofence: { Errors: WireError[] }
  BatchPutGeofence: { Successes: Omit<WireGeofence, 'Geometry' | 'Status'>[]; Errors: WireError[] }
  GetGeofence: WireGeofence
  GetPlace: { Place?: WirePlace }
  ListGeofences: { Entries: WireGeofence[]; NextToken?: string }
  SearchPlaceIndexForPosition: { Results: { Place: WirePlace }[] }
  SearchPlaceIndexForSuggestions: { Results: { Text: string; PlaceId?: string }[] }
  SearchPlaceIndexForText: { Results: { Place: WirePlace }[] }
  'v2.Autocomplete': { ResultItems?: WireItem[] }
  'v2.CalculateRoutes': WireRoute
  'v2.Geocode': { ResultItems?: WireItem[] }
  'v2.GetPlace': WireItem
  'v2.ReverseGeocode': { ResultItems?: WireItem[] }
  'v2.SearchText': { ResultItems?: WireItem[] }
}

/**
 * @param names what the stars in the path stand for, in order
 * @throws {GeoError} with the service's own name, `NoCredentials`, `NetworkError`
 */
export function location<Operation extends keyof Answers>(
  ctx: Context,
  operation: Operation,
  names: string[],
  input?: object,
): Promise<Answers[Operation]> {
  const service = locationService(ctx)
  const [part, method, path] = operations[operation].split(' ') as [string, string, string]
  const rest = [...names]
  return restJson(ctx, {
    method,
    url: baseOf(service, part) + path.replace(/\*/g, () => encodeURIComponent(rest.shift()!)),
    input,
    // A search changes nothing, and a geofence that is put or deleted twice is as it was after once.
    idempotent: true,
    authorize: sigv4({
      service: operation.startsWith('v2') ? `geo-${part}` : 'geo',
      region: service.region,
    }),
    error: GeoError,
  })
}
