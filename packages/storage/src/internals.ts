// `@aws-amplify/storage/internals`: the functions of storage with the credentials of one place in a bucket, as the components of
// `@aws-amplify/ui-react-storage` call them. Apps need none of it.

import { type Context, currentContext } from '@backline/core/internal'
import type {
  GetDataAccessOutput,
  ListLocationsInput,
  ListLocationsOutput,
  Permission,
} from './accessGrants.js'
import { StorageError } from './errors.js'
import * as stories from './index.js'
import { type AdvancedOptions, type CredentialsProvider, located } from './located.js'

export {
  type GetDataAccessInput,
  type GetDataAccessOutput,
  getDataAccess,
  type ListCallerAccessGrantsInput,
  type ListLocationsInput,
  type ListLocationsOutput,
  type LocationAccess,
  type LocationType,
  listCallerAccessGrants,
  type Permission,
} from './accessGrants.js'
export type { StorageSubpathStrategy } from './list.js'
export { type ListPathsOutput, listPaths, type StorageAccess } from './listPaths.js'
export type { AWSTemporaryCredentials, CredentialsProvider } from './located.js'

export type LocationCredentialsProvider = CredentialsProvider
export type LocationCredentials = GetDataAccessOutput
export type ListCallerAccessGrantsOutput = ListLocationsOutput
export type ListLocations = (input?: ListLocationsInput) => Promise<ListLocationsOutput>
export interface CredentialsLocation {
  scope: string
  permission: Permission
}

type With<Input extends { options?: object }> = Input & { options?: AdvancedOptions }

export interface CopyInput extends stories.CopyWithPathInput {
  options?: stories.CopyWithPathInput['options'] & AdvancedOptions
}
export type CopyOutput = stories.CopyWithPathOutput
export type DownloadDataInput = With<stories.DownloadDataWithPathInput>
export type DownloadDataOutput = stories.DownloadDataWithPathOutput
export type GetPropertiesInput = With<stories.GetPropertiesWithPathInput>
export type GetPropertiesOutput = stories.GetPropertiesWithPathOutput
export type GetUrlInput = With<stories.GetUrlWithPathInput>
export type GetUrlOutput = stories.GetUrlWithPathOutput
export type ListAllInput = With<stories.ListAllWithPathInput>
export type ListPaginateInput = With<stories.ListPaginateWithPathInput>
export type ListInput = ListAllInput | ListPaginateInput
export type ListOutput = stories.ListAllWithPathOutput | stories.ListPaginateWithPathOutput
export type RemoveInput = With<stories.RemoveWithPathInput>
export type RemoveOutput = stories.RemoveOperation<stories.RemoveWithPathOutput>
export type UploadDataInput = With<stories.UploadDataWithPathInput>
export type UploadDataOutput = stories.UploadDataWithPathOutput

export function copy(input: CopyInput, ctx: Context = currentContext()): Promise<CopyOutput> {
  return stories.copy(input, located(ctx, input.options))
}

export function downloadData(input: DownloadDataInput, ctx: Context = currentContext()): DownloadDataOutput {
  return stories.downloadData(input, located(ctx, input.options))
}

export function getProperties(
  input: GetPropertiesInput,
  ctx: Context = currentContext(),
): Promise<GetPropertiesOutput> {
  return stories.getProperties(input, located(ctx, input.options))
}

export function getUrl(input: GetUrlInput, ctx: Context = currentContext()): Promise<GetUrlOutput> {
  return stories.getUrl(input, located(ctx, input.options))
}

export function list(input: ListAllInput, ctx?: Context): Promise<stories.ListAllWithPathOutput>
export function list(input: ListPaginateInput, ctx?: Context): Promise<stories.ListPaginateWithPathOutput>
export function list(input: ListInput, ctx: Context = currentContext()): Promise<ListOutput> {
  return stories.list(input as ListPaginateInput, located(ctx, input.options))
}

export function remove(input: RemoveInput, ctx: Context = currentContext()): RemoveOutput {
  return stories.remove(input, located(ctx, input.options))
}

export function uploadData(input: UploadDataInput, ctx: Context = currentContext()): UploadDataOutput {
  return stories.uploadData(input, located(ctx, input.options))
}

/** What storage says of input that it cannot use, by the name of the error. */
export const validationErrorMap = {
  NoCredentials: { message: 'There are no AWS credentials to reach the bucket with.' },
  NoIdentityId: { message: 'The path depends on the identity id, and there is none.' },
  NoKey: { message: 'The input names no object.' },
  NoSourceKey: { message: 'The source of the copy has no `key`.' },
  NoDestinationKey: { message: 'The destination of the copy has no `key`.' },
  NoSourcePath: { message: 'The source of the copy has no `path`.' },
  NoDestinationPath: { message: 'The destination of the copy has no `path`.' },
  NoBucket: { message: 'No storage bucket is configured.' },
  NoRegion: { message: 'The region of the bucket is not configured.' },
  InvalidStorageBucket: { message: 'The configuration has no bucket of that name.' },
  InvalidCopyOperationStorageBucket: {
    message: 'One place of the copy names its bucket and the other does not.',
  },
  InvalidStorageOperationPrefixInput: { message: 'Give either `path` or the older `prefix`, not both.' },
  InvalidStorageOperationInput: { message: 'The input names no object, or names it twice.' },
  InvalidAWSAccountID: { message: 'An account number has twelve digits.' },
  InvalidStoragePathInput: { message: 'The path begins with a slash.' },
  InvalidUploadSource: { message: 'The data is nothing that can be uploaded.' },
  ObjectIsTooLarge: { message: 'An object of S3 has at most 5 TiB.' },
  UrlExpirationMaxLimitExceed: { message: 'A link can be good for seven days at most.' },
  InvalidLocationCredentialsCacheSize: { message: 'The size of a cache is a whole number from 1.' },
  LocationCredentialsStoreDestroyed: { message: 'The store of credentials is closed.' },
  InvalidS3Uri: { message: 'That is no address of S3.' },
  InvalidCustomEndpoint: { message: 'An endpoint is the name of a host.' },
  ForcePathStyleEndpointNotSupported: { message: 'Transfer acceleration exists on AWS only.' },
  DnsIncompatibleBucketName: { message: 'A bucket with dots in its name cannot be accelerated.' },
  NoS3Config: { message: 'The configuration has no Storage.S3.' },
  NoAuthConfig: { message: 'The configuration has no Auth.Cognito.' },
} satisfies Record<string, { message: string; recoverySuggestion?: string }>

export type StorageValidationErrorCode = keyof typeof validationErrorMap
/** Each name under itself, as an enum has it. */
export const StorageValidationErrorCode = /* @__PURE__ */ Object.fromEntries(
  /* @__PURE__ */ Object.keys(validationErrorMap).map((name) => [name, name]),
) as { [Name in StorageValidationErrorCode]: Name }

/** @throws {StorageError} of that name, where the assertion does not hold. */
export function assertValidationError(
  assertion: boolean,
  name: StorageValidationErrorCode,
): asserts assertion {
  if (!assertion) throw new StorageError(name, validationErrorMap[name].message)
}
