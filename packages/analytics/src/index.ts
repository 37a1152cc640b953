export { AnalyticsError, type AnalyticsErrorName } from './errors.js'
