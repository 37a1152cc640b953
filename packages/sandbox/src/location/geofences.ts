import type { Input } from '../awsJson.js'
import { refusedByOrder } from '../batchFault.js'
import type { RestCall, RestTable } from '../restJson.js'
import type { World } from '../service.js'
import type { Store } from '../store.js'
import type { Position } from './gazetteer.js'
import { invalid, maxResults, notFound, positionOf } from './input.js'
import { contains, problemOf, type Shape } from './shapes.js'

// Geofence collections: https://docs.aws.amazon.com/location/previous/APIReference/API_Operations_Amazon_Location_Service_Geofences.html

/** What one call may carry. */
const BATCH = 10
const ID = /^[-._\p{L}\p{N}]{1,100}$/u

export function migrateGeofences(store: Store): void {
  store.migrate('location', [
    `CREATE TABLE geofences (
       collection TEXT NOT NULL, id TEXT NOT NULL, geometry TEXT NOT NULL, properties TEXT,
       created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, PRIMARY KEY (collection, id)) STRICT;
     CREATE TABLE geofence_visits (
       collection TEXT NOT NULL, device TEXT NOT NULL, geofence TEXT NOT NULL,
       PRIMARY KEY (collection, device, geofence)) STRICT`,
  ])
}

interface Row {
  id: string
  geometry: string
  properties: string | null
  created_at: number
  updated_at: number
}

const COLUMNS = 'id, geometry, properties, created_at, updated_at'

export function geofenceTable(world: World, hasCollection: (name: string) => boolean): RestTable {
  const { store } = world
  const collectionOf = ({ path }: RestCall): string => {
    const name = path.CollectionName!
    if (!hasCollection(name)) throw notFound('Geofence collection', name)
    return name
  }
  const read = (collection: string, id: string) =>
    store.get<Row>(`SELECT ${COLUMNS} FROM geofences WHERE collection = ? AND id = ?`, collection, id)

  const put = (collection: string, id: string, { Geometry, GeofenceProperties }: Input) => {
    const now = world.clock.now()
    const before = read(collection, id)
    store.run(
      'INSERT OR REPLACE INTO geofences VALUES (?, ?, ?, ?, ?, ?)',
      ...[collection, id, JSON.stringify(Geometry)],
      GeofenceProperties ? JSON.stringify(GeofenceProperties) : null,
      ...[before?.created_at ?? now, now],
    )
    return { GeofenceId: id, CreateTime: time(before?.created_at ?? now), UpdateTime: time(now) }
  }

  return {
    'BatchPutGeofence POST /geofencing/v0/collections/{CollectionName}/put-geofences': async (call) => {
      const collection = collectionOf(call)
      const entries = batchOf((await call.input()).Entries, 'Entries') as Input[]
      const refused = refusedByOrder(
        call.request,
        entries.map(({ GeofenceId }) => String(GeofenceId)),
      )
      const Successes: object[] = []
      const Errors: object[] = []
      store.transaction(() => {
        for (const [at, entry] of entries.entries()) {
          const { GeofenceId } = entry
          if (refused(at)) {
            Errors.push(errorOf(GeofenceId, 'ThrottlingError', 'Refused by order.'))
            continue
          }
          const problem = idProblem(GeofenceId) ?? problemOf(entry.Geometry) ?? propertiesProblem(entry)
          if (problem) Errors.push(errorOf(GeofenceId, 'ValidationError', problem))
          else Successes.push(put(collection, GeofenceId as string, entry))
        }
      })
      return { Successes, Errors }
    },

    'PutGeofence PUT /geofencing/v0/collections/{CollectionName}/geofences/{GeofenceId}': async (call) => {
      const collection = collectionOf(call)
      const input = await call.input()
      const id = call.path.GeofenceId!
      const problem = idProblem(id) ?? problemOf(input.Geometry) ?? propertiesProblem(input)
      if (problem) throw invalid(problem)
      return put(collection, id, input)
    },

    'GetGeofence GET /geofencing/v0/collections/{CollectionName}/geofences/{GeofenceId}': async (call) => {
      const row = read(collectionOf(call), call.path.GeofenceId!)
      if (!row) throw notFound('Geofence', call.path.GeofenceId!)
      return geofenceOf(row)
    },

    'ListGeofences POST /geofencing/v0/collections/{CollectionName}/list-geofences': async (call) => {
      const collection = collectionOf(call)
      const input = await call.input()
      const limit = maxResults(input, 100, 100)
      const after = input.NextToken === undefined ? '' : fromToken(input.NextToken)
      const rows = store.all<Row>(
        `SELECT ${COLUMNS} FROM geofences WHERE collection = ? AND id > ? ORDER BY id LIMIT ?`,
        ...[collection, after, limit + 1],
      )
      const page = rows.slice(0, limit)
      return {
        Entries: page.map(geofenceOf),
        ...(rows.length > limit && { NextToken: Buffer.from(page.at(-1)!.id).toString('base64url') }),
      }
    },

    'BatchDeleteGeofence POST /geofencing/v0/collections/{CollectionName}/delete-geofences': async (call) => {
      const collection = collectionOf(call)
      const ids = batchOf((await call.input()).GeofenceIds, 'GeofenceIds')
      const Errors = store.transaction(() =>
        ids.flatMap((id) => {
          const problem = idProblem(id)
          if (problem) return [errorOf(id, 'ValidationError', problem)]
          const { changes } = store.run(
            'DELETE FROM geofences WHERE collection = ? AND id = ?',
            collection,
            id as string,
          )
          return changes ? [] : [errorOf(id, 'ResourceNotFoundError', `Geofence not found: ${id}`)]
        }),
      )
      return { Errors }
    },

    'BatchEvaluateGeofences POST /geofencing/v0/collections/{CollectionName}/positions': async (call) => {
      const collection = collectionOf(call)
      const updates = batchOf((await call.input()).DevicePositionUpdates, 'DevicePositionUpdates') as Input[]
      const checked = updates.map(({ DeviceId, Position }, at) => {
        if (typeof DeviceId !== 'string' || !ID.test(DeviceId))
          throw invalid(`DevicePositionUpdates[${at}].DeviceId is no id.`)
        return {
          device: DeviceId,
          position: positionOf(Position, `DevicePositionUpdates[${at}].Position`),
        }
      })
      store.transaction(() => {
        for (const { device, position } of checked) evaluate(world, collection, device, position)
      })
      return { Errors: [] }
    },
  }
}

/** What on AWS becomes an event of EventBridge is a line in the sandbox's log: who has come into which geofence, and left it. */
function evaluate({ store, log }: World, collection: string, device: string, position: Position): void {
  const before = new Set(
    store
      .all<{ geofence: string }>(
        'SELECT geofence FROM geofence_visits WHERE collection = ? AND device = ?',
        ...[collection, device],
      )
      .map(({ geofence }) => geofence),
  )
  const now = new Set(
    store
      .all<Row>(`SELECT ${COLUMNS} FROM geofences WHERE collection = ?`, collection)
      .filter(({ geometry }) => contains(JSON.parse(geometry) as Shape, position))
      .map(({ id }) => id),
  )
  store.run('DELETE FROM geofence_visits WHERE collection = ? AND device = ?', collection, device)
  for (const id of now) store.run('INSERT INTO geofence_visits VALUES (?, ?, ?)', collection, device, id)
  for (const id of now) if (!before.has(id)) log(`geo: ENTER ${collection}/${id} by ${device}`)
  for (const id of before) if (!now.has(id)) log(`geo: EXIT ${collection}/${id} by ${device}`)
}

function batchOf(value: unknown, name: string): unknown[] {
  if (!Array.isArray(value) || !value.length || value.length > BATCH) {
    throw invalid(`${name} must be a list of 1 to ${BATCH}.`)
  }
  return value
}

function idProblem(id: unknown): string | undefined {
  return typeof id === 'string' && ID.test(id)
    ? undefined
    : 'GeofenceId must be 1 to 100 letters, digits, hyphens, underscores and periods.'
}

function propertiesProblem({ GeofenceProperties = {} }: Input): string | undefined {
  const entries = Object.entries(GeofenceProperties as object)
  const good =
    entries.length <= 3 &&
    entries.every(
      ([name, value]) => name.length <= 20 && typeof value === 'string' && value && value.length <= 40,
    )
  return good ? undefined : 'GeofenceProperties must be at most 3 short texts.'
}

const errorOf = (id: unknown, Code: string, Message: string) => ({
  GeofenceId: String(id),
  Error: { Code, Message },
})

function geofenceOf({ id, geometry, properties, created_at, updated_at }: Row) {
  return {
    ...{ GeofenceId: id, Geometry: JSON.parse(geometry) as Shape, Status: 'ACTIVE' },
    ...{ CreateTime: time(created_at), UpdateTime: time(updated_at) },
    ...(properties && { GeofenceProperties: JSON.parse(properties) as Record<string, string> }),
  }
}

const time = (milliseconds: number) => new Date(milliseconds).toISOString()

function fromToken(token: unknown): string {
  const id = typeof token === 'string' ? Buffer.from(token, 'base64url').toString() : ''
  if (!ID.test(id)) throw invalid('NextToken is not one that this service has given.')
  return id
}
