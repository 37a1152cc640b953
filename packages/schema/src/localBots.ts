import type { Definition } from './kind.js'
import type { LocalAccess } from './localStreams.js'

// Bots of Amazon Lex, as `defineLocal` says them. Both generations of Lex serve each of them.

export interface LexProps {
  /** Whose credentials may call it; everybody's, guests' as well, where left out. */
  access?: LocalAccess
  bots: BotProps[]
}

export interface BotProps {
  name: string
  /** `en_US` where left out. */
  localeId?: string
  intents: IntentProps[]
  slotTypes?: SlotTypeProps[]
  /** What it says to what it does not understand. */
  fallback?: string
}

export interface IntentProps {
  name: string
  /** Such as `book a hotel in {City}`. */
  sampleUtterances: string[]
  /** In the order in which they are asked for. */
  slots?: SlotProps[]
  /** Asked when all slots are known. */
  confirmation?: { prompt: string; declined?: string }
  /** Does what the intent is about: a Lambda function of the app, or one written here, which gets the event of Lex V2. */
  fulfillment?: Definition<'function', object> | ((event: BotEvent) => BotResult | Promise<BotResult>)
  /** Said in the end, with slots in braces: `See you in {City}.` */
  closing?: string
}

export interface SlotProps {
  name: string
  /**
   * One of `slotTypes`, or of `AMAZON.AlphaNumeric`, `.City`, `.Country`, `.Date`, `.Duration`, `.EmailAddress`, `.FirstName`,
   * `.FreeFormInput`, `.LastName`, `.Number`, `.PhoneNumber`, `.Time`.
   */
  type: string
  prompt: string
  /** False: taken where it is said, never asked for. */
  required?: boolean
}

export interface SlotTypeProps {
  name: string
  values: (string | { value: string; synonyms?: string[] })[]
}

/** https://docs.aws.amazon.com/lexv2/latest/dg/lambda-input-format.html */
export interface BotEvent {
  messageVersion: '1.0'
  invocationSource: 'FulfillmentCodeHook'
  inputMode: 'Speech' | 'Text'
  sessionId: string
  inputTranscript: string
  bot: { id: string; name: string; aliasId: string; localeId: string; version: string }
  sessionState: {
    sessionAttributes: Record<string, string>
    intent: {
      name: string
      state: string
      confirmationState: string
      slots: Record<
        string,
        {
          shape: 'Scalar'
          value: { originalValue: string; interpretedValue: string; resolvedValues: string[] }
        } | null
      >
    }
  }
  requestAttributes: Record<string, string>
  [more: string]: unknown
}

/** https://docs.aws.amazon.com/lexv2/latest/dg/lambda-response-format.html */
export interface BotResult {
  sessionState?: {
    sessionAttributes?: Record<string, string>
    dialogAction?: { type: 'Close' | 'Delegate' | 'ElicitIntent' | 'ElicitSlot'; slotToElicit?: string }
    intent?: {
      name?: string
      state?: 'Failed' | 'Fulfilled' | 'InProgress'
      slots?: BotEvent['sessionState']['intent']['slots']
    }
  }
  messages?: { contentType: 'CustomPayload' | 'PlainText' | 'SSML'; content: string }[]
}
