import type { KinesisProps, LocalAccess } from '@backline/schema/backend'
import { checkedAccess, checkNames } from '../localNames.js'

export interface KinesisPlan {
  access?: LocalAccess
  streams: { name: string; shards: number; throttled?: boolean }[]
}

/** What a stream may be called: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html */
export const STREAM_NAME = /^[a-zA-Z0-9_.-]{1,128}$/

export function kinesisPlan({ streams, ...rest }: KinesisProps): KinesisPlan {
  checkNames('kinesis.streams', streams, STREAM_NAME)
  return {
    ...checkedAccess('kinesis', rest),
    streams: streams.map(({ name, shards = 1, throttled }) => {
      if (!(Number.isInteger(shards) && shards >= 1 && shards <= 1000)) {
        throw new Error(
          `defineLocal: kinesis.streams: '${name}' must have from 1 to 1000 shards, not ${shards}.`,
        )
      }
      return { name, shards, ...(throttled && { throttled }) }
    }),
  }
}
