export type { AuthRoutesInput } from './authRoutes.js'
export type { Cookie, SetCookieOptions } from './cookieHeader.js'
export type { CookiePort } from './cookiePort.js'
export { AmplifyServerContextError, type AmplifyServerContextErrorName } from './errors.js'
export {
  createRequestRunner,
  type RequestRunner,
  type RequestRunnerOptions,
  type SessionCookieOptions,
} from './requestRunner.js'
