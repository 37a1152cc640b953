import { type AmplifyError, type Context, currentContext } from '@backline/core/internal'
import { GeoError } from './errors.js'
import { location, locationService, type WireGeofence } from './location.js'
import { type GeofencePolygon, polygonProblem } from './shapes.js'

export type GeofenceId = string

export interface PolygonGeometry {
  polygon: GeofencePolygon
}
export interface GeofenceInput {
  /** Letters, digits, hyphens, underscores and periods. */
  geofenceId: GeofenceId
  geometry: PolygonGeometry
}
export interface GeofenceOptions {
  providerName?: string
}
export type AmazonLocationServiceGeofenceOptions = GeofenceOptions & {
  /** The default one of the configuration where left out. */
  collectionName?: string
}
export type ListGeofenceOptions = GeofenceOptions & {
  nextToken?: string
}
export type AmazonLocationServiceListGeofenceOptions = ListGeofenceOptions & {
  collectionName?: string
}

export interface GeofenceError {
  error: {
    /** The service's name for it, or `InvalidGeofence`. */
    code: string
    message: string
  }
  geofenceId: GeofenceId
}
interface GeofenceBase {
  geofenceId: GeofenceId
  createTime?: Date
  updateTime?: Date
}
export type Geofence = GeofenceBase & {
  geometry: PolygonGeometry
}
export type AmazonLocationServiceGeofenceStatus = 'ACTIVE' | 'PENDING' | 'FAILED' | 'DELETED' | 'DELETING'
export type AmazonLocationServiceGeofence = Omit<Geofence, 'status'> & {
  status: AmazonLocationServiceGeofenceStatus
}

export interface SaveGeofencesResults {
  successes: GeofenceBase[]
  errors: GeofenceError[]
}
export interface ListGeofenceResults {
  entries: Geofence[]
  nextToken: string | undefined
}
export interface DeleteGeofencesResults {
  successes: GeofenceId[]
  errors: GeofenceError[]
}
export type AmazonLocationServiceBatchGeofenceErrorMessages =
  | 'AccessDeniedException'
  | 'InternalServerException'
  | 'ResourceNotFoundException'
  | 'ThrottlingException'
  | 'ValidationException'
export type AmazonLocationServiceBatchGeofenceError = Omit<GeofenceError, 'error'> & {
  error: {
    code: string
    message: AmazonLocationServiceBatchGeofenceErrorMessages | (string & {})
  }
}
export type AmazonLocationServiceDeleteGeofencesResults = Omit<DeleteGeofencesResults, 'errors'> & {
  errors: AmazonLocationServiceBatchGeofenceError[]
}

/** What one call of the service may carry, and how many calls go at the same time. */
const batchSize = 10
const atOnce = 4

/**
 * Creates geofences, or replaces those of the same id, ten to a call. What the service refuses is in `errors`, each with its
 * reason, and so is a bad geofence in a list: the others go through.
 *
 * @example
 * const { successes, errors } = await saveGeofences([
 *   { geofenceId: 'park', geometry: { polygon: [[[0, 0], [1, 0], [1, 1], [0, 0]]] } },
 * ])
 *
 * @throws {GeoError} `InvalidGeofence` for one that is not in a list, `InvalidInput`, `NoGeofenceCollection`, `NoCredentials`
 */
export async function saveGeofences(
  geofences: GeofenceInput | GeofenceInput[],
  options: AmazonLocationServiceGeofenceOptions = {},
  ctx: Context = currentContext(),
): Promise<SaveGeofencesResults> {
  const list = [geofences].flat()
  if (!list.length) throw new GeoError('InvalidInput', 'Geofence input array is empty')
  const collection = collectionOf(ctx, options)
  const results: SaveGeofencesResults = { successes: [], errors: [] }
  const seen = new Set<string>()
  const good = list.filter((geofence) => {
    const id = String(geofence?.geofenceId)
    const problem = seen.has(id) ? 'its id is in the list twice' : geofenceProblem(geofence)
    seen.add(id)
    if (!problem) return true
    const message = `Geofence '${id}': ${problem}.`
    if (geofences === geofence) throw new GeoError('InvalidGeofence', message)
    results.errors.push({ geofenceId: id, error: { code: 'InvalidGeofence', message } })
    return false
  })

  await inBatches(good, async (batch) => {
    const failed = (error: GeofenceError['error']) => batch.map(({ geofenceId }) => ({ geofenceId, error }))
    const Entries = batch.map(({ geofenceId, geometry }) => ({
      GeofenceId: geofenceId,
      Geometry: { Polygon: geometry.polygon },
    }))
    try {
      const { Successes, Errors } = await location(ctx, 'BatchPutGeofence', [collection], { Entries })
      results.successes.push(...Successes.map(baseOf))
      results.errors.push(...Errors.map(errorOf))
    } catch (error) {
      results.errors.push(...failed(refusal(error)))
    }
  })
  return results
}

/**
 * One geofence with its polygon.
 *
 * @throws {GeoError} `ResourceNotFoundException`, `InvalidGeofenceId`, `NoGeofenceCollection`, `NoCredentials`, `NetworkError`
 */
export async function getGeofence(
  geofenceId: GeofenceId,
  options: AmazonLocationServiceGeofenceOptions = {},
  ctx: Context = currentContext(),
): Promise<AmazonLocationServiceGeofence> {
  const collection = collectionOf(ctx, options)
  checkIds([geofenceId])
  return geofenceOf(await location(ctx, 'GetGeofence', [collection, geofenceId]))
}

/**
 * A page of up to a hundred geofences. Pass the `nextToken` of one page for the next; after the last one there is none.
 *
 * @throws {GeoError} `ValidationException`, `NoGeofenceCollection`, `NoCredentials`, `NetworkError`
 */
export async function listGeofences(
  options: AmazonLocationServiceListGeofenceOptions = {},
  ctx: Context = currentContext(),
): Promise<ListGeofenceResults> {
  const { Entries, NextToken } = await location(ctx, 'ListGeofences', [collectionOf(ctx, options)], {
    NextToken: options.nextToken,
  })
  return { entries: Entries.map(geofenceOf), nextToken: NextToken }
}

/**
 * Deletes geofences, ten to a call. `errors` has those that could not be, such as ids that there are not.
 *
 * @throws {GeoError} `InvalidGeofenceId`, `InvalidInput`, `NoGeofenceCollection`, `NoCredentials`
 */
export async function deleteGeofences(
  geofenceIds: GeofenceId | GeofenceId[],
  options: AmazonLocationServiceGeofenceOptions = {},
  ctx: Context = currentContext(),
): Promise<AmazonLocationServiceDeleteGeofencesResults> {
  const ids = [...new Set([geofenceIds].flat())]
  if (!ids.length) throw new GeoError('InvalidInput', 'GeofenceId input array is empty')
  const collection = collectionOf(ctx, options)
  checkIds(ids)
  const results: AmazonLocationServiceDeleteGeofencesResults = { successes: [], errors: [] }
  await inBatches(ids, async (batch) => {
    try {
      const { Errors } = await location(ctx, 'BatchDeleteGeofence', [collection], { GeofenceIds: batch })
      results.errors.push(...Errors.map(errorOf))
      const kept = Errors.map(({ GeofenceId }) => GeofenceId)
      results.successes.push(...batch.filter((id) => !kept.includes(id)))
    } catch (error) {
      const reason = refusal(error)
      results.errors.push(...batch.map((geofenceId) => ({ geofenceId, error: reason })))
    }
  })
  return results
}

function collectionOf(ctx: Context, { collectionName }: { collectionName?: string }): string {
  const name = collectionName ?? locationService(ctx).geofenceCollections?.default
  if (name) return name
  throw new GeoError(
    'NoGeofenceCollection',
    'No geofence collection is configured: Geo.LocationService.geofenceCollections.default is missing.',
    { recoverySuggestion: 'Configure it, or pass collectionName.' },
  )
}

/** https://docs.aws.amazon.com/location/previous/APIReference/API_BatchPutGeofenceRequestEntry.html */
const isId = (id: unknown) => typeof id === 'string' && /^[-._\p{L}\p{N}]{1,100}$/u.test(id)

function checkIds(ids: unknown[]): void {
  const bad = ids.filter((id) => !isId(id))
  if (bad.length) {
    throw new GeoError(
      'InvalidGeofenceId',
      `Invalid geofence ids: ${bad.join(', ')}. They can only contain letters, digits, hyphens, underscores and periods.`,
    )
  }
}

function geofenceProblem(geofence: GeofenceInput | undefined): string | undefined {
  const { geofenceId, geometry } = geofence ?? {}
  if (!isId(geofenceId)) return 'geofenceId must be letters, digits, hyphens, underscores and periods'
  return geometry?.polygon ? polygonProblem(geometry.polygon) : 'geometry.polygon is missing'
}

/** A few at a time, so that a thousand geofences do not run into the service's throttle at once. */
async function inBatches<T>(items: T[], work: (batch: T[]) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < items.length) await work(items.slice(next, (next += batchSize)))
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

/** Why a whole call failed, for each that it carried. Without credentials nothing at all can be done. */
function refusal(error: unknown): GeofenceError['error'] {
  const { name, message } = error as AmplifyError
  if (name === 'NoCredentials') throw error
  return { code: name, message }
}

const errorOf = ({
  GeofenceId,
  Error: { Code, Message },
}: {
  GeofenceId: string
  Error: { Code: string; Message: string }
}): GeofenceError => ({ geofenceId: GeofenceId, error: { code: Code, message: Message } })

const baseOf = ({ GeofenceId, CreateTime, UpdateTime }: Omit<WireGeofence, 'Geometry' | 'Status'>) => ({
  geofenceId: GeofenceId,
  createTime: new Date(CreateTime),
  updateTime: new Date(UpdateTime),
})

const geofenceOf = (geofence: WireGeofence): AmazonLocationServiceGeofence => ({
  ...baseOf(geofence),
  status: geofence.Status as AmazonLocationServiceGeofenceStatus,
  // A circle, which only other clients make, has no polygon.
  geometry: { polygon: geofence.Geometry.Polygon ?? [] },
})
