import { type Context, currentContext } from '@backline/core/internal'
import { countShown } from './caps.js'
import { InAppMessagingError } from './errors.js'
import type { InAppMessage } from './message.js'
import { failed, report } from './report.js'
import { type InAppMessageInteractionEvent, initialized, type OnMessageInteraction } from './state.js'

export type OnMessageReceivedInput = OnMessageInteraction
export type OnMessageDisplayedInput = OnMessageInteraction
export type OnMessageDismissedInput = OnMessageInteraction
export type OnMessageActionTakenInput = OnMessageInteraction

export interface MessageListener {
  /** Stops listening. */
  remove(): void
}
export type OnMessageReceivedOutput = MessageListener
export type OnMessageDisplayedOutput = MessageListener
export type OnMessageDismissedOutput = MessageListener
export type OnMessageActionTakenOutput = MessageListener

/**
 * Calls back with a message that is to be shown now. An app that shows messages by itself says so with {@link notifyMessageInteraction}.
 *
 * @example
 * const listener = onMessageReceived((message) => {
 *   show(message)
 *   notifyMessageInteraction({ type: 'messageDisplayed', message })
 * })
 * listener.remove()
 *
 * @throws {InAppMessagingError} `NotInitialized`
 */
export function onMessageReceived(
  input: OnMessageReceivedInput,
  ctx: Context = currentContext(),
): MessageListener {
  return listen(ctx, 'messageReceived', input)
}

/** Calls back when a message has been shown. @throws {InAppMessagingError} `NotInitialized` */
export function onMessageDisplayed(
  input: OnMessageDisplayedInput,
  ctx: Context = currentContext(),
): MessageListener {
  return listen(ctx, 'messageDisplayed', input)
}

/** Calls back when a message has been closed. @throws {InAppMessagingError} `NotInitialized` */
export function onMessageDismissed(
  input: OnMessageDismissedInput,
  ctx: Context = currentContext(),
): MessageListener {
  return listen(ctx, 'messageDismissed', input)
}

/** Calls back when a button of a message has been pressed. @throws {InAppMessagingError} `NotInitialized` */
export function onMessageActionTaken(
  input: OnMessageActionTakenInput,
  ctx: Context = currentContext(),
): MessageListener {
  return listen(ctx, 'messageActionTaken', input)
}

export interface NotifyMessageInteractionInput {
  message: InAppMessage
  type: InAppMessageInteractionEvent
}

/**
 * Says what became of a message: its listeners are told, its showings counted for its caps, and its source hears of it, as soon as there is a network.
 *
 * @throws {InAppMessagingError} `NotInitialized`, `InvalidInteraction`
 */
export function notifyMessageInteraction(
  { type, message }: NotifyMessageInteractionInput,
  ctx: Context = currentContext(),
): void {
  const { listeners } = initialized(ctx)
  if (!Object.hasOwn(listeners, type)) {
    const known = Object.keys(listeners).join(', ')
    throw new InAppMessagingError('InvalidInteraction', `The interaction '${type}' is none of ${known}.`)
  }
  if (typeof message?.id !== 'string') {
    throw new InAppMessagingError('InvalidInteraction', `'${type}' needs the message that it is about.`)
  }
  if (type === 'messageDisplayed')
    countShown(ctx, message.id).catch((error) => failed(ctx, 'messageDisplayed', error))
  report(ctx, type, message)
  tellListeners(ctx, type, message)
}

/** One that throws hurts nobody: its error is reported as an uncaught one. */
export function tellListeners(ctx: Context, type: InAppMessageInteractionEvent, message: InAppMessage): void {
  for (const listener of [...initialized(ctx).listeners[type]]) {
    try {
      listener(message)
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }
}

function listen(
  ctx: Context,
  type: InAppMessageInteractionEvent,
  listener: OnMessageInteraction,
): MessageListener {
  const listeners = initialized(ctx).listeners[type]
  // Of its own, so that one function given twice is two listeners.
  const own: OnMessageInteraction = (message) => listener(message)
  listeners.add(own)
  return { remove: () => void listeners.delete(own) }
}
