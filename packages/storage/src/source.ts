import type { Context } from '@backline/core/internal'
import { StorageError } from './errors.js'
import { partsOf } from './parts.js'

/** A file by its URI, where the platform opens such: React Native. It is read part by part, and never in memory as a whole. */
export interface FileByUri {
  /** Such as `file:///…/film.mp4`. */
  uri: string
  /** Its media type; otherwise what the device or the ending of the path says. */
  type?: string
  /**
   * Sent by the device's own uploader, which goes on while the app is in the background: in one piece, up to 5 GiB, and it can be canceled but
   * not paused.
   */
  inBackground?: boolean
}

export type StorageUploadDataPayload =
  | FileByUri
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
  /** Throws where it is no longer what it was when it was opened, so that an object might be half of each. */
  check?(): Promise<void>
  /** Nothing more is wanted. */
  close?(): void
}

/** What an upload in parts takes its parts from. */
export interface Supply {
  /** Bytes in all; undefined for a stream. */
  size?: number
  /** The bytes of a part, counted from 1; undefined beyond the last. */
  read(number: number): Promise<Bytes | undefined>
  /** The part has arrived at S3, and will not be asked for again. */
  arrived?(number: number): void
  /** Throws where the parts may not be of one piece: see {@link Source}. */
  check?(): Promise<void>
  /** Nothing more is wanted. */
  close?(): void
}

export function sourceOf(data: Exclude<StorageUploadDataPayload, ReadableStream | FileByUri>): Source {
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
      read: wholly(async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer())),
    }
  }
  throw new StorageError(
    'InvalidUploadSource',
    '`data` must be a Blob, a File, an ArrayBuffer, a view of one, a string or a ReadableStream of bytes.',
  )
}

export function isByUri(data: StorageUploadDataPayload): data is FileByUri {
  return typeof (data as Partial<FileByUri>)?.uri === 'string'
}

/** @throws {StorageError} `InvalidUploadSource` */
export async function openSource({ platform }: Context, { uri, type }: FileByUri): Promise<Source> {
  if (!platform.openFile)
    throw new StorageError('InvalidUploadSource', 'This platform opens no files by URI.', {
      recoverySuggestion: 'Pass a Blob or a File.',
    })
  const open = () =>
    platform.openFile!(uri).catch((error) => {
      throw unreadable(error)
    })
  const file = await open()
  const { size, name = uri, lastModified = 0 } = file
  return {
    size,
    type: type ?? file.type,
    file: { name, lastModified },
    read: wholly((start, end) => file.read(start, end)),
    check: async () => {
      const now = await open()
      now.close?.()
      if (now.size !== size || !Object.is(now.lastModified, file.lastModified)) throw unreadable()
    },
    close: () => file.close?.(),
  }
}

/** Reads all of a stretch, or says that it cannot be read. */
function wholly(read: (start: number, end: number) => Promise<Uint8Array>): Source['read'] {
  return async (start, end) => {
    const bytes = await Promise.resolve()
      .then(() => read(start, end))
      .catch((error) => {
        throw unreadable(error)
      })
    if (bytes.length < end - start) throw unreadable()
    return bytes as Bytes
  }
}

export function isStream(data: StorageUploadDataPayload): data is ReadableStream<Uint8Array> {
  return tagOf(data) === 'ReadableStream'
}

/** The parts of something that can be read again and again. */
export function supplyOf({ size, read, check }: Source): Supply {
  const parts = partsOf(size)
  return {
    size,
    check,
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
