export {
  type CopyInput,
  type CopyOutput,
  type CopyWithPathInput,
  type CopyWithPathOutput,
  copy,
} from './copy.js'
export {
  type DownloadDataInput,
  type DownloadDataOutput,
  type DownloadDataWithPathInput,
  type DownloadDataWithPathOutput,
  downloadData,
} from './download.js'
export { isCancelError, StorageError, type StorageErrorName } from './errors.js'
export {
  type ListAllInput,
  type ListAllOutput,
  type ListAllWithPathInput,
  type ListAllWithPathOutput,
  type ListPaginateInput,
  type ListPaginateOutput,
  type ListPaginateWithPathInput,
  type ListPaginateWithPathOutput,
  list,
} from './list.js'
export { DEFAULT_PART_SIZE } from './parts.js'
export {
  type GetPropertiesInput,
  type GetPropertiesOutput,
  type GetPropertiesWithPathInput,
  type GetPropertiesWithPathOutput,
  getProperties,
} from './properties.js'
export {
  type RemoveInput,
  type RemoveOperation,
  type RemoveOutput,
  type RemoveWithPathInput,
  type RemoveWithPathOutput,
  remove,
} from './remove.js'
export type { TransferProgressEvent } from './task.js'
export {
  type UploadDataInput,
  type UploadDataOutput,
  type UploadDataServerOutput,
  type UploadDataServerWithPathOutput,
  type UploadDataWithPathInput,
  type UploadDataWithPathOutput,
  uploadData,
} from './upload.js'
export {
  type GetUrlInput,
  type GetUrlOutput,
  type GetUrlWithPathInput,
  type GetUrlWithPathOutput,
  getUrl,
} from './url.js'
