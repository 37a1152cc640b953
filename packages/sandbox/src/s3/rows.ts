import type { Store } from '../store.js'
import type { Algorithm, ChecksumType } from './checksums.js'

// Objects and uploads own files through one table, by the same id: completing an upload moves no bytes and touches no file.
// Keys are BLOBs, so that SQLite orders them as S3 does: by the bytes of their UTF-8.

const MIGRATIONS = [
  `CREATE TABLE s3_objects (
     bucket TEXT NOT NULL, key BLOB NOT NULL, id TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, etag TEXT NOT NULL,
     modified INTEGER NOT NULL, headers TEXT NOT NULL, algorithm TEXT, checksum TEXT, checksum_type TEXT,
     PRIMARY KEY (bucket, key)) STRICT, WITHOUT ROWID;
   CREATE TABLE s3_uploads (
     id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key BLOB NOT NULL, started INTEGER NOT NULL, headers TEXT NOT NULL,
     algorithm TEXT, checksum_type TEXT) STRICT;
   CREATE INDEX s3_uploads_by_key ON s3_uploads (bucket, key);
   CREATE TABLE s3_files (
     owner TEXT NOT NULL, number INTEGER NOT NULL, file TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, etag TEXT NOT NULL,
     modified INTEGER NOT NULL, algorithm TEXT, checksum BLOB, PRIMARY KEY (owner, number)) STRICT`,
  // What functions have to be told of. A row stays until its function has been.
  `CREATE TABLE s3_events (id INTEGER PRIMARY KEY, bucket TEXT NOT NULL, trigger TEXT NOT NULL, event TEXT NOT NULL) STRICT`,
]

export const migrate = (store: Store) => store.migrate('s3', MIGRATIONS)

/** A stored object without its bytes. */
export interface ObjectRow {
  bucket: string
  key: Uint8Array
  /** Changes with every write. */
  id: string
  size: number
  etag: string
  modified: number
  /** What the writer said about it and gets back: JSON of headers by name. */
  headers: string
  algorithm: Algorithm | null
  /** As S3 spells it: base64, with `-N` where it is a composite. */
  checksum: string | null
  checksum_type: ChecksumType | null
}

export interface UploadRow {
  id: string
  bucket: string
  key: Uint8Array
  started: number
  headers: string
  algorithm: Algorithm | null
  checksum_type: ChecksumType | null
}

/** A file of an object, or a part of an upload. */
export interface FileRow {
  owner: string
  number: number
  file: string
  size: number
  etag: string
  modified: number
  algorithm: Algorithm | null
  checksum: Uint8Array | null
}

export const keyText = (key: Uint8Array) => Buffer.from(key).toString()

export function findObject(store: Store, bucket: string, key: string): ObjectRow | undefined {
  return store.get('SELECT * FROM s3_objects WHERE bucket = ? AND key = ?', bucket, Buffer.from(key))
}

export function filesOf(store: Store, owner: string): FileRow[] {
  return store.all('SELECT * FROM s3_files WHERE owner = ? ORDER BY number', owner)
}

export function addFile(store: Store, row: FileRow): void {
  const { owner, number, file, size, etag, modified, algorithm, checksum } = row
  store.run(
    'INSERT OR REPLACE INTO s3_files (owner, number, file, size, etag, modified, algorithm, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    ...[owner, number, file, size, etag, modified, algorithm, checksum],
  )
}

/** Takes the files of an object or upload out of the books. Returns them, to be discarded once the transaction holds. */
export function dropFiles(store: Store, owner: string): string[] {
  const files = filesOf(store, owner).map(({ file }) => file)
  store.run('DELETE FROM s3_files WHERE owner = ?', owner)
  return files
}

/** Puts an object in the place of whatever had its key. Returns the files of that. Within a transaction. */
export function putObjectRow(store: Store, row: ObjectRow): string[] {
  const old = removeObjectRow(store, row.bucket, row.key)
  const { bucket, key, id, size, etag, modified, headers, algorithm, checksum, checksum_type } = row
  store.run(
    'INSERT INTO s3_objects (bucket, key, id, size, etag, modified, headers, algorithm, checksum, checksum_type) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ...[bucket, key, id, size, etag, modified, headers, algorithm, checksum, checksum_type],
  )
  return old
}

/** Takes an object out of the books. Returns its files. Within a transaction. */
export function removeObjectRow(store: Store, bucket: string, key: Uint8Array): string[] {
  const old = store.get<{ id: string }>('SELECT id FROM s3_objects WHERE bucket = ? AND key = ?', bucket, key)
  if (!old) return []
  store.run('DELETE FROM s3_objects WHERE bucket = ? AND key = ?', bucket, key)
  return dropFiles(store, old.id)
}
