export { GeoError, type GeoErrorName } from './errors.js'
