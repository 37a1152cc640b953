import { ServiceError } from '../awsJson.js'
import { FunctionError, type Functions } from '../functions.js'
import { filled, goOn, type Session } from './dialog.js'
import type { BotPlan, IntentPlan } from './plan.js'
import type { SlotValue } from './slots.js'

// The end of a conversation: the function of the intent, and what it makes of it.

/** What a function may answer, of either generation: https://docs.aws.amazon.com/lexv2/latest/dg/lambda-response-format.html,
 * https://docs.aws.amazon.com/lex/latest/dg/lambda-input-response-format.html */
interface Result {
  sessionState?: {
    sessionAttributes?: Record<string, string>
    dialogAction?: { type?: string; slotToElicit?: string }
    intent?: { state?: string; slots?: Record<string, { value?: SlotValue } | null> }
  }
  messages?: { content?: string }[]
  sessionAttributes?: Record<string, string>
  dialogAction?: {
    type?: string
    fulfillmentState?: string
    slotToElicit?: string
    slots?: Record<string, string | null>
    message?: { content?: string }
  }
}

/** @throws {ServiceError} `DependencyFailedException` */
export async function fulfill(
  session: Session,
  bot: BotPlan,
  functions: Functions,
  event: (session: Session) => object,
): Promise<Session> {
  const intent = bot.intents.find(({ name }) => name === session.intent)
  if (session.state !== 'ReadyForFulfillment' || !intent) return session
  const closing = intent.closing ? [filled(intent.closing, session)] : []
  // Without a function it is the client that does it: Lex says so, and waits for nothing.
  if (!intent.fulfillment) return { ...session, messages: closing }
  return settled(session, intent, closing, await run(intent, functions, event(session)))
}

async function run({ name, fulfillment }: IntentPlan, functions: Functions, event: object): Promise<Result> {
  try {
    // A copy, as a function on Lambda gets: what it does to the event is nobody else's business.
    const result =
      typeof fulfillment === 'function'
        ? await fulfillment(structuredClone(event) as never)
        : await functions.invoke(fulfillment!, event)
    if (typeof result !== 'object' || result === null)
      throw new Error(`the function answered ${JSON.stringify(result)}, not an object`)
    return result
  } catch (error) {
    const what = error instanceof FunctionError ? `${error.type}: ${error.message}` : (error as Error).message
    throw new ServiceError(
      'DependencyFailedException',
      `The function of the intent ${name} failed: ${what}`,
      424,
    )
  }
}

function settled(session: Session, intent: IntentPlan, closing: string[], result: Result): Session {
  const { sessionState = {}, messages, dialogAction: first } = result
  const action = sessionState.dialogAction ?? first
  const said = (messages ?? (first?.message ? [first.message] : [])).flatMap(({ content }) => content ?? [])
  const next: Session = {
    ...session,
    sessionAttributes:
      sessionState.sessionAttributes ?? result.sessionAttributes ?? session.sessionAttributes,
    slots: { ...session.slots, ...slotsOf(sessionState.intent?.slots), ...slotsOf(first?.slots) },
    messages: said,
  }
  if (action?.type === 'ElicitIntent') return { ...next, state: 'InProgress', action: 'ElicitIntent' }
  if (action?.type === 'Delegate') return goOn(next, intent)
  if (action?.type === 'ElicitSlot') {
    const slot = intent.slots.find(({ name }) => name === action.slotToElicit)
    if (!slot)
      throw new ServiceError(
        'DependencyFailedException',
        `The function of the intent ${intent.name} elicits the slot ${action.slotToElicit}, which there is not.`,
        424,
      )
    const asking = said.length ? said : [filled(slot.prompt, next)]
    return {
      ...next,
      ...{
        state: 'InProgress',
        action: 'ElicitSlot',
        slotToElicit: slot.name,
        confirmation: 'None',
        messages: asking,
      },
      slots: { ...next.slots, [slot.name]: null },
    }
  }
  const failed = (sessionState.intent?.state ?? first?.fulfillmentState) === 'Failed'
  return {
    ...next,
    ...{ state: failed ? 'Failed' : 'Fulfilled', action: 'Close' },
    messages: said.length || failed ? said : closing,
  }
}

/** Values as either generation writes them. */
function slotsOf(
  slots: Record<string, { value?: SlotValue } | string | null> = {},
): Record<string, SlotValue | null> {
  return Object.fromEntries(
    Object.entries(slots).map(([name, slot]) => [
      name,
      typeof slot === 'string'
        ? { originalValue: slot, interpretedValue: slot, resolvedValues: [slot] }
        : slot?.value
          ? { ...slot.value, resolvedValues: slot.value.resolvedValues ?? [] }
          : null,
    ]),
  )
}
