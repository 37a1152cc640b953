export type { InteractionsMessage, InteractionsTextMessage, InteractionsVoiceMessage } from './bot.js'
export { InteractionsError, type InteractionsErrorName } from './errors.js'
export type {
  Intent,
  Interpretation,
  Message,
  RecognizeTextResponse,
  RecognizeUtteranceResponse,
  SessionState,
  Slot,
} from './lexV2.js'
export {
  Interactions,
  type OnCompleteInput,
  onComplete,
  type SendInput,
  type SendOptions,
  type SendOutput,
  send,
} from './send.js'
