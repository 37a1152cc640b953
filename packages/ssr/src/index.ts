export { AmplifyServerContextError, type AmplifyServerContextErrorName } from './errors.js'
