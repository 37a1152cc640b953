import { type Context, perContext, withLock } from '@backline/core/internal'

// What is remembered of unfinished uploads, in the platform's store, so that they go on after a reload. Key, shape and lifetime are
// those of aws-amplify.

const storeKey = '__uploadInProgress'
const lifetime = 60 * 60_000

export interface UnfinishedUpload {
  uploadId: string
  bucket: string
  key: string
  fileName: string
  lastTouched: number
}

/** Uploads that run in this context: nobody else may go on with them. */
export const runningUploads = /* @__PURE__ */ perContext('storage.uploads', () => new Set<string>())

export async function recallUpload(ctx: Context, name: string): Promise<string | undefined> {
  const { uploadId } = (await change(ctx, () => {}))[name] ?? {}
  return uploadId && !runningUploads(ctx).has(uploadId) ? uploadId : undefined
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

type Uploads = Record<string, UnfinishedUpload>

/** Reads, drops what is too old, changes, writes; one at a time across tabs. */
async function change(ctx: Context, edit: (uploads: Uploads) => void): Promise<Uploads> {
  const { store, now } = ctx.platform
  return withLock(ctx, 'backline.storage.uploads', 2_000, async () => {
    try {
      const before = (await store.getItem(storeKey)) ?? '{}'
      const uploads = Object.fromEntries(
        Object.entries(parse(before)).filter(([, upload]) => upload.lastTouched > now() - lifetime),
      )
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
