// `@aws-amplify/backend`, as far as an `amplify/` folder needs it.
export { a, type ClientSchema } from '@backline/schema'
export {
  type Backend,
  defineAuth,
  defineBackend,
  defineData,
  defineFunction,
  defineLocal,
  defineStorage,
  referenceAuth,
  secret,
} from '@backline/schema/backend'
