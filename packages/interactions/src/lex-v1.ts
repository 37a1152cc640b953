// `@aws-amplify/interactions/lex-v1`
export { InteractionsError, type InteractionsErrorName } from './errors.js'
export type { PostContentResponse, PostTextResponse } from './lexV1.js'
export {
  Interactions,
  type OnCompleteInput,
  onComplete,
  type SendInput,
  type SendOptions,
  type SendOutput,
  send,
} from './sendV1.js'
