import type { InAppMessagesProvider } from '@backline/core/internal'
import { InAppMessagingError } from './errors.js'

export interface HttpsMessagesOptions {
  /** Where a JSON document with a list of campaigns is, or `{ InAppMessageCampaigns: […] }`. */
  url: string
  /** Asked anew for each request: a token, say. */
  headers?(): Promise<Record<string, string>> | Record<string, string>
}

/**
 * A provider that reads messages from a JSON document.
 *
 * @example
 * Amplify.configure(outputs, {
 *   Notifications: { InAppMessaging: { provider: httpsMessages({ url: 'https://example.com/messages.json' }) } },
 * })
 */
export function httpsMessages({ url, headers }: HttpsMessagesOptions): InAppMessagesProvider {
  const host = new URL(url).host
  const failed = (name: string, what: string, details?: { cause?: unknown; status?: number }) =>
    new InAppMessagingError(name, `${host} ${what}`, details)
  return {
    async load() {
      let response: Response
      try {
        response = await fetch(url, { headers: { accept: 'application/json', ...(await headers?.()) } })
      } catch (cause) {
        throw failed('NetworkError', 'could not be reached.', { cause })
      }
      const { ok, status } = response
      if (!ok) throw failed('EndpointRefused', `answered ${status}.`, { status })
      const document: unknown = await response.json().catch((cause) => {
        throw failed('InvalidMessages', 'answered with something that is not JSON.', { cause })
      })
      const { InAppMessageCampaigns } = (document ?? {}) as { InAppMessageCampaigns?: unknown }
      return (InAppMessageCampaigns ?? document) as object[]
    },
  }
}
