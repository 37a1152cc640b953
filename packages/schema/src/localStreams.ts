// The services that take events, as `defineLocal` says them.

/** Whose credentials may call a service of `defineLocal`: as the policies that CDK attaches to the roles on AWS. */
export type LocalAccess = ('guest' | 'authenticated' | { groups: string[] })[]

interface Accessible {
  /** Everybody's, guests' as well, where left out. */
  access?: LocalAccess
}

export interface KinesisProps extends Accessible {
  streams: {
    name: string
    /** 1 where left out. */
    shards?: number
    /** Each shard takes 1 MB and 1000 records in a second, as on AWS, and refuses the rest. */
    throttled?: boolean
  }[]
}

export interface FirehoseProps extends Accessible {
  /** What arrives becomes objects in a bucket of `defineStorage`. */
  streams: {
    name: string
    /** Of the bucket that `defineStorage` calls so; the default one where left out. */
    bucket?: string
    /** In front of the date in the key. */
    prefix?: string
    /** It takes 5 MiB in a second, as on AWS, and refuses the rest. */
    throttled?: boolean
  }[]
}

export interface PersonalizeProps extends Accessible {
  /** As the event tracker of the dataset group has it. */
  trackingId: string
}

export interface PinpointProps extends Accessible {
  appId: string
  /** Campaigns of in-app messages, as Pinpoint writes them: `InAppMessageCampaign` of `backline/in-app-messaging`. */
  messages?: object[]
}
