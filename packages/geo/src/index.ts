export type { GeoConfig } from '@backline/core/internal'
export { GeoError, type GeoErrorName } from './errors.js'
export { Geo } from './geo.js'
export {
  type AmazonLocationServiceBatchGeofenceError,
  type AmazonLocationServiceBatchGeofenceErrorMessages,
  type AmazonLocationServiceDeleteGeofencesResults,
  type AmazonLocationServiceGeofence,
  type AmazonLocationServiceGeofenceOptions,
  type AmazonLocationServiceGeofenceStatus,
  type AmazonLocationServiceListGeofenceOptions,
  type DeleteGeofencesResults,
  deleteGeofences,
  type Geofence,
  type GeofenceError,
  type GeofenceId,
  type GeofenceInput,
  type GeofenceOptions,
  getGeofence,
  type ListGeofenceOptions,
  type ListGeofenceResults,
  listGeofences,
  type PolygonGeometry,
  type SaveGeofencesResults,
  saveGeofences,
} from './geofences.js'
export {
  type AmazonLocationServiceMapStyle,
  getAvailableMaps,
  getDefaultMap,
  type MapStyle,
  transformRequest,
} from './maps.js'
export type { GeoProvider } from './provider.js'
export {
  type CalculateRouteInput,
  type CalculateRouteOutput,
  calculateRoute,
  type RouteLeg,
} from './routes.js'
export {
  type Place,
  type PlaceGeometry,
  type SearchByCoordinatesOptions,
  type SearchByTextOptions,
  type SearchByTextOptionsBase,
  type SearchByTextOptionsWithBiasPosition,
  type SearchByTextOptionsWithSearchAreaConstraints,
  type SearchForSuggestionsResult,
  type SearchForSuggestionsResults,
  searchByCoordinates,
  searchByPlaceId,
  type searchByPlaceIdOptions,
  searchByText,
  searchForSuggestions,
} from './search.js'
export type {
  BoundingBox,
  Coordinates,
  GeofencePolygon,
  Latitude,
  LinearRing,
  Longitude,
  NELatitude,
  NELongitude,
  SWLatitude,
  SWLongitude,
} from './shapes.js'
