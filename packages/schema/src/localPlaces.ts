import type { LocalAccess } from './localStreams.js'

// Amazon Location, as `defineLocal` says it.

export interface GeoProps {
  /** Whose credentials may call it; everybody's, guests' as well, where left out. */
  access?: LocalAccess
  /** Maps by name, the default first. One whose style has `Dark` in its name is dark. */
  maps?: {
    name: string
    /** `VectorEsriStreets` where left out. */
    style?: string
  }[]
  /** Place indexes by name, the default first. */
  placeIndexes?: { name: string }[]
  /** Geofence collections by name, the default first. */
  geofenceCollections?: { name: string }[]
  /** 2 sends clients to the second generation of places and maps, which has no resources. */
  apiVersion?: 2
}
