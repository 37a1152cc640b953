import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'
import { AUTH_ONLY, appWith, todoWith, write } from './amplify.fixture.js'
import { runSandbox } from './cli.js'

/** Everything of this app's own, so that tests do not meet. */
const placesIn = (app: string) => [
  '--backend',
  join(app, 'amplify'),
  '--outputs',
  join(app, 'outputs.json'),
  '--data',
  join(app, 'data'),
  '--port',
  '0',
]

/** Runs the command to its end, in an app's folder. */
async function run(app: string, ...args: string[]) {
  const said: string[] = []
  const keep = (...words: unknown[]) => void said.push(words.join(' '))
  const spies = [
    vi.spyOn(console, 'log').mockImplementation(keep),
    vi.spyOn(console, 'error').mockImplementation(keep),
  ]
  try {
    const code = await runSandbox(placesIn(app).concat(args))
    return { code, text: said.join('\n') }
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}

/** Starts the command as a process of its own, on the sources, and reads along. */
function start(app: string, ...more: string[]) {
  const root = fileURLToPath(new URL('../../../', import.meta.url))
  const args = placesIn(app).concat(more)
  const script =
    "import { runSandbox } from '@backline/sandbox'; process.exit(await runSandbox(process.argv.slice(1)))"
  const options = [
    '--conditions=source',
    '--import',
    join(root, 'scripts/sources.mjs'),
    '--input-type=module',
  ]
  // The script is found where Node starts, and the app is elsewhere.
  const child = spawn(process.execPath, [...options, '-e', script, '--', ...args], { cwd: root })
  let text = ''
  const waiting = new Set<() => void>()
  const read = (chunk: Buffer) => {
    text += chunk
    for (const wake of waiting) wake()
  }
  child.stdout.on('data', read)
  child.stderr.on('data', read)
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return {
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    ended,
    text: () => text,
    /** Resolves with what has been said since `after`, once it contains `words`. */
    async hears(words: string, after = 0): Promise<string> {
      while (!text.slice(after).includes(words)) {
        if (child.exitCode !== null) throw new Error(`It has ended:\n${text}`)
        await new Promise<void>((resolve) => {
          waiting.add(resolve)
          void ended.then(() => resolve())
        })
        waiting.clear()
      }
      return text.slice(after)
    },
  }
}

const outputsOf = (app: string) => JSON.parse(readFileSync(join(app, 'outputs.json'), 'utf8'))
test('the command explains itself, and names what it does not know', async () => {
  const app = appWith({})
  expect(await run(app, '--help')).toMatchObject({
    code: 0,
    text: expect.stringContaining('--outputs <file>'),
  })
  const unknown = await run(app, '--prot', '1')
  expect(unknown.code).toBe(2)
  expect(unknown.text).toMatch(/^Unknown option '--prot'[\s\S]*--port <number>/)
  for (const port of ['x', '-1', '65536', '1.5']) {
    expect(await run(app, `--port=${port}`)).toEqual({
      code: 2,
      text: `--port must be a whole number from 0 to 65535, not '${port}'.`,
    })
  }
})

test('a port in use is named, with a way out', async () => {
  const app = appWith({ 'amplify/backend.ts': AUTH_ONLY })
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  const { port } = other.address() as { port: number }
  const { code, text } = await run(app, '--port', `${port}`)
  other.close()
  expect([code, text]).toEqual([
    1,
    `Port ${port} is in use, perhaps by another sandbox. Stop it, or choose one with --port.`,
  ])
  expect(existsSync(join(app, 'outputs.json'))).toBe(false)
})

test.for([
  ['nothing there', {}, /^\S+amplify has no backend\.ts\. An Amplify Gen 2 backend starts there/],
  [
    'a slip of the pen',
    { 'amplify/backend.ts': 'export const a = 1\nconst b: number = ;\n' },
    /^amplify\/backend\.ts:2:19 Unexpected ";"$/,
  ],
  [
    'a slip in another file',
    { 'amplify/backend.ts': "import './data/resource'", 'amplify/data/resource.ts': '\n\nlet 1' },
    /^amplify\/data\/resource\.ts:3:5 /,
  ],
  [
    'an import of nothing',
    { 'amplify/backend.ts': "import './no'\nimport 'nobody'" },
    /^amplify\/backend\.ts:1:8 Could not resolve "\.\/no"\namplify\/backend\.ts:2:8 /,
  ],
  [
    'code that throws',
    { 'amplify/backend.ts': '\nthrow new Error("not today")' },
    /^amplify\/backend\.ts:2:7 not today$/,
  ],
  ['no definition', { 'amplify/backend.ts': 'export {}' }, /backend\.ts does not call defineBackend\(…\)\.$/],
  [
    'a relation to nowhere',
    { 'amplify/backend.ts': todoWith("list: a.belongsTo('Lits', 'listId'), content") },
    /^amplify\/backend\.ts:2:18 Todo\.list is related to "Lits", which is not a model of the schema\.$/,
  ],
  [
    'a pool nobody can sign in to',
    { 'amplify/backend.ts': AUTH_ONLY.replace('email: true', '') },
    /^defineAuth: loginWith must turn on/,
  ],
] as const)('%s: one line that says where, and no stack', async ([, files, expected]) => {
  const { code, text } = await run(appWith(files as Record<string, string>))
  expect(code).toBe(1)
  expect(text).toMatch(expected)
  expect(text).not.toMatch(/^\s+at /m)
})

test('what the folder left running may fail without taking the sandbox along', async () => {
  const app = appWith({
    'amplify/backend.ts': `${AUTH_ONLY}
void Promise.reject(new Error('left alone'))
setTimeout(() => { throw new Error('too late') }, 200)
`,
  })
  const sandbox = start(app)
  await sandbox.hears('left alone')
  await sandbox.hears('too late')
  await sandbox.hears('Stop it with')
  expect(sandbox.text()).toMatch(/^amplify[\\/]backend\.ts:4:\d+ left alone$/m)
  expect(sandbox.text()).not.toMatch(/^ +at /m)
  sandbox.kill('SIGINT')
  expect(await sandbox.ended).toBe(0)
})

test('places that cannot be written are named', async () => {
  const app = appWith({ 'amplify/backend.ts': AUTH_ONLY, occupied: '' })
  const outputs = await run(app, '--outputs', join(app, 'no/such/folder.json'))
  expect(outputs.code).toBe(1)
  expect(outputs.text).toMatch(/^The outputs cannot be written to \S+folder\.json: ENOENT/)
  mkdirSync(join(app, 'taken.json'))
  expect((await run(app, '--outputs', join(app, 'taken.json'))).text).toMatch(
    /^The outputs cannot be written to \S+taken\.json: EISDIR/,
  )
  const data = await run(app, '--data', join(app, 'occupied'))
  expect(data.code).toBe(1)
  expect(data.text).toMatch(/^The data folder \S+occupied cannot be used: EEXIST/)
  write(join(app, 'garbage/backline.sqlite'), 'This is not a database, whatever it is called. '.repeat(50))
  const garbage = await run(app, '--data', join(app, 'garbage'))
  expect(garbage.text).toMatch(/^The data folder \S+garbage cannot be used: file is not a database/)
})

test('it runs until it is told to end, and keeps its data for the next time', async () => {
  const app = appWith({ 'amplify/backend.ts': todoWith('content') })
  const first = start(app, '--once')
  expect(await first.hears('Stop it with Ctrl+C.')).toMatch(
    /^The sandbox is up after \d+ ms\.\n[\s\S]* inbox {5}http:\/\/127\.0\.0\.1:\d+\/_backline\//,
  )
  const { data } = outputsOf(app)
  const ask = (url: string, query: string) =>
    fetch(url, {
      method: 'POST',
      headers: { 'x-api-key': data.api_key },
      body: JSON.stringify({ query }),
    }).then((answer) => answer.json() as Promise<{ data: unknown }>)
  await ask(data.url, 'mutation { createTodo(input: { content: "kept" }) { id } }')
  first.kill('SIGTERM')
  first.kill('SIGINT')
  expect(await first.ended).toBe(0)

  const second = start(app, '--once')
  await second.hears('Stop it with')
  const listed = await ask(outputsOf(app).data.url, '{ listTodos { items { content } } }')
  expect(listed.data).toEqual({ listTodos: { items: [{ content: 'kept' }] } })
  second.kill('SIGINT')
  expect(await second.ended).toBe(0)
})

test('a change of the folder is served at once; one that is wrong is explained, and the last good backend stays', async () => {
  const app = appWith({ 'amplify/backend.ts': todoWith('content') })
  const sandbox = start(app, '--memory')
  await sandbox.hears('Stop it with')
  const fields = () => Object.keys(outputsOf(app).data.model_introspection.models.Todo.fields)
  expect(fields()).toContain('content')

  write(join(app, 'amplify/backend.ts'), todoWith('title'))
  await sandbox.hears('Reloaded in')
  expect(readFileSync(join(app, 'amplify_schema.d.ts'), 'utf8')).toContain('Todo: ModelEntry<Todo$Types>')
  expect(fields()).toContain('title')
  const { url, api_key } = outputsOf(app).data
  const create = async () => {
    const query = 'mutation { createTodo(input: { title: "x" }) { title } }'
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'x-api-key': api_key },
      body: JSON.stringify({ query }),
    })
    return answer.json()
  }
  expect(await create()).toEqual({ data: { createTodo: { title: 'x' } } })

  for (const [wrong, message] of [
    ['const b = ;', 'amplify/backend.ts:1:11 Unexpected ";"'],
    [todoWith("list: a.belongsTo('Lits', 'listId'), content"), 'Todo.list is related to "Lits"'],
  ] as const) {
    const before = sandbox.text().length
    write(join(app, 'amplify/backend.ts'), wrong)
    const said = await sandbox.hears('The last good backend keeps running.', before)
    expect(said).toContain(message)
    expect(said).not.toMatch(/^\s+at /m)
    expect(await create()).toEqual({ data: { createTodo: { title: 'x' } } })
  }
  expect(fields()).toContain('title')

  const before = sandbox.text().length
  write(join(app, 'amplify/backend.ts'), "import '../amplify/more'")
  write(join(app, 'amplify/more.ts'), todoWith('name'))
  await sandbox.hears('Reloaded in', before)
  expect(fields()).toContain('name')
  sandbox.kill('SIGTERM')
  expect(await sandbox.ended).toBe(0)
})
