export type { InAppMessageInteraction, InAppMessagesProvider } from '@backline/core/internal'
export type {
  AttributeDimension,
  ButtonDimension,
  CampaignContent,
  InAppMessageCampaign,
  MetricDimension,
} from './campaign.js'
export { InAppMessagingError, type InAppMessagingErrorName } from './errors.js'
export { type HttpsMessagesOptions, httpsMessages } from './httpsMessages.js'
export { type IdentifyUserInput, identifyUser } from './identifyUser.js'
export {
  type MessageListener,
  type NotifyMessageInteractionInput,
  notifyMessageInteraction,
  type OnMessageActionTakenInput,
  type OnMessageActionTakenOutput,
  type OnMessageDismissedInput,
  type OnMessageDismissedOutput,
  type OnMessageDisplayedInput,
  type OnMessageDisplayedOutput,
  type OnMessageReceivedInput,
  type OnMessageReceivedOutput,
  onMessageActionTaken,
  onMessageDismissed,
  onMessageDisplayed,
  onMessageReceived,
} from './interactions.js'
export type {
  InAppMessage,
  InAppMessageAction,
  InAppMessageButton,
  InAppMessageContent,
  InAppMessageImage,
  InAppMessageLayout,
  InAppMessageMetadata,
  InAppMessageStyle,
  InAppMessageTextAlign,
} from './message.js'
export {
  clearMessages,
  type DispatchEventInput,
  dispatchEvent,
  initializeInAppMessaging,
  type SetConflictHandlerInput,
  setConflictHandler,
  syncMessages,
} from './messages.js'
export type { InAppMessageInteractionEvent } from './state.js'
