// What calls need that carry a token or a key but no signature: `internal` without what leads to the session or to AWS credentials. A data
// client loads those with the first call that shows them, and what a barrel leads to, esbuild loads at once. What every later part needs is here though a first call may do without: what only some
// of them share would be one more chunk.
export { toBase64Url, toHex, utf8 } from './bytes.js'
export { type Context, currentContext, perContext } from './context.js'
export { AmplifyError, type ErrorClass, type ErrorDetails, isTransient, loaded } from './errors.js'
export { type HttpRequest, request } from './http.js'
export type { GraphQLAuthMode } from './resourcesConfig.js'
