// What calls need that carry a token or a key but no signature: `internal` without what leads to the session or to AWS credentials. A data
// client loads those with the first call that shows them, and what a barrel leads to, esbuild loads at once.
export { type Context, currentContext, perContext } from './context.js'
export { AmplifyError, type ErrorClass, type ErrorDetails, isTransient } from './errors.js'
export { type HttpRequest, request } from './http.js'
export type { GraphQLAuthMode } from './resourcesConfig.js'
