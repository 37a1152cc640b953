import { AmplifyError } from '@backline/core/internal'

/** Names we give. A service's own pass through unchanged. */
export type GeoErrorName = 'NetworkError' | (string & {})

/** What the functions of geo throw. Branch on `name`. */
export class GeoError extends AmplifyError<GeoErrorName> {}
