// What our own packages import. No promise of stability to anyone else.
export { type AwsJsonCall, awsJson } from './awsJson.js'
export { fromBase64, fromBase64Url, fromHex, toBase64, toBase64Url, toHex, utf8 } from './bytes.js'
export {
  type GraphQLAuthMode,
  type LibraryOptions,
  type ResourcesConfig,
  type UserPool,
  userPool,
} from './config.js'
export { type Context, currentContext, perContext } from './context.js'
export { type AWSCredentials, clearCredentials, credentials } from './credentials.js'
export { AmplifyError, type ErrorClass, type ErrorDetails } from './errors.js'
export { type Call, type HttpRequest, request, serverTime } from './http.js'
export { Hub, type HubCapsule, type HubPayload } from './hub.js'
export type { KeyValueStorageInterface, Platform } from './platform.js'
export {
  clearSession,
  clearStoredDevice,
  type DeviceMetadata,
  decodeJWT,
  type JWT,
  type JwtPayload,
  type Session,
  type SignInDetails,
  session,
  setSessionStorage,
  storedDevice,
  storedSession,
  storeSession,
} from './session.js'
export { presign, type SigningScope, sigv4 } from './sigv4.js'
