import type * as official from 'aws-amplify/storage'
import type * as ours from './index.js'
import { downloadData, getUrl, list, type StorageErrorName, uploadData } from './index.js'

// Code written against v6's types takes what we return, and what it passes we take.

type Fits<From, To> = From extends To ? true : { from: From; to: To }
const fits = <_ extends true>() => {}

fits<Fits<official.UploadDataInput, ours.UploadDataInput>>()
fits<Fits<official.UploadDataWithPathInput, ours.UploadDataWithPathInput>>()
fits<Fits<official.DownloadDataInput, ours.DownloadDataInput>>()
fits<Fits<official.DownloadDataWithPathInput, ours.DownloadDataWithPathInput>>()
fits<Fits<official.GetUrlInput, ours.GetUrlInput>>()
fits<Fits<official.GetUrlWithPathInput, ours.GetUrlWithPathInput>>()
fits<Fits<official.ListAllInput, ours.ListAllInput>>()
fits<Fits<official.ListAllWithPathInput, ours.ListAllWithPathInput>>()
fits<Fits<official.ListPaginateInput, ours.ListPaginateInput>>()
fits<Fits<official.ListPaginateWithPathInput, ours.ListPaginateWithPathInput>>()
fits<Fits<official.RemoveInput, ours.RemoveInput>>()
fits<Fits<official.RemoveWithPathInput, ours.RemoveWithPathInput>>()
fits<Fits<official.CopyInput, ours.CopyInput>>()
fits<Fits<official.CopyWithPathInput, ours.CopyWithPathInput>>()
fits<Fits<official.GetPropertiesInput, ours.GetPropertiesInput>>()
fits<Fits<official.GetPropertiesWithPathInput, ours.GetPropertiesWithPathInput>>()

fits<Fits<ours.CopyOutput, official.CopyOutput>>()
fits<Fits<ours.CopyWithPathOutput, official.CopyWithPathOutput>>()
fits<Fits<ours.GetPropertiesOutput, official.GetPropertiesOutput>>()
fits<Fits<ours.GetPropertiesWithPathOutput, official.GetPropertiesWithPathOutput>>()
fits<Fits<ours.UploadDataOutput, official.UploadDataOutput>>()
fits<Fits<ours.UploadDataWithPathOutput, official.UploadDataWithPathOutput>>()
fits<Fits<ours.UploadDataServerOutput, official.UploadDataServerOutput>>()
fits<Fits<ours.UploadDataServerWithPathOutput, official.UploadDataServerWithPathOutput>>()
fits<Fits<ours.DownloadDataOutput, official.DownloadDataOutput>>()
fits<Fits<ours.DownloadDataWithPathOutput, official.DownloadDataWithPathOutput>>()
fits<Fits<ours.GetUrlOutput, official.GetUrlOutput>>()
fits<Fits<ours.GetUrlWithPathOutput, official.GetUrlWithPathOutput>>()
fits<Fits<ours.ListAllOutput, official.ListAllOutput>>()
fits<Fits<ours.ListAllWithPathOutput, official.ListAllWithPathOutput>>()
fits<Fits<ours.ListPaginateOutput, official.ListPaginateOutput>>()
fits<Fits<ours.ListPaginateWithPathOutput, official.ListPaginateWithPathOutput>>()
fits<Fits<ours.RemoveOutput, official.RemoveOutput>>()
fits<Fits<ours.RemoveWithPathOutput, official.RemoveWithPathOutput>>()
fits<Fits<ours.TransferProgressEvent, official.TransferProgressEvent>>()

// Every state is named, and nothing else is one.
export const shown: Record<ours.UploadDataWithPathOutput['state'], string> = {
  IN_PROGRESS: '…',
  PAUSED: '॥',
  CANCELED: '×',
  ERROR: '!',
  SUCCESS: '✓',
}

export const name: StorageErrorName = 'NoSuchKey'

export async function wrong(): Promise<void> {
  // @ts-expect-error neither path nor key
  uploadData({ data: '' })
  // @ts-expect-error numbers are not data
  uploadData({ path: 'a', data: 1 })
  // @ts-expect-error a download cannot be paused
  downloadData({ path: 'a' }).pause()
  // @ts-expect-error objects stored by path are named by path
  ;(await uploadData({ path: 'a', data: '' }).result).key
  // @ts-expect-error there are no pages where all is listed
  ;(await list({ path: '', options: { listAll: true } })).nextToken
  // @ts-expect-error seconds are a number
  await getUrl({ path: 'a', options: { expiresIn: '900' } })
}
