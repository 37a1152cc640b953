import { GetObjectCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3'
import { createAmplifyContext } from '@backline/core'
import { type Context, createMemoryStore, type LibraryOptions } from '@backline/core/internal'
import { startSandbox } from '@backline/sandbox'
import { defineAuth, defineBackend, defineStorage } from '@backline/schema/backend'

// For tests of this package only: the sandbox's S3 and contexts that watch what goes to it.

export interface Sent {
  method: string
  /** The path after the bucket's name, and the query. */
  target: string
  headers: Record<string, string>
  status?: number
}

export interface Watched {
  ctx: Context
  sent: Sent[]
  /** Answers in place of S3, or throws as a dead network does; undefined lets the request pass. */
  intercept?: (sent: Sent) => Promise<Response | undefined> | Response | undefined
  /** Sees the answer before the client does, and may lose it by throwing. */
  afterwards?: (sent: Sent) => void
}

export async function startBucket() {
  const sandbox = await startSandbox({
    backend: defineBackend({
      auth: defineAuth({ loginWith: { email: true } }),
      storage: defineStorage({
        name: 'drive',
        isDefault: true,
        access: (allow: any) => ({
          'public/*': [allow.guest.to(['read', 'write', 'delete'])],
          'guests/*': [allow.guest.to(['read', 'write', 'delete'])],
        }),
      }),
      archive: defineStorage({
        name: 'archive',
        access: (allow: any) => ({ 'guests/*': [allow.guest.to(['read'])] }),
      }),
    }),
  })
  const { storage } = sandbox.outputs as {
    storage: { bucket_name: string; buckets: { name: string; bucket_name: string }[] }
  }
  const archive = storage.buckets.find(({ name }) => name === 'archive')!.bucket_name

  /** As an administrator, unless `guest`: then as somebody who has not signed in. */
  function watch({
    guest = false,
    store = createMemoryStore(),
    now = Date.now,
    options = {} as LibraryOptions,
  } = {}): Watched {
    const watched = { sent: [] as Sent[] } as Watched
    const credentialsProvider = {
      getCredentialsAndIdentityId: async () => ({
        credentials: sandbox.credentials,
        identityId: 'us-east-1:me',
      }),
      clearCredentialsAndIdentityId() {},
    }
    watched.ctx = createAmplifyContext(sandbox.outputs, {
      ...(!guest && { Auth: { credentialsProvider } }),
      ...options,
      platform: {
        store,
        now,
        async fetch(input, init) {
          const { pathname, search } = new URL(String(input))
          const [, bucket, target = ''] = /^\/([^/]*)\/?(.*)$/.exec(pathname + search) ?? []
          if (bucket !== storage.bucket_name && bucket !== archive) return fetch(input, init)
          const sent: Sent = {
            method: init!.method!,
            target,
            headers: init!.headers as Record<string, string>,
          }
          watched.sent.push(sent)
          const response = (await watched.intercept?.(sent)) ?? (await fetch(input, init))
          sent.status = response.status
          watched.afterwards?.(sent)
          return response
        },
      },
    } as LibraryOptions)
    return watched
  }

  return { sandbox, bucket: storage.bucket_name, archive, watch }
}

export type Bucket = Awaited<ReturnType<typeof startBucket>>

export function megabytes(count: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(count * 1024 * 1024)
  for (let index = 0; index < bytes.length; index++) bytes[index] = Math.imul(index, 2_654_435_761) >>> 13
  return bytes
}

/** The official client of a bucket, to see what is in it. It learns the clock of the sandbox once, so each test has its own. */
export function officialClient(
  { sandbox: { url: endpoint, credentials }, bucket: Bucket }: Bucket,
  systemClockOffset = 0,
) {
  const s3 = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials,
    systemClockOffset,
  })
  const read = (Key: string) => s3.send(new GetObjectCommand({ Bucket, Key }))
  return {
    s3,
    read,
    bytesOf: async (key: string) => Buffer.from(await (await read(key)).Body!.transformToByteArray()),
    /** The uploads in parts that are neither complete nor aborted. */
    unfinished: async () => (await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads ?? [],
  }
}

/** What a promise is rejected with; nothing where it is kept. */
export function failure(
  promise: PromiseLike<unknown>,
): PromiseLike<(Error & { recoverySuggestion?: string; status?: number }) | undefined> {
  return promise.then(
    () => undefined,
    (error) => error,
  )
}

/** The numbers of the parts among these requests. */
export function partNumbers(sent: Sent[]): number[] {
  return sent.map(({ target }) => Number(/partNumber=(\d+)/.exec(target)?.[1] ?? 0)).filter(Boolean)
}

/** The answer of an S3 that refuses. */
export function refusal(status: number, code: string): Response {
  return new Response(`<Error><Code>${code}</Code><Message>Told by the test.</Message></Error>`, { status })
}
