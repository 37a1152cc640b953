import { type Context, perContext, toHex, utf8, withLock } from '@backline/core/internal'
import { crc32 } from './crc32.js'
import type { Source } from './source.js'

// What is remembered of unfinished uploads, in the platform's store, so that they go on after a reload. Key, shape and lifetime are
// those of aws-amplify.

const storeKey = '__uploadInProgress'
const lifetime = 60 * 60_000

export interface UnfinishedUpload {
  uploadId: string
  bucket: string
  key: string
  fileName: string
  /** Not in what aws-amplify has written. */
  region?: string
  lastTouched: number
}

/** Uploads that run in this context: nobody else may go on with them. */
export const runningUploads = /* @__PURE__ */ perContext('storage.uploads', () => new Set<string>())

/** The upload of that name, and those that nobody has gone on with for an hour: they are forgotten by this. */
export async function recallUpload(
  ctx: Context,
  name: string,
): Promise<{ uploadId?: string; expired: UnfinishedUpload[] }> {
  const expired: UnfinishedUpload[] = []
  const { uploadId } = (await change(ctx, () => {}, expired))[name] ?? {}
  const running = runningUploads(ctx)
  return {
    uploadId: uploadId && !running.has(uploadId) ? uploadId : undefined,
    expired: expired.filter((upload) => upload.uploadId && !running.has(upload.uploadId)),
  }
}

/** Remembers the upload for another hour. */
export async function rememberUpload(
  ctx: Context,
  name: string,
  upload: Omit<UnfinishedUpload, 'lastTouched'>,
): Promise<void> {
  await change(ctx, (uploads) => {
    uploads[name] = { ...upload, lastTouched: ctx.platform.now() }
  })
}

export async function forgetUpload(ctx: Context, name: string, uploadId: string): Promise<void> {
  await change(ctx, (uploads) => {
    if (uploads[name]?.uploadId === uploadId) delete uploads[name]
  })
}

const sample = 64 * 1024

/**
 * Recognises the upload of the same data to the same place with the same headers: by samples of the content, so that hardly ever
 * other data is taken for it. Where it is, its parts are compared one by one before any is taken over.
 */
export async function nameOfUpload(
  ctx: Context,
  { file, size, read }: Source,
  place: (string | undefined)[],
  headers: object,
): Promise<string> {
  const middle = Math.floor((size - sample) / 2)
  const content = new Uint8Array(3 * sample)
  for (const [index, start] of [0, middle, size - sample].entries())
    content.set(await read(start, start + sample), index * sample)
  const fingerprint = toHex(await ctx.platform.sha256(content)).slice(0, 32)
  return [
    file?.name,
    file?.lastModified,
    crc32(utf8(JSON.stringify(headers))),
    size,
    ...place,
    fingerprint,
  ].join('_')
}

type Uploads = Record<string, UnfinishedUpload>

/** Reads, moves what is too old to `expired`, changes, writes; one at a time across tabs. */
async function change(
  ctx: Context,
  edit: (uploads: Uploads) => void,
  expired?: UnfinishedUpload[],
): Promise<Uploads> {
  const { store, now } = ctx.platform
  return withLock(ctx, 'backline.storage.uploads', 2_000, async () => {
    try {
      const before = (await store.getItem(storeKey)) ?? '{}'
      const uploads: Uploads = {}
      for (const [name, upload] of Object.entries(parse(before))) {
        // Only whoever aborts the old ones may forget them.
        if (!expired || upload.lastTouched > now() - lifetime) uploads[name] = upload
        else expired.push(upload)
      }
      edit(uploads)
      const after = JSON.stringify(uploads)
      if (after !== before) await store.setItem(storeKey, after)
      return uploads
    } catch {
      // A store that is full or forbidden costs the resuming, not the upload.
      return {}
    }
  })
}

function parse(text: string): Uploads {
  try {
    return JSON.parse(text) ?? {}
  } catch {
    return {}
  }
}
