// `aws-amplify/storage/server`: the functions of storage with the context first, as code on servers that hold one per request has them.
import type { Context } from '@backline/core/internal'
import * as stories from './index.js'

export async function copy(
  contextSpec: Context,
  input: stories.CopyWithPathInput,
): Promise<stories.CopyWithPathOutput>
/** @deprecated Use `path` instead of `key`. */
export async function copy(contextSpec: Context, input: stories.CopyInput): Promise<stories.CopyOutput>
export async function copy(
  contextSpec: Context,
  input: stories.CopyWithPathInput | stories.CopyInput,
): Promise<stories.CopyWithPathOutput | stories.CopyOutput> {
  return stories.copy(input as stories.CopyWithPathInput, contextSpec)
}

export async function getProperties(
  contextSpec: Context,
  input: stories.GetPropertiesWithPathInput,
): Promise<stories.GetPropertiesWithPathOutput>
/** @deprecated Use `path` instead of `key`. */
export async function getProperties(
  contextSpec: Context,
  input: stories.GetPropertiesInput,
): Promise<stories.GetPropertiesOutput>
export async function getProperties(
  contextSpec: Context,
  input: stories.GetPropertiesWithPathInput | stories.GetPropertiesInput,
): Promise<stories.GetPropertiesWithPathOutput | stories.GetPropertiesOutput> {
  return stories.getProperties(input as stories.GetPropertiesWithPathInput, contextSpec)
}

export async function getUrl(
  contextSpec: Context,
  input: stories.GetUrlWithPathInput | stories.GetUrlInput,
): Promise<stories.GetUrlWithPathOutput> {
  return stories.getUrl(input, contextSpec)
}

export async function list(
  contextSpec: Context,
  input: stories.ListPaginateWithPathInput,
): Promise<stories.ListPaginateWithPathOutput>
export async function list(
  contextSpec: Context,
  input: stories.ListAllWithPathInput,
): Promise<stories.ListAllWithPathOutput>
/** @deprecated Use `path` instead of `prefix`. */
export async function list(
  contextSpec: Context,
  input?: stories.ListPaginateInput,
): Promise<stories.ListPaginateOutput>
/** @deprecated Use `path` instead of `prefix`. */
export async function list(contextSpec: Context, input?: stories.ListAllInput): Promise<stories.ListAllOutput>
export async function list(
  contextSpec: Context,
  input?:
    | stories.ListPaginateWithPathInput
    | stories.ListAllWithPathInput
    | stories.ListPaginateInput
    | stories.ListAllInput,
): Promise<stories.ListPaginateWithPathOutput | stories.ListPaginateOutput> {
  return stories.list(input as stories.ListPaginateWithPathInput, contextSpec)
}

export function remove(
  contextSpec: Context,
  input: stories.RemoveWithPathInput,
): stories.RemoveOperation<stories.RemoveWithPathOutput>
/** @deprecated Use `path` instead of `key`. */
export function remove(
  contextSpec: Context,
  input: stories.RemoveInput,
): stories.RemoveOperation<stories.RemoveOutput>
export function remove(
  contextSpec: Context,
  input: stories.RemoveWithPathInput | stories.RemoveInput,
): stories.RemoveOperation<stories.RemoveWithPathOutput> | stories.RemoveOperation<stories.RemoveOutput> {
  return stories.remove(input as stories.RemoveWithPathInput, contextSpec)
}

/** As in the app, except that nobody is there to pause it: a request ends, and its context with it. */
export function uploadData(
  contextSpec: Context,
  input: stories.UploadDataWithPathInput,
): stories.UploadDataServerWithPathOutput
/** @deprecated Use `path` instead of `key`. */
export function uploadData(
  contextSpec: Context,
  input: stories.UploadDataInput,
): stories.UploadDataServerOutput
export function uploadData(
  contextSpec: Context,
  input: stories.UploadDataWithPathInput | stories.UploadDataInput,
): stories.UploadDataServerWithPathOutput | stories.UploadDataServerOutput {
  return stories.uploadData(
    input as stories.UploadDataWithPathInput,
    contextSpec,
  ) as stories.UploadDataServerWithPathOutput
}
