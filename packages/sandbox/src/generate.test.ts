import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { AUTH_ONLY, appWith, todoWith, write } from './amplify.fixture.js'
import { runGenerate } from './generate.js'

/** Runs the command to its end, in an app's folder. */
async function run(app: string, ...args: string[]) {
  const said: string[] = []
  const keep = (...words: unknown[]) => void said.push(words.join(' '))
  const spies = [
    vi.spyOn(console, 'log').mockImplementation(keep),
    vi.spyOn(console, 'error').mockImplementation(keep),
  ]
  try {
    const places = ['--backend', join(app, 'amplify'), '--out', join(app, 'schema.d.ts')]
    const code = await runGenerate(args[0] === 'types' ? [...places, ...args] : args)
    return { code, text: said.join('\n').replaceAll(app, '<app>') }
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}

test('the types of a schema are written, and a stale file is noticed', async () => {
  const app = appWith({ 'amplify/backend.ts': todoWith('content') })
  const file = join(app, 'schema.d.ts')
  expect(await run(app, 'types', '--check')).toEqual({
    code: 1,
    text: 'There is no <app>/schema.d.ts. Write it with: npx backline generate types',
  })
  expect(await run(app, 'types')).toEqual({ code: 0, text: 'Wrote <app>/schema.d.ts.' })
  expect(readFileSync(file, 'utf8')).toContain('content: string | null')
  expect(await run(app, 'types', '--check')).toEqual({
    code: 0,
    text: '<app>/schema.d.ts is what the schema says.',
  })

  write(join(app, 'amplify/backend.ts'), todoWith('title'))
  expect(await run(app, 'types', '--check')).toEqual({
    code: 1,
    text: '<app>/schema.d.ts is stale: the schema has changed since. Write it anew with: npx backline generate types',
  })
  expect((await run(app, 'types')).code).toBe(0)
  expect(readFileSync(file, 'utf8')).toContain('title: string | null')
})

test('a file that is not its own is left alone', async () => {
  const app = appWith({ 'amplify/backend.ts': todoWith('content'), 'schema.d.ts': 'export type Mine = 1\n' })
  const file = join(app, 'schema.d.ts')
  expect(await run(app, 'types')).toEqual({
    code: 1,
    text: '<app>/schema.d.ts is not a file of generated types, so it is left as it is. Choose another file for them.',
  })
  expect(readFileSync(file, 'utf8')).toBe('export type Mine = 1\n')

  await run(app, 'types', '--out', join(app, 'own.d.ts'))
  const own = readFileSync(join(app, 'own.d.ts'), 'utf8')
  writeFileSync(join(app, 'own.d.ts'), own.replace('content?: string', 'content?: number'))
  expect(await run(app, 'types', '--out', join(app, 'own.d.ts'))).toEqual({
    code: 1,
    text: '<app>/own.d.ts was changed by hand, so it is left as it is. Delete it, and it is written anew.',
  })
})

test.for([
  [{ backline: '^6.0.0' }, 'backline/schema'],
  [{ 'aws-amplify': 'npm:backline@^6.22.0' }, 'aws-amplify/schema'],
  [{ '@backline/schema': '^0.1.0' }, '@backline/schema'],
] as const)('the types come from where the app has them: %o', async ([dependencies, from]) => {
  const app = appWith({
    'amplify/backend.ts': todoWith('content'),
    'package.json': JSON.stringify({ dependencies }),
  })
  await run(app, 'types')
  expect(readFileSync(join(app, 'schema.d.ts'), 'utf8')).toContain(`} from '${from}'`)
})

test('what there are no types of is named', async () => {
  expect(await run(appWith({ 'amplify/backend.ts': AUTH_ONLY }), 'types')).toEqual({
    code: 1,
    text: 'The backend has no schema of a.schema({ … }), so there are no types to write.',
  })
  const app = appWith({})
  expect((await run(app, 'types')).text).toContain('has no backend.ts')
  expect(await run(app, 'docs')).toMatchObject({
    code: 2,
    text: expect.stringContaining("backline generate has no 'docs'."),
  })
  expect(await run(app, 'types', '--help')).toMatchObject({
    code: 0,
    text: expect.stringContaining('--check'),
  })
})
