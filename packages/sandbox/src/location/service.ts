import { answerRest, isPathOf, type RestTable, restFault } from '../restJson.js'
import type { CredentialAuthority, Service, World } from '../service.js'
import { signedFor } from '../sigv4.js'
import { type Gazetteer, openGazetteer } from './gazetteer.js'
import { geofenceTable, migrateGeofences } from './geofences.js'
import { mapParts, mapsTable, mapTable } from './maps.js'
import { placeIndexTable } from './places.js'
import { placesTable } from './placesV2.js'
import { routesTable } from './routes.js'

/** Amazon Location of both generations, each part under the name that signatures have for it. See docs/protocols/location.md. */
export function createLocation(world: World, authority: CredentialAuthority): Service[] {
  migrateGeofences(world.store)
  const plan = () => world.plan.local?.geo
  let opened: Promise<Gazetteer> | undefined
  // Half a second and fifty megabytes, for the first who asks.
  const gazetteer = () => (opened ??= openGazetteer())
  const parts = mapParts(gazetteer)

  const serve = (service: string, table: RestTable, more: Partial<Service> = {}): Service => ({
    name: service,
    matches: (request) => (signedFor(request) ?? service) === service && isPathOf(table, request),
    handle: (request) =>
      answerRest(request, { service, authority, table, clock: world.clock, access: plan()?.access }),
    fault: restFault,
    ...more,
  })
  return [
    serve(
      'geo',
      {
        ...placeIndexTable(gazetteer, (name) => !!plan()?.placeIndexes.includes(name)),
        ...geofenceTable(world, (name) => !!plan()?.geofenceCollections.includes(name)),
        ...mapTable(world, parts, (name) => plan()?.maps.find((map) => map.name === name)?.style),
      },
      {
        outputs: () => outputsOf(world),
        reset() {
          for (const table of ['geofences', 'geofence_visits']) world.store.run(`DELETE FROM ${table}`)
        },
      },
    ),
    serve('geo-places', placesTable(gazetteer)),
    serve('geo-maps', { ...mapsTable(world, parts, '/v2'), ...mapsTable(world, parts, '') }),
    serve('geo-routes', routesTable),
  ]
}

function outputsOf({ plan, url, region }: World): Record<string, unknown> {
  const geo = plan.local?.geo
  if (!geo) return {}
  const list = (items: string[]) => (items.length ? { items, default: items[0] } : undefined)
  const { maps, placeIndexes, geofenceCollections, apiVersion } = geo
  return {
    geo: {
      ...{ aws_region: region, endpoint: url },
      ...(apiVersion && { api_version: apiVersion }),
      ...(maps.length && {
        maps: {
          items: Object.fromEntries(maps.map(({ name, style }) => [name, { style }])),
          default: maps[0]!.name,
        },
      }),
      search_indices: list(placeIndexes),
      geofence_collections: list(geofenceCollections),
    },
  }
}
