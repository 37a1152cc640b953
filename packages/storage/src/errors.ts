import { AmplifyError } from '@backline/core/internal'

/** Names we give. S3's own, like `NoSuchKey` or `AccessDenied`, pass through unchanged. */
export type StorageErrorName =
  | 'CanceledError'
  | 'DnsIncompatibleBucketName'
  | 'ForcePathStyleEndpointNotSupported'
  | 'IntegrityError'
  | 'InvalidAWSAccountID'
  | 'InvalidStorageBucket'
  | 'InvalidStorageOperationInput'
  | 'InvalidStorageOperationPrefixInput'
  | 'InvalidStoragePathInput'
  | 'InvalidUploadSource'
  | 'InvalidUrlExpiration'
  | 'NetworkError'
  | 'NoBucket'
  | 'NoCredentials'
  | 'NoIdentityId'
  | 'NoRegion'
  | 'NotFound'
  | 'ObjectIsTooLarge'
  | 'UrlExpirationMaxLimitExceed'
  | (string & {})

/** What the functions of storage throw. Branch on `name`. */
export class StorageError extends AmplifyError<StorageErrorName> {}

/** True for the error that a task's `result` rejects with after `task.cancel()`. */
export function isCancelError(error: unknown): error is StorageError {
  // By name, not by class: two copies of the package may be loaded.
  return error instanceof Error && error.name === 'CanceledError'
}
