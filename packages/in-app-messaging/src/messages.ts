import { type Context, currentContext, page } from '@backline/core/internal'
import { livePlatform } from '@backline/core/livePlatform'
import { campaignsIn, type InAppMessageCampaign } from './campaign.js'
import { belowCaps } from './caps.js'
import { InAppMessagingError } from './errors.js'
import { tellListeners } from './interactions.js'
import { fits, type InAppMessagingEvent, mostImportant, namesFor } from './matching.js'
import { type InAppMessage, messageOf } from './message.js'
import { deliver, failed, startReporting } from './report.js'
import { loadCampaigns } from './source.js'
import { initialized, type Synced, stateOf } from './state.js'

/** Where v6 keeps them. */
const KEY = 'Pinpoint_inAppMessages'

/**
 * Begins to show messages: for events that are dispatched, and for those that analytics records. Once; a second call does nothing.
 *
 * @example
 * Amplify.configure(outputs)
 * initializeInAppMessaging()
 * await syncMessages()
 */
export function initializeInAppMessaging(ctx: Context = currentContext()): void {
  const state = stateOf(ctx)
  if (state.isInitialized) return
  state.isInitialized = true
  livePlatform(ctx).watchVisible((visible) => visible && state.shown.clear())
  ctx.events.listen('analytics', ({ payload }) => {
    if (payload.event === 'record')
      dispatchEvent(payload.data, ctx).catch((error) => failed(ctx, 'record', error))
  })
  startReporting(ctx)
}

/**
 * Fetches the messages for this device. They take the place of those that were there.
 *
 * @throws {InAppMessagingError} `NotInitialized`, `NoAppId`, `InvalidMessages`, `NetworkError`; the messages of the last sync stay then.
 */
export async function syncMessages(ctx: Context = currentContext()): Promise<void> {
  initialized(ctx)
  const campaigns = await loadCampaigns(ctx)
  await ctx.platform.store.setItem(KEY, JSON.stringify(campaigns))
  void deliver(ctx)
}

/** Forgets the messages of the last {@link syncMessages}. @throws {InAppMessagingError} `NotInitialized` */
export async function clearMessages(ctx: Context = currentContext()): Promise<void> {
  initialized(ctx)
  await ctx.platform.store.removeItem(KEY)
}

export type DispatchEventInput = InAppMessagingEvent

/**
 * Shows the message for an event, if there is one: what {@link onMessageReceived} was given gets it.
 *
 * Of several, the most important; of equals, what the conflict handler chooses: by default the one whose campaign ends first.
 *
 * @example
 * await dispatchEvent({ name: 'cart_opened', metrics: { items: 3 } })
 *
 * @throws {InAppMessagingError} `NotInitialized`, `InvalidEvent`
 */
export async function dispatchEvent(
  input: DispatchEventInput,
  ctx: Context = currentContext(),
): Promise<void> {
  const state = initialized(ctx)
  if (typeof input?.name !== 'string' || !input.name) {
    throw new InAppMessagingError('InvalidEvent', 'dispatchEvent needs the name of an event.')
  }
  const { byName, forAny } = await synced(ctx)
  const now = ctx.platform.now()
  const fitting = [...(byName.get(input.name) ?? []), ...forAny].filter((each) => fits(each, input, now))
  const allowed = await belowCaps(ctx, fitting)
  if (!allowed.length) return
  const platform = page(ctx) ? ('Web' as const) : undefined
  const messages = mostImportant(allowed).map((each) => messageOf(each, ctx.platform.os ?? platform))
  tellListeners(ctx, 'messageReceived', chosen(messages, state.conflictHandler ?? endsFirst))
}

export type SetConflictHandlerInput = (messages: InAppMessage[]) => InAppMessage

/**
 * Chooses which message is shown where several fit an event.
 *
 * @example
 * setConflictHandler((messages) => messages.find(({ layout }) => layout === 'MODAL') ?? messages[0])
 *
 * @throws {InAppMessagingError} `NotInitialized`
 */
export function setConflictHandler(input: SetConflictHandlerInput, ctx: Context = currentContext()): void {
  initialized(ctx).conflictHandler = input
}

function chosen(messages: InAppMessage[], handler: SetConflictHandlerInput): InAppMessage {
  const message = handler(messages)
  if (message?.id && Array.isArray(message.content)) return message
  throw new InAppMessagingError('InvalidConflictHandler', 'The conflict handler returned no message.', {
    recoverySuggestion: 'Return one of the messages that it is given.',
  })
}

function endsFirst(messages: InAppMessage[]): InAppMessage {
  const end = ({ metadata }: InAppMessage) => Date.parse(metadata?.endDate ?? '') || Number.POSITIVE_INFINITY
  return messages.reduce((first, each) => (end(each) < end(first) ? each : first))
}

/** The campaigns of the last sync, whichever tab made it; read again only where they are others. */
async function synced(ctx: Context): Promise<Synced> {
  const state = stateOf(ctx)
  const text = await ctx.platform.store.getItem(KEY)
  if (state.synced?.text !== text || !state.synced) state.synced = sorted(text)
  return state.synced
}

function sorted(text: string | null): Synced {
  const byName = new Map<string, InAppMessageCampaign[]>()
  const forAny: InAppMessageCampaign[] = []
  for (const campaign of campaignsIn(text)) {
    const names = namesFor(campaign)
    if (!names) forAny.push(campaign)
    for (const name of new Set(names)) byName.set(name, [...(byName.get(name) ?? []), campaign])
  }
  return { text, byName, forAny }
}
