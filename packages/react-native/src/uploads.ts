import type { FileUpload, FileUploaded } from '@backline/core/internal'
import { notInstalled } from './errors.js'
import { expoFileSystem } from './installed.js'

/** Sends a file by the system's own uploader, through `expo-file-system`. */
export async function uploadFile(
  uri: string,
  { url, method, headers, signal, onProgress }: FileUpload,
): Promise<FileUploaded> {
  const expo = expoFileSystem()
  const file = expo?.File && new expo.File(uri)
  // Tasks came with SDK 56.
  if (!file?.createUploadTask) {
    throw notInstalled(
      'expo-file-system',
      `${uri} is to be sent in the background, which takes the one of SDK 56 or later`,
      'pass uploadFile to createNativePlatform',
    )
  }
  const task = file.createUploadTask(url, {
    httpMethod: method,
    headers,
    sessionType: 'background',
    signal,
    onProgress: ({ bytesSent, totalBytes }) => onProgress(bytesSent, totalBytes),
  })
  try {
    return await task.uploadAsync()
  } finally {
    task.release?.()
  }
}
