import type { GeoProps, LocalAccess } from '@backline/schema/backend'
import { checkedAccess, checkNames } from '../localNames.js'

/** The resources of Amazon Location that an app has; the first of each kind is the default. */
export interface GeoPlan {
  access?: LocalAccess
  maps: { name: string; style: string }[]
  placeIndexes: string[]
  geofenceCollections: string[]
  /** The generation of the service that the outputs send clients to. */
  apiVersion?: 2
}

/** https://docs.aws.amazon.com/location/latest/APIReference/API_CreateMap.html */
const NAME = /^[-._\w]{1,100}$/

/** Resources by `defineLocal({ geo })`, and those that `backend.addOutput({ geo })` gives away, as Amplify's documents have it. */
export function geoPlan(
  props: GeoProps | undefined,
  output: Record<string, unknown> | undefined,
): GeoPlan | undefined {
  if (!props && !output) return undefined
  const { maps = [], placeIndexes = [], geofenceCollections = [], apiVersion, ...rest } = props ?? {}
  checkNames('geo.maps', maps, NAME)
  checkNames('geo.placeIndexes', placeIndexes, NAME)
  checkNames('geo.geofenceCollections', geofenceCollections, NAME)
  if (apiVersion !== undefined && apiVersion !== 2)
    throw new Error('defineLocal: geo.apiVersion must be 2, or be left out.')
  const given = output as Given | undefined
  return {
    ...checkedAccess('geo', rest),
    ...(apiVersion && { apiVersion }),
    maps: together(
      maps.map(({ name, style = 'VectorEsriStreets' }) => ({ name, style })),
      first(Object.entries(given?.maps?.items ?? {}), ([name]) => name === given?.maps?.default).map(
        ([name, { style = 'VectorEsriStreets' } = {}]) => ({ name, style }),
      ),
      ({ name }) => name,
    ),
    placeIndexes: together(names(placeIndexes), listed(given?.search_indices), String),
    geofenceCollections: together(names(geofenceCollections), listed(given?.geofence_collections), String),
  }
}

interface List {
  items?: string[]
  default?: string
}
interface Given {
  maps?: { items?: Record<string, { style?: string } | undefined>; default?: string }
  search_indices?: List
  geofence_collections?: List
}

const names = (list: { name: string }[]) => list.map(({ name }) => name)

const listed = (list: List | undefined) => first(list?.items ?? [], (name) => name === list?.default)

/** The default in front of the others. */
function first<T>(list: T[], isDefault: (item: T) => boolean): T[] {
  return [...list.filter(isDefault), ...list.filter((item) => !isDefault(item))]
}

function together<T>(one: T[], other: T[], nameOf: (item: T) => string): T[] {
  return [...new Map([...one, ...other].map((item) => [nameOf(item), item])).values()]
}
