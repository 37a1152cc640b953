import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export interface DataLock {
  /** Tells whoever else comes where we are. */
  sign(url: string): void
  release(): void
}

/**
 * Keeps a data folder to one sandbox. Two would each hold the other's state as stale memory.
 *
 * The lock is one of the operating system's, taken by SQLite on an empty file: it is gone with its process however that dies, so
 * there is never a leftover to clean up, nor a process number that by now belongs to somebody else.
 *
 * @throws {Error} that names the folder and who has it.
 */
export function lockData(folder: string): DataLock {
  const owner = join(folder, 'owner.json')
  // The time is for a predecessor that is just ending.
  const file = new DatabaseSync(join(folder, 'lock.sqlite'), { timeout: 300 })
  try {
    file.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    file.close()
    if ((error as { errcode?: number }).errcode !== BUSY) throw error
    throw new Error(
      `The data folder ${folder} is in use by another sandbox${whoIn(owner)}. Stop that one, or choose another folder (--data, or \`dataDir\` in code).`,
      { cause: error },
    )
  }
  return {
    sign: (url) => writeFileSync(owner, JSON.stringify({ pid: process.pid, url })),
    release: () => file.close(),
  }
}

/** SQLITE_BUSY: https://sqlite.org/rescode.html#busy */
const BUSY = 5

function whoIn(file: string): string {
  try {
    const { pid, url } = JSON.parse(readFileSync(file, 'utf8')) as { pid: number; url: string }
    return `, process ${pid} at ${url}`
  } catch {
    // It has only just begun, or was written by halves: then the folder must do.
    return ''
  }
}
