import type { FirehoseProps, LocalAccess } from '@backline/schema/backend'
import { checkedAccess, checkNames } from '../localNames.js'

export interface FirehosePlan {
  access?: LocalAccess
  streams: {
    name: string
    /** As `defineStorage` names it; the default one where left out. */
    bucket?: string
    prefix: string
    throttled?: boolean
  }[]
}

/** What a delivery stream may be called: https://docs.aws.amazon.com/firehose/latest/APIReference/API_CreateDeliveryStream.html */
const STREAM_NAME = /^[a-zA-Z0-9_.-]{1,64}$/

export function firehosePlan({ streams, ...rest }: FirehoseProps): FirehosePlan {
  checkNames('firehose.streams', streams, STREAM_NAME)
  return {
    ...checkedAccess('firehose', rest),
    streams: streams.map(({ name, bucket, prefix = '', throttled }) => ({
      ...{ name, bucket, prefix },
      ...(throttled && { throttled }),
    })),
  }
}
