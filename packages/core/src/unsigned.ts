// What calls need that carry a token or a key but no signature: `internal` without what leads to AWS credentials. A data client loads
// those with its first signed call, and what a barrel leads to, esbuild loads at once.
export { toBase64Url, toHex, utf8 } from './bytes.js'
export { type Context, currentContext, perContext } from './context.js'
export { AmplifyError, type ErrorDetails } from './errors.js'
export { type HttpRequest, request } from './http.js'
export { page } from './page.js'
export type { GraphQLAuthMode } from './resourcesConfig.js'
export { session, storedSession } from './session.js'
