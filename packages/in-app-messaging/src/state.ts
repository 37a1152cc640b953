import { type Context, perContext } from '@backline/core/internal'
import type { InAppMessageCampaign } from './campaign.js'
import { InAppMessagingError } from './errors.js'
import type { InAppMessage } from './message.js'

export type InAppMessageInteractionEvent =
  | 'messageReceived'
  | 'messageDisplayed'
  | 'messageDismissed'
  | 'messageActionTaken'

export type OnMessageInteraction = (message: InAppMessage) => void

/** The synced campaigns as they were read, by the names of events that they may fit. */
export interface Synced {
  /** What the store said; another text is another sync, perhaps another tab's. */
  text: string | null
  byName: Map<string, InAppMessageCampaign[]>
  /** For events of any name. */
  forAny: InAppMessageCampaign[]
}

interface State {
  isInitialized: boolean
  listeners: Record<InAppMessageInteractionEvent, Set<OnMessageInteraction>>
  conflictHandler?: (messages: InAppMessage[]) => InAppMessage
  synced?: Synced
  /** Times that each campaign was shown since the app came to the front. */
  shown: Map<string, number>
  /** Resolves when all that was shown so far has been counted. */
  counted: Promise<void>
}

/** What in-app messaging of a context knows. */
export const stateOf = /* @__PURE__ */ perContext(
  'inAppMessaging',
  (): State => ({
    isInitialized: false,
    listeners: {
      messageReceived: new Set(),
      messageDisplayed: new Set(),
      messageDismissed: new Set(),
      messageActionTaken: new Set(),
    },
    shown: new Map(),
    counted: Promise.resolve(),
  }),
)

/** @throws {InAppMessagingError} `NotInitialized` */
export function initialized(ctx: Context): State {
  const state = stateOf(ctx)
  if (state.isInitialized) return state
  throw new InAppMessagingError('NotInitialized', 'In-app messaging has not been initialized.', {
    recoverySuggestion: 'Call initializeInAppMessaging() once, after Amplify.configure().',
  })
}
