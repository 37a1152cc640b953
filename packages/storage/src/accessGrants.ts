// The S3 Control wire, as far as S3 Access Grants need it: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-grants.html
// REST with XML, signed like S3, on a host of the account's. The sandbox does not serve it.

import { type Context, currentContext, request } from '@backline/core/internal'
import { sigv4 } from '@backline/core/sigv4'
import { StorageError } from './errors.js'
import type { AWSTemporaryCredentials, CredentialsProvider } from './located.js'
import { childrenOf, type Element, readXml, textOf } from './xml.js'

export type Permission = 'READ' | 'READWRITE' | 'WRITE'
export type LocationType = 'BUCKET' | 'PREFIX' | 'OBJECT'

interface AccountInput {
  accountId: string
  region: string
  credentialsProvider: CredentialsProvider
  /** Host of the service, instead of AWS's. */
  customEndpoint?: string
}

export interface ListLocationsInput {
  pageSize?: number
  nextToken?: string
}
export interface LocationAccess {
  /** `s3://bucket/*`, `s3://bucket/folder/*` or `s3://bucket/folder/object`. */
  scope: string
  permission: Permission
  type: LocationType
}
export interface ListLocationsOutput {
  locations: LocationAccess[]
  nextToken?: string
}
export interface ListCallerAccessGrantsInput extends AccountInput, ListLocationsInput {}

/** The places that were granted to the caller. */
export async function listCallerAccessGrants(
  input: ListCallerAccessGrantsInput,
  ctx: Context = currentContext(),
): Promise<ListLocationsOutput> {
  const answer = await call(ctx, input, 'caller/grants', {
    maxResults: `${Math.min(input.pageSize ?? 1000, 1000)}`,
    nextToken: input.nextToken,
    allowedByApplication: 'true',
  })
  const grants = childrenOf(answer, 'CallerAccessGrantsList').flatMap(({ children }) => children)
  return {
    locations: grants.map((grant) => {
      const scope = textOf(grant, 'GrantScope') ?? ''
      return { scope, permission: textOf(grant, 'Permission') as Permission, type: typeOf(scope) }
    }),
    nextToken: textOf(answer, 'NextToken'),
  }
}

export interface GetDataAccessInput extends AccountInput {
  scope: string
  permission: Permission
  /** 900 by default. */
  durationSeconds?: number
  privilege?: 'Default' | 'Minimal'
}
export interface GetDataAccessOutput {
  credentials: AWSTemporaryCredentials
  scope?: string
}

/** Credentials for a place that was granted to the caller. */
export async function getDataAccess(
  input: GetDataAccessInput,
  ctx: Context = currentContext(),
): Promise<GetDataAccessOutput> {
  const { scope, permission, durationSeconds = 900, privilege } = input
  const answer = await call(ctx, input, 'dataaccess', {
    target: scope,
    targetType: scope.endsWith('*') ? undefined : 'Object',
    permission,
    durationSeconds: `${durationSeconds}`,
    privilege,
  })
  const [found] = childrenOf(answer, 'Credentials')
  const of = (name: string) => (found && textOf(found, name)) || incomplete(name)
  return {
    credentials: {
      accessKeyId: of('AccessKeyId'),
      secretAccessKey: of('SecretAccessKey'),
      sessionToken: of('SessionToken'),
      expiration: new Date(of('Expiration')),
    },
    scope: textOf(answer, 'MatchedGrantTarget'),
  }
}

function typeOf(scope: string): LocationType {
  if (!scope.endsWith('*')) return 'OBJECT'
  return /^s3:\/\/[^/]+\/\*$/.test(scope) ? 'BUCKET' : 'PREFIX'
}

function incomplete(name: string): never {
  throw new StorageError('Unknown', `S3 Control answered without ${name}.`)
}

async function call(
  ctx: Context,
  { accountId, region, credentialsProvider, customEndpoint }: AccountInput,
  operation: string,
  query: Record<string, string | undefined>,
): Promise<Element> {
  if (!/^\d{12}$/.test(accountId))
    throw new StorageError('InvalidAWSAccountID', '`accountId` is an account number of twelve digits.')
  const host = customEndpoint ?? `s3-control.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
  const url = new URL(`https://${accountId}.${host}/v20180820/accessgrantsinstance/${operation}`)
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, value)
  const { credentials } = await credentialsProvider()
  const response = await request(ctx, {
    method: 'GET',
    url,
    headers: { 'x-amz-account-id': accountId },
    authorize: sigv4({ service: 's3', region, credentials }),
  }).catch((cause: Error) => {
    throw new StorageError(cause.name, cause.message, { cause })
  })
  const text = await response.text()
  if (response.ok) return readXml(text)
  const [code, message] = ['Code', 'Message'].map((name) => new RegExp(`<${name}>([^<]*)`).exec(text)?.[1])
  const { status } = response
  throw new StorageError(code ?? `${status}`, message ?? `S3 Control answered with status ${status}.`, {
    status,
  })
}
