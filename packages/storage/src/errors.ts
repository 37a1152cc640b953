import { AmplifyError } from '@backline/core/internal'

/** Names we give. S3's own, like `NoSuchKey` or `AccessDenied`, pass through unchanged. */
export type StorageErrorName =
  | 'AbortError'
  | 'CanceledError'
  | 'DnsIncompatibleBucketName'
  | 'ForcePathStyleEndpointNotSupported'
  | 'IntegrityError'
  | 'InvalidAWSAccountID'
  | 'InvalidCopyOperationStorageBucket'
  | 'InvalidStorageBucket'
  | 'InvalidStorageOperationInput'
  | 'InvalidStorageOperationPrefixInput'
  | 'InvalidStoragePathInput'
  | 'InvalidUploadSource'
  | 'InvalidUrlExpiration'
  | 'NetworkError'
  | 'NoBucket'
  | 'NoDestinationKey'
  | 'NoDestinationPath'
  | 'NoCredentials'
  | 'NoIdentityId'
  | 'NoRegion'
  | 'NoSourceKey'
  | 'NoSourcePath'
  | 'NotFound'
  | 'ObjectIsTooLarge'
  | 'UrlExpirationMaxLimitExceed'
  | (string & {})

/** What the functions of storage throw. Branch on `name`. */
export class StorageError extends AmplifyError<StorageErrorName> {}

/** True for the error that a task's `result` rejects with after `task.cancel()`, and for that of a `signal` that fired. */
export function isCancelError(error: unknown): error is StorageError {
  // By name, not by class: two copies of the package may be loaded.
  return error instanceof Error && /^(Canceled|Abort)Error$/.test(error.name)
}
