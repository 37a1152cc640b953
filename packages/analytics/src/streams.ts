import { type Context, notConfigured } from '@backline/core/internal'
import { AnalyticsError, type AnalyticsErrorName } from './errors.js'
import type { Settings } from './outlet.js'

interface StreamConfig extends Settings {
  region: string
  endpoint?: string
  eventIdField?: string
}

/** @throws {AmplifyError} `NoRegion` */
export function streamConfig(ctx: Context, provider: 'Kinesis' | 'KinesisFirehose'): StreamConfig {
  const config = ctx.config.Analytics?.[provider]
  if (config?.region) return config
  throw notConfigured('NoRegion', `Analytics.${provider}.region`, ctx)
}

/** @throws {AnalyticsError} of that name */
export function checkName(error: AnalyticsErrorName, name: string, value: unknown, most: number): void {
  if (typeof value === 'string' && value && value.length <= most) return
  throw new AnalyticsError(
    error,
    `${name} must be a text of 1 to ${most} characters, not ${JSON.stringify(value)?.slice(0, 80)}.`,
  )
}
