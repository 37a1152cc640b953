import { type Context, changedContext } from '@backline/core/internal'
import { StorageError } from './errors.js'

export interface AWSTemporaryCredentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken: string
  expiration: Date
}

/** Gives the credentials for one place in a bucket; new ones with `forceRefresh`. */
export type CredentialsProvider = (options?: {
  forceRefresh?: boolean
}) => Promise<{ credentials: AWSTemporaryCredentials }>

export interface AdvancedOptions {
  /** Instead of the credentials of whoever is signed in. */
  locationCredentialsProvider?: CredentialsProvider
  /** Host of an S3 that is not AWS's, such as `s3.example.com`. */
  customEndpoint?: string
}

/** The context as it is, except for whose credentials it has and where S3 is. */
export function located(ctx: Context, options: AdvancedOptions = {}): Context {
  const { locationCredentialsProvider: provider, customEndpoint } = options
  if (!provider && customEndpoint === undefined) return ctx
  if (customEndpoint !== undefined && !/^[\w-]+(\.[\w-]+)+(:\d+)?$/.test(customEndpoint))
    throw new StorageError('InvalidCustomEndpoint', `"${customEndpoint}" is not the name of a host.`, {
      recoverySuggestion: 'Give it without https:// and without a path.',
    })
  const { Auth } = ctx.options
  const S3 = ctx.config.Storage?.S3
  return changedContext(ctx, {
    ...(customEndpoint && {
      config: { ...ctx.config, Storage: { S3: { ...S3, endpoint: `https://${customEndpoint}` } } },
    }),
    ...(provider && {
      options: {
        ...ctx.options,
        Auth: {
          ...Auth,
          credentialsProvider: {
            getCredentialsAndIdentityId: ({ forceRefresh }) => provider({ forceRefresh }),
            async clearCredentialsAndIdentityId() {},
          },
        },
      },
    }),
  })
}
