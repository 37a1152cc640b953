import { record } from 'backline/analytics/kinesis'
import {
  dispatchEvent,
  type InAppMessage,
  initializeInAppMessaging,
  notifyMessageInteraction,
  onMessageReceived,
  syncMessages,
} from 'backline/in-app-messaging'
import { element } from './elements.ts'

// What somebody did goes to a stream, for those who read it there, and may bring a message up here.

/** Keeps the events of one visit in order. */
const partitionKey = crypto.randomUUID()

export function signal(name: string, attributes: Record<string, string> = {}): void {
  record({ streamName: 'trips', partitionKey, data: { name, ...attributes } })
  dispatchEvent({ name, attributes }).catch(console.error)
}

export function openMessages(): void {
  initializeInAppMessaging()
  onMessageReceived(show)
  syncMessages().catch(console.error)
}

function show(message: InAppMessage): void {
  const [content] = message.content
  const banner = element('banner')
  element('banner-header').textContent = content?.header?.content ?? ''
  element('banner-body').textContent = content?.body?.content ?? ''
  banner.hidden = false
  notifyMessageInteraction({ type: 'messageDisplayed', message })
  element('banner-close').onclick = () => {
    banner.hidden = true
    notifyMessageInteraction({ type: 'messageDismissed', message })
  }
}
