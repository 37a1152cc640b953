export { InAppMessagingError, type InAppMessagingErrorName } from './errors.js'
