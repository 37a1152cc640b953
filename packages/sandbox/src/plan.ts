import type { Schema } from '@backline/schema'

/** A backend definition, normalised: what `amplify/backend.ts` says, with every default filled in. */
export interface BackendPlan {
  auth?: AuthPlan
  data?: DataPlan
  storages: StoragePlan[]
  /** From `backend.addOutput({ custom })` and friends: merged into the outputs as they are. */
  extraOutputs: Record<string, unknown>
}

export interface AuthPlan {
  loginWith: { email: boolean; phone: boolean; username: boolean }
  /** Attributes that sign-up must bring. */
  requiredAttributes: string[]
  /** Names with their `custom:`; none where left out. */
  customAttributes?: string[]
  groups: string[]
  passwordPolicy: {
    minLength: number
    requireLowercase: boolean
    requireUppercase: boolean
    requireNumbers: boolean
    requireSymbols: boolean
  }
  allowGuests: boolean
  /** Lifetimes in seconds. */
  accessTokenSeconds: number
  idTokenSeconds: number
  refreshTokenSeconds: number
}

export interface DataPlan {
  /** What `a.schema(…)` returned. */
  schema: Schema
  defaultAuthMode: 'apiKey' | 'userPool' | 'identityPool' | 'iam' | 'oidc' | 'lambda'
  /** Days until the API key expires; undefined where no key is wanted. */
  apiKeyDays?: number
}

/** May these principals do these things under this prefix? Mirrors `defineStorage({ access })`. */
export interface StorageRule {
  /** Such as `media/*` or `private/{entity_id}/*`. */
  path: string
  who: { kind: 'guest' } | { kind: 'authenticated' } | { kind: 'group'; group: string } | { kind: 'owner' }
  may: ('get' | 'list' | 'write' | 'delete')[]
}

export interface StoragePlan {
  /** `name` of defineStorage; the friendly name in outputs. */
  name: string
  isDefault: boolean
  bucketName: string
  rules: StorageRule[]
}
