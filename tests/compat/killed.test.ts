import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SignUpCommand } from '@aws-sdk/client-cognito-identity-provider'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { Sandbox } from '@backline/sandbox'
import { afterAll, expect, test } from 'vitest'
import { peopleOf } from './people.fixture.js'
import { type Outputs, PASSWORD } from './shop.fixture.js'

// The command as people run it, on the quickstart's backend with a data folder, killed while every service writes.

const file = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'backline-killed-'))
const running: ChildProcess[] = []
afterAll(() => {
  for (const child of running) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

interface Output {
  child: ChildProcess
  text: string
}

function run(): Output {
  const output: Output = {
    text: '',
    child: spawn(
      process.execPath,
      [
        file('packages/backline/bin/backline.mjs'),
        'sandbox',
        ...['--backend', file('examples/quickstart/amplify')],
        ...['--port', '0', '--once', '--data', 'data', '--outputs', 'outputs.json'],
      ],
      { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
    ),
  }
  running.push(output.child)
  for (const stream of [output.child.stdout!, output.child.stderr!]) {
    stream.on('data', (chunk) => (output.text += chunk))
  }
  return output
}

async function start() {
  const output = run()
  await expect.poll(() => output.text, { timeout: 20_000 }).toContain('Stop it with')
  const outputs = JSON.parse(readFileSync(join(folder, 'outputs.json'), 'utf8')) as Outputs
  const url = new URL(outputs.data.url).origin
  const inbox = {
    next: async (asked: object) =>
      (await fetch(`${url}/_backline/inbox/next`, { method: 'POST', body: JSON.stringify(asked) })).json(),
  }
  const people = peopleOf({ url, outputs, inbox } as unknown as Sandbox)
  const bucketOf = async (IdToken: string) =>
    new S3Client({
      region: 'us-east-1',
      endpoint: url,
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: (await people.credentials(IdToken)).keys,
    })
  const graphql = async (token: string, query: string, variables: object) => {
    const answer = await fetch(outputs.data.url, {
      method: 'POST',
      headers: { authorization: token },
      body: JSON.stringify({ query, variables }),
    })
    const { data, errors } = (await answer.json()) as { data: Record<string, never>; errors?: unknown }
    if (errors) throw new Error(JSON.stringify(errors))
    return data
  }
  return { output, outputs, people, bucketOf, graphql, Bucket: outputs.storage.bucket_name }
}

const CREATE = 'mutation($input: CreateTodoInput!) { createTodo(input: $input) { id } }'
const LIST =
  'query($nextToken: String) { listTodos(limit: 1000, nextToken: $nextToken) { items { id content } nextToken } }'

test('killed in the middle of sign-ups, rows and objects, the command starts again with all it had acknowledged', async () => {
  const before = await start()
  const { people } = before
  await people.register('ada@example.com')
  const { AccessToken, IdToken } = await people.signIn('ada@example.com')
  const s3 = await before.bucketOf(IdToken)

  const acknowledged = { users: [] as string[], rows: [] as string[], objects: [] as string[] }
  const writers: [keyof typeof acknowledged, (name: string) => Promise<unknown>][] = [
    [
      'users',
      (name) =>
        people.pool.send(
          new SignUpCommand({
            ClientId: people.ClientId,
            Username: `${name}@example.com`,
            Password: PASSWORD,
          }),
        ),
    ],
    ['rows', (name) => before.graphql(AccessToken, CREATE, { input: { content: name } })],
    [
      'objects',
      (name) =>
        s3.send(
          new PutObjectCommand({
            Bucket: before.Bucket,
            Key: `files/${name}`,
            Body: name.padEnd(20_000, '.'),
          }),
        ),
    ],
  ]
  const lanes = [0, 1].flatMap((lane) =>
    writers.map(async ([kind, write]) => {
      for (let index = 0; ; index++) {
        const name = `${kind}-${lane}-${index}`
        try {
          await write(name)
        } catch {
          return
        }
        acknowledged[kind].push(name)
      }
    }),
  )
  const fewest = () => Math.min(...Object.values(acknowledged).map((names) => names.length))
  await expect.poll(fewest, { timeout: 20_000, interval: 5 }).toBeGreaterThan(20)
  before.output.child.kill('SIGKILL')
  await Promise.all(lanes)
  s3.destroy()
  people.close()

  const after = await start()
  const again = await after.bucketOf(IdToken)
  for (const name of acknowledged.users) {
    const twice = new SignUpCommand({
      ClientId: after.people.ClientId,
      Username: `${name}@example.com`,
      Password: PASSWORD,
    })
    await expect(after.people.pool.send(twice), name).rejects.toMatchObject({
      name: 'UsernameExistsException',
    })
  }
  const rows = new Set<string>()
  for (let nextToken: string | null | undefined; nextToken !== null; ) {
    const { listTodos } = (await after.graphql(AccessToken, LIST, { nextToken })) as unknown as {
      listTodos: { items: { content: string }[]; nextToken: string | null }
    }
    for (const { content } of listTodos.items) rows.add(content)
    nextToken = listTodos.nextToken
  }
  expect(acknowledged.rows.filter((name) => !rows.has(name))).toEqual([])
  for (const name of acknowledged.objects) {
    const { Body } = await again.send(new GetObjectCommand({ Bucket: after.Bucket, Key: `files/${name}` }))
    expect(await Body!.transformToString()).toBe(name.padEnd(20_000, '.'))
  }
  again.destroy()
  after.people.close()

  // While it runs, nobody else gets at its data.
  const second = run()
  const [code] = await once(second.child, 'exit')
  expect(code).toBe(1)
  expect(second.text).toMatch(/The data folder .*data is in use by another sandbox, process \d+ at http:/)
  expect(second.text).not.toMatch(/^\s+at /m)
  after.output.child.kill('SIGTERM')
  expect(await once(after.output.child, 'exit')).toEqual([0, null])
})
