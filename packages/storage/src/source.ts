import { StorageError } from './errors.js'
import { partsOf } from './parts.js'

export type StorageUploadDataPayload =
  | Blob
  | ArrayBufferView
  | ArrayBuffer
  | string
  | ReadableStream<Uint8Array>

export type Bytes = Uint8Array<ArrayBuffer>

/** Something to upload, read piece by piece, so that a large file is never in memory as a whole. */
export interface Source {
  size: number
  read(start: number, end: number): Promise<Bytes>
  /** What the data itself says it is. */
  type?: string
  /** Where it is a file: what tells one file from another without reading it. */
  file?: { name: string; lastModified: number }
}

/** What an upload in parts takes its parts from. */
export interface Supply {
  /** Bytes in all; undefined for a stream. */
  size?: number
  /** The bytes of a part, counted from 1; undefined beyond the last. */
  read(number: number): Promise<Bytes | undefined>
  /** The part has arrived at S3, and will not be asked for again. */
  arrived?(number: number): void
  /** Nothing more is wanted. */
  close?(): void
}

export function sourceOf(data: Exclude<StorageUploadDataPayload, ReadableStream>): Source {
  if (typeof data === 'string') return fromBytes(new TextEncoder().encode(data))
  if (ArrayBuffer.isView(data))
    return fromBytes(new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength))
  const tag = tagOf(data)
  if (tag === 'ArrayBuffer') return fromBytes(new Uint8Array(data as ArrayBuffer))
  if (tag === 'Blob' || tag === 'File') {
    const blob = data as Blob & { name?: string; lastModified?: number }
    const { name, lastModified, size } = blob
    return {
      size,
      type: blob.type,
      file: name !== undefined && lastModified !== undefined ? { name, lastModified } : undefined,
      async read(start, end) {
        const bytes = await Promise.resolve()
          .then(() => blob.slice(start, end).arrayBuffer())
          .catch((error) => {
            throw unreadable(error)
          })
        if (bytes.byteLength < end - start) throw unreadable()
        return new Uint8Array(bytes)
      },
    }
  }
  throw new StorageError(
    'InvalidUploadSource',
    '`data` must be a Blob, a File, an ArrayBuffer, a view of one, a string or a ReadableStream of bytes.',
  )
}

export function isStream(data: StorageUploadDataPayload): data is ReadableStream<Uint8Array> {
  return tagOf(data) === 'ReadableStream'
}

/** The parts of something that can be read again and again. */
export function supplyOf({ size, read }: Source): Supply {
  const parts = partsOf(size)
  return {
    size,
    read: async (number) => {
      const part = parts[number - 1]
      return part && read(part.start, part.end)
    },
  }
}

export function unreadable(cause?: unknown): StorageError {
  return new StorageError(
    'InvalidUploadSource',
    'The data could not be read to its end: it was changed or removed meanwhile, or may not be read.',
    { cause },
  )
}

/** By tag, not by class: a frame or a test environment has an ArrayBuffer and a Blob of its own. */
function tagOf(data: unknown): string {
  return Object.prototype.toString.call(data).slice(8, -1)
}

function fromBytes(bytes: Bytes): Source {
  return { size: bytes.length, read: async (start, end) => bytes.subarray(start, end) }
}
