import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openStore } from './store.js'

const TABLE = 'CREATE TABLE notes (id TEXT PRIMARY KEY, text TEXT) STRICT'

test('each step of a migration runs once, ever', () => {
  const folder = mkdtempSync(join(tmpdir(), 'backline-store-'))
  const file = join(folder, 'deep', 'backline.sqlite')
  const first = openStore(file)
  first.migrate('notes', [TABLE])
  first.run("INSERT INTO notes VALUES ('1', 'kept')")
  first.close()

  const second = openStore(file)
  second.migrate('notes', [TABLE, "ALTER TABLE notes ADD COLUMN more TEXT NOT NULL DEFAULT 'new'"])
  expect(second.all('SELECT * FROM notes')).toEqual([{ id: '1', text: 'kept', more: 'new' }])
  second.close()
  rmSync(folder, { recursive: true })
})

test('a migration that fails leaves nothing behind', () => {
  const store = openStore(':memory:')
  expect(() => store.migrate('notes', [`${TABLE}; CREATE NONSENSE`])).toThrow()
  store.migrate('notes', [TABLE])
  expect(store.all('SELECT * FROM notes')).toEqual([])
  store.close()
})

test('a transaction happens as a whole or not at all, the ones within it too', () => {
  const store = openStore(':memory:')
  store.migrate('notes', [TABLE])
  const insert = (id: string) => store.run('INSERT INTO notes VALUES (?, ?)', id, 'x')
  expect(() =>
    store.transaction(() => {
      insert('1')
      store.transaction(() => insert('2'))
      throw new Error('no')
    }),
  ).toThrow('no')
  expect(store.get('SELECT * FROM notes')).toBeUndefined()
  expect(
    store.transaction(() => {
      insert('1')
      return insert('2').changes
    }),
  ).toBe(1)
  expect(store.all('SELECT id FROM notes ORDER BY id')).toEqual([{ id: '1' }, { id: '2' }])
  store.close()
})
