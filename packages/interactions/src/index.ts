export { InteractionsError, type InteractionsErrorName } from './errors.js'
