import { AmplifyError } from '@backline/core/internal'

/** Names we give. The service's own, like `ResourceNotFoundException`, pass through unchanged. */
export type GeoErrorName =
  | 'InvalidCoordinates'
  | 'InvalidGeofence'
  | 'InvalidGeofenceId'
  | 'InvalidInput'
  | 'InvalidSearchOptions'
  | 'NetworkError'
  | 'NoCredentials'
  | 'NoGeoConfig'
  | 'NoGeofenceCollection'
  | 'NoMap'
  | 'NoPlaceFound'
  | 'NoProvider'
  | 'NoSearchIndex'
  | (string & {})

/** What the functions of geo throw. Branch on `name`. */
export class GeoError extends AmplifyError<GeoErrorName> {}
