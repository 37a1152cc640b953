import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, unlinkSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'

/** A stretch of an object on disk. */
export interface Piece {
  file: string
  size: number
}

/** A file being written. It has its name only once it is whole. */
export interface Draft {
  write(chunk: Uint8Array): Promise<void>
  /** Closes the file and gives it its name. */
  keep(): Promise<string>
  drop(): Promise<void>
}

/** Bytes of objects, in files whose names say nothing. Which of them count is said by the rows of the store. */
export interface Files {
  draft(): Promise<Draft>
  /** The bytes from `start` to `end` (inclusive) of pieces laid end to end. */
  read(pieces: Piece[], start: number, end: number): Readable
  /** Forgets files. Those being read stay until they have been. */
  discard(files: string[]): void
  /** Removes everything that `known` does not name: what a killed process left. */
  sweep(known: Set<string>): void
}

const DRAFT = '.part'

export function openFiles(folder: string): Files {
  mkdirSync(folder, { recursive: true })
  const readers = new Map<string, number>()
  const discarded = new Set<string>()
  const remove = (file: string) => {
    try {
      unlinkSync(join(folder, file))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  const release = (file: string) => {
    const left = readers.get(file)! - 1
    if (left) readers.set(file, left)
    else {
      readers.delete(file)
      if (discarded.delete(file)) remove(file)
    }
  }

  return {
    async draft() {
      const name = randomUUID()
      const path = join(folder, name + DRAFT)
      const handle = await open(path, 'wx')
      return {
        async write(chunk) {
          let written = 0
          while (written < chunk.length) {
            written += (await handle.write(chunk, written)).bytesWritten
          }
        },
        async keep() {
          // No fsync: what has been written survives the death of this process, as the store's own promise goes.
          await handle.close()
          await rename(path, join(folder, name))
          return name
        },
        async drop() {
          await handle.close().catch(() => undefined)
          await rm(path, { force: true })
          await rm(join(folder, name), { force: true })
        },
      }
    },
    read(pieces, start, end) {
      for (const { file } of pieces) readers.set(file, (readers.get(file) ?? 0) + 1)
      const stream = Readable.from(chunks(folder, pieces, start, end), { objectMode: false })
      stream.once('close', () => {
        for (const { file } of pieces) release(file)
      })
      return stream
    },
    discard(files) {
      for (const file of files) {
        if (readers.has(file)) discarded.add(file)
        else remove(file)
      }
    },
    sweep(known) {
      for (const file of readdirSync(folder)) if (!known.has(file)) remove(file)
    },
  }
}

const CHUNK = 256 * 1024

async function* chunks(folder: string, pieces: Piece[], start: number, end: number): AsyncGenerator<Buffer> {
  let offset = 0
  for (const { file, size } of pieces) {
    const first = Math.max(start - offset, 0)
    const last = Math.min(end - offset, size - 1)
    offset += size
    if (first > last) continue
    const handle = await open(join(folder, file), 'r')
    try {
      yield* handle.createReadStream({ start: first, end: last, highWaterMark: CHUNK, autoClose: false })
    } finally {
      await handle.close()
    }
  }
}
