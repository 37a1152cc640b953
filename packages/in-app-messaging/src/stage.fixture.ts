import { createAmplifyContext } from '@backline/core'
import { createMemoryStore, type LibraryOptions } from '@backline/core/internal'
import { startSandbox } from '@backline/sandbox'
import { defineAuth, defineBackend, defineLocal } from '@backline/schema/backend'
import type { InAppMessage, InAppMessageCampaign } from './index.js'
import { initializeInAppMessaging, onMessageReceived } from './index.js'

// For tests of this package only.

type Dimensions = InAppMessageCampaign['Schedule']['EventFilter']['Dimensions']

interface CampaignOptions extends Partial<Omit<InAppMessageCampaign, 'Schedule'>> {
  dimensions?: Dimensions
  schedule?: Partial<InAppMessageCampaign['Schedule']>
}

/** A banner for the event `opened`, unless told otherwise. */
export function campaign(
  id: string,
  { dimensions, schedule, ...rest }: CampaignOptions = {},
): InAppMessageCampaign {
  return {
    CampaignId: id,
    InAppMessage: { Layout: 'TOP_BANNER', Content: [{ HeaderConfig: { Header: id } }] },
    Schedule: {
      EventFilter: { Dimensions: { EventType: { Values: ['opened'] }, ...dimensions } },
      ...schedule,
    },
    ...rest,
  }
}

/** A sandbox with these campaigns. */
export function startStage(messages: object[] = []) {
  return startSandbox({
    backend: defineBackend({
      auth: defineAuth({ loginWith: { email: true } }),
      local: defineLocal({ pinpoint: { appId: 'app', messages } }),
    }),
  })
}

interface DeviceOptions {
  outputs?: object
  campaigns?: InAppMessageCampaign[]
  store?: ReturnType<typeof createMemoryStore>
  options?: LibraryOptions
}

/** A device that was started: its messages come from `campaigns`, or else from the sandbox of `outputs`. */
export function device({
  outputs = {},
  campaigns,
  store = createMemoryStore(),
  options = {},
}: DeviceOptions) {
  let time = Date.now()
  let seen: (visible: boolean) => void = () => {}
  let online: (online: boolean) => void = () => {}
  const given = { campaigns }
  const ctx = createAmplifyContext(outputs, {
    ...(given.campaigns && {
      Notifications: { InAppMessaging: { provider: { load: async () => given.campaigns! } } },
    }),
    ...options,
    platform: {
      store,
      now: () => time,
      watchVisible(tell) {
        seen = tell
        return () => {}
      },
      watchOnline(tell) {
        online = tell
        return () => {}
      },
      ...options.platform,
    },
  })
  const heard: { event: string; data: any }[] = []
  ctx.events.listen('inAppMessaging', ({ payload }) => heard.push(payload as never))
  initializeInAppMessaging(ctx)
  const received: InAppMessage[] = []
  onMessageReceived((message) => received.push(message), ctx)
  return {
    ...{ ctx, store, heard, received, given },
    ids: () => received.splice(0).map(({ id }) => id),
    setTime: (value: Date | number) => (time = Number(value)),
    setVisible: (visible: boolean) => seen(visible),
    setOnline: (value: boolean) => online(value),
  }
}
