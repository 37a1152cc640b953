import { type Context, currentContext } from '@backline/core/internal'
import { type UserProfile, updateEndpoint } from '@backline/core/pinpoint'
import { InAppMessagingError } from './errors.js'
import { pinpointApp, providerOf } from './source.js'
import { initialized } from './state.js'

export interface IdentifyUserInput {
  userId: string
  userProfile?: UserProfile
  options?: {
    /** A device token or an address of mail. */
    address?: string
    optOut?: 'ALL' | 'NONE'
    userAttributes?: Record<string, string[]>
  }
}

/**
 * Says who uses this device, so that messages can be meant for them.
 *
 * @example
 * await identifyUser({ userId, userProfile: { plan: 'premium', metrics: { logins: 157 } } })
 *
 * @throws {InAppMessagingError} `NotInitialized`, `InvalidUser`, `NoAppId`, `BadRequestException` where a user has too many devices
 */
export async function identifyUser(input: IdentifyUserInput, ctx: Context = currentContext()): Promise<void> {
  initialized(ctx)
  if (typeof input?.userId !== 'string' || !input.userId) {
    throw new InAppMessagingError('InvalidUser', 'identifyUser needs a userId.')
  }
  const provider = providerOf(ctx)
  if (provider) return provider.identify?.(input)
  const { userId, userProfile, options } = input
  await updateEndpoint(ctx, pinpointApp(ctx), { userId, userProfile, channelType: 'IN_APP', ...options })
}
