import { expect, test } from 'vitest'
import type { StorageRule } from '../plan.js'
import type { Principal, UserClaims } from '../service.js'
import { isAllowed, pathsOf } from './access.js'

const user = { sub: 's', username: 'ada', groups: [], tokenUse: 'id', claims: {} } satisfies UserClaims
const guest: Principal = { role: 'guest', identityId: 'us-east-1:guest' }
const ada: Principal = { role: 'authenticated', identityId: 'us-east-1:ada', user }
const bob: Principal = { role: 'authenticated', identityId: 'us-east-1:bob', user }
const editor: Principal = { role: 'group', group: 'editors', identityId: 'us-east-1:ed', user }
const root: Principal = { role: 'root' }

const READ = ['get', 'list'] as const
const ALL = ['get', 'list', 'write', 'delete'] as const
const rules: StorageRule[] = [
  { path: 'public/*', who: { kind: 'guest' }, may: [...READ] },
  { path: 'public/*', who: { kind: 'authenticated' }, may: [...ALL] },
  { path: 'protected/{entity_id}/*', who: { kind: 'authenticated' }, may: [...READ] },
  { path: 'protected/{entity_id}/*', who: { kind: 'owner' }, may: [...ALL] },
  { path: 'private/{entity_id}/*', who: { kind: 'owner' }, may: [...ALL] },
  { path: 'drafts/*', who: { kind: 'group', group: 'editors' }, may: ['get', 'write'] },
  { path: 'drafts/*', who: { kind: 'authenticated' }, may: ['get', 'list'] },
  { path: 'drafts/secret/*', who: { kind: 'group', group: 'editors' }, may: ['get'] },
]
const may = (who: Principal, action: StorageRule['may'][number], target: string) =>
  isAllowed(rules, who, action, target)

test('nothing is allowed that no rule allows, except to the administrator', () => {
  expect(may(guest, 'get', 'elsewhere/x')).toBe(false)
  expect(may(ada, 'list', '')).toBe(false)
  expect(may(guest, 'write', 'public/x')).toBe(false)
  expect(may(root, 'delete', 'anything')).toBe(true)
})

test('a rule covers its folder at any depth, and nothing that only begins like it', () => {
  expect(may(guest, 'get', 'public/a/b/c.txt')).toBe(true)
  expect(may(guest, 'get', 'public')).toBe(false)
  expect(may(guest, 'get', 'publicity/x')).toBe(false)
})

test('a list is allowed where its prefix is covered', () => {
  expect(may(guest, 'list', 'public/')).toBe(true)
  expect(may(guest, 'list', 'public/a')).toBe(true)
  expect(may(guest, 'list', 'public')).toBe(false)
  expect(may(guest, 'list', 'pub')).toBe(false)
})

test('an owner may do in their own folder what others may not', () => {
  expect(may(ada, 'write', 'private/us-east-1:ada/x')).toBe(true)
  expect(may(bob, 'get', 'private/us-east-1:ada/x')).toBe(false)
  expect(may(bob, 'get', 'protected/us-east-1:ada/x')).toBe(true)
  expect(may(bob, 'write', 'protected/us-east-1:ada/x')).toBe(false)
  expect(may(ada, 'list', 'private/us-east-1:ada/')).toBe(true)
  expect(may(ada, 'list', 'private/')).toBe(false)
  expect(may(guest, 'get', 'private/us-east-1:guest/x')).toBe(false)
})

test('a member of a group has the rules of the group and no others', () => {
  expect(may(editor, 'write', 'drafts/x')).toBe(true)
  expect(may(editor, 'list', 'drafts/')).toBe(false)
  expect(may(editor, 'get', 'public/x')).toBe(false)
  expect(may(editor, 'get', 'private/us-east-1:ed/x')).toBe(false)
})

test('a folder with rules of its own takes nothing from the one above', () => {
  expect(may(ada, 'get', 'drafts/x')).toBe(true)
  expect(may(ada, 'get', 'drafts/secret/x')).toBe(false)
  expect(may(ada, 'list', 'drafts/secret/')).toBe(false)
  expect(may(editor, 'get', 'drafts/secret/x')).toBe(true)
  expect(may(editor, 'write', 'drafts/secret/x')).toBe(false)
})

test('the outputs name each path with who may do what', () => {
  const paths = pathsOf(rules)
  expect(paths['public/*']).toEqual({ guest: [...READ], authenticated: [...ALL] })
  expect(paths['protected/{entity_id}/*']).toEqual({ authenticated: [...READ], entityidentity: [...ALL] })
  expect(paths['drafts/secret/*']).toEqual({ groupseditors: ['get'] })
})
