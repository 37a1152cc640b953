import { StorageError } from './errors.js'

export type StorageUploadDataPayload = Blob | ArrayBufferView | ArrayBuffer | string

/** Something to upload, read piece by piece, so that a large file is never in memory as a whole. */
export interface Source {
  size: number
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>
  /** What the data itself says it is. */
  type?: string
  /** Where it is a file: what tells one file from another without reading it. */
  file?: { name: string; lastModified: number }
}

export function sourceOf(data: StorageUploadDataPayload): Source {
  if (typeof data === 'string') return fromBytes(new TextEncoder().encode(data))
  if (ArrayBuffer.isView(data))
    return fromBytes(new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength))
  // By tag, not by class: a frame or a test environment has an ArrayBuffer and a Blob of its own.
  const tag = Object.prototype.toString.call(data)
  if (tag === '[object ArrayBuffer]') return fromBytes(new Uint8Array(data as ArrayBuffer))
  if (tag === '[object Blob]' || tag === '[object File]') {
    const blob = data as Blob & { name?: string; lastModified?: number }
    const { name, lastModified } = blob
    return {
      size: blob.size,
      type: blob.type,
      file: name !== undefined && lastModified !== undefined ? { name, lastModified } : undefined,
      read: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
    }
  }
  throw new StorageError(
    'InvalidUploadSource',
    '`data` must be a Blob, a File, an ArrayBuffer, a view of one, or a string.',
  )
}

function fromBytes(bytes: Uint8Array<ArrayBuffer>): Source {
  return { size: bytes.length, read: async (start, end) => bytes.subarray(start, end) }
}
