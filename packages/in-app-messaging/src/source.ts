import { type Context, notConfigured } from '@backline/core/internal'
import { getInAppMessages, type PinpointApp } from '@backline/core/pinpoint'
import { type InAppMessageCampaign, wrongWith } from './campaign.js'
import { InAppMessagingError } from './errors.js'

/** @throws {AmplifyError} `NoAppId`, `NoRegion` */
export function pinpointApp(ctx: Context): PinpointApp {
  const config = ctx.config.Notifications?.InAppMessaging?.Pinpoint
  if (!config?.appId) throw notConfigured('NoAppId', 'Notifications.InAppMessaging.Pinpoint.appId', ctx)
  if (!config.region) throw notConfigured('NoRegion', 'Notifications.InAppMessaging.Pinpoint.region', ctx)
  return { ...config, category: 'InAppMessaging', error: InAppMessagingError }
}

/** A provider of the app's own, where there is one. */
export const providerOf = (ctx: Context) => ctx.options.Notifications?.InAppMessaging?.provider

/** Every campaign for this device, from the provider in the options, or else from Pinpoint. */
export async function loadCampaigns(ctx: Context): Promise<InAppMessageCampaign[]> {
  const provider = providerOf(ctx)
  const campaigns = await (provider ? provider.load() : getInAppMessages(ctx, pinpointApp(ctx)))
  const wrong = wrongWith(campaigns)
  if (wrong) {
    throw new InAppMessagingError('InvalidMessages', `The in-app messages cannot be read: list${wrong}.`, {
      recoverySuggestion: 'Write campaigns as InAppMessageCampaign says. The messages of the last sync stay.',
    })
  }
  return campaigns as InAppMessageCampaign[]
}
