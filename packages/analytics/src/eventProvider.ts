import type { AnalyticsEvent, AnalyticsProvider } from '@backline/core/internal'
import { AnalyticsError } from './errors.js'
import type { Outlet } from './outlet.js'
import { asText, withField } from './written.js'

/** A provider of the app's own, as the buffer knows it. */
export const providerOutlet: Outlet = /* @__PURE__ */ Object.freeze<Outlet>({
  ...{ name: 'Provider', maxRecords: 100, maxBytes: 1024 * 1024, isUnsigned: true },
  settings: (ctx) => ctx.options.Analytics ?? {},
  place: () => '',
  encode: (_, { data }, id) => asText(withField(data, 'id', id)),
  async send(ctx, { pieces, ids, keepalive }) {
    const events = JSON.parse(`[${pieces}]`) as AnalyticsEvent[]
    const provider = ctx.options.Analytics?.provider
    if (!provider)
      throw new AnalyticsError('NetworkError', 'There is no longer a provider to send events to.')
    const { failed } = (await provider.send({ events, keepalive })) ?? {}
    // Whatever an endpoint may have written there.
    return (Array.isArray(failed) ? failed : [])
      .map((id) => ({ index: ids.indexOf(id) }))
      .filter(({ index }) => index >= 0)
  },
})

export interface HttpsProviderOptions {
  /** Where batches are posted as `{ events }`; on a page also a path of the same origin. */
  url: string
  /** Asked anew for each batch: a token, say. */
  headers?(): Promise<Record<string, string>> | Record<string, string>
}

/**
 * A provider that posts events as JSON to an endpoint of the app's own, which answers with 2xx once it has them, and may name in `failed` the
 * ids that it wants again.
 *
 * @example
 * Amplify.configure(outputs, { Analytics: { provider: httpsProvider({ url: 'https://example.com/events' }) } })
 *
 * @throws {AnalyticsError} `InvalidEndpoint`
 */
export function httpsProvider({ url, headers }: HttpsProviderOptions): AnalyticsProvider {
  const { host } = addressOf(url)
  return {
    async send({ events, keepalive }) {
      const response = await fetch(url, {
        method: 'POST',
        keepalive,
        headers: { 'content-type': 'application/json', ...(await headers?.()) },
        body: JSON.stringify({ events }),
      })
      const text = await response.text()
      if (!response.ok) {
        throw new AnalyticsError('EndpointRefused', `${host} answered ${response.status}.`, {
          status: response.status,
        })
      }
      try {
        return JSON.parse(text) as { failed?: string[] }
      } catch {
        // It has the events. Asked again, it would have them twice.
        return {}
      }
    },
  }
}

function addressOf(url: string): URL {
  try {
    // Knows what a path is relative to, where there is a page.
    const address = new URL(new Request(url).url)
    if (url && /^https?:$/.test(address.protocol)) return address
  } catch {
    // Said below.
  }
  throw new AnalyticsError('InvalidEndpoint', `httpsProvider cannot post to ${JSON.stringify(url)}.`, {
    recoverySuggestion: 'Give the whole address of an endpoint, such as https://example.com/events.',
  })
}
