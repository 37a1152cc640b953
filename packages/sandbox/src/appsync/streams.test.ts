import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { appWith } from '../amplify.fixture.js'
import { startSandbox } from '../sandbox.js'
import { speakTo } from './stage.fixture.js'

interface Heard {
  by: string
  Records: { eventName: string; eventSourceARN: string; dynamodb: Record<string, any> }[]
}

/** Functions start at their leisure. */
const patient = { timeout: 25_000 }

/** Functions that tell what they hear, each in a way that CDK has for it. */
const backend = `import { a, defineBackend, defineData, defineFunction } from '@aws-amplify/backend'
import { Stack } from 'aws-cdk-lib'
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { EventSourceMapping, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { DynamoEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
const schema = a.schema({
  Todo: a.model({ text: a.string(), n: a.float(), tags: a.string().array(), meta: a.json() }),
  Seat: a.model({ row: a.string().required(), seat: a.integer().required(), by: a.string() }).identifier(['row', 'seat']),
}).authorization((allow) => [allow.publicApiKey()])
const fn = (name) => defineFunction({ name, entry: './' + name + '.ts', timeoutSeconds: 60 })
const backend = defineBackend({ mapped: fn('mapped'), seats: fn('seats'), weak: fn('weak'), data: defineData({ schema, authorizationModes: { defaultAuthorizationMode: 'apiKey' } }) })
const table = backend.data.resources.tables['Todo']
const policy = new Policy(Stack.of(table), 'Streaming', { statements: [new PolicyStatement({ actions: ['dynamodb:GetRecords'], resources: ['*'] })] })
backend.mapped.resources.lambda.role?.attachInlinePolicy(policy)
const mapping = new EventSourceMapping(Stack.of(table), 'Mapping', { target: backend.mapped.resources.lambda, eventSourceArn: table.tableStreamArn, startingPosition: StartingPosition.LATEST })
mapping.node.addDependency(policy)
backend.seats.resources.lambda.addEventSource(new DynamoEventSource(backend.data.resources.tables['Seat'], { startingPosition: StartingPosition.LATEST, batchSize: 1 }))
backend.weak.resources.lambda.addEventSourceMapping('weak', { eventSourceArn: table.tableStreamArn, startingPosition: StartingPosition.LATEST })`

async function begin() {
  const heard: Heard[] = []
  const state = { holds: false }
  const server = createServer(async (request, response) => {
    heard.push(JSON.parse(Buffer.concat(await request.toArray()).toString()))
    if (!state.holds) response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const tell = (by: string, then = 'return { batchItemFailures: [] }') =>
    `let calls = 0\nexport const handler = async (event) => { calls++; await fetch('http://127.0.0.1:${(server.address() as AddressInfo).port}', { method: 'POST', body: JSON.stringify({ by: '${by}', ...event }) }); ${then} }`
  const app = appWith({
    'amplify/backend.ts': backend,
    'amplify/mapped.ts': tell('mapped'),
    'amplify/seats.ts': tell('seats'),
    // Fails once as a whole, and once from the second record on.
    'amplify/weak.ts': tell(
      'weak',
      `if (calls === 1) throw new Error('not now'); return { batchItemFailures: calls === 2 ? event.Records.slice(1).map(({ dynamodb }) => ({ itemIdentifier: dynamodb.SequenceNumber })) : [] }`,
    ),
  })
  async function open() {
    const sandbox = await startSandbox({ backend: join(app, 'amplify'), dataDir: join(app, 'data') })
    return { sandbox, ...speakTo(sandbox) }
  }
  const records = (by: string) => heard.filter((each) => each.by === by).flatMap(({ Records }) => Records)
  return { open, state, heard, records }
}

test('a function hears of every change of a table, in order, with the row before and after', async () => {
  const { open, heard, records } = await begin()
  const { ask, sandbox } = await open()
  onTestFinished(() => sandbox.stop())
  const run = async (mutation: string) =>
    expect((await ask(`mutation { ${mutation} { __typename } }`)).errors).toBeUndefined()
  await run(
    'createTodo(input: { id: "a", text: "one", n: 1.5, tags: ["x"], meta: "{\\"deep\\":[1,null,true]}" })',
  )
  await run('updateTodo(input: { id: "a", text: "two", n: null })')
  await ask(
    'mutation { updateTodo(input: { id: "a", text: "three" }, condition: { text: { eq: "one" } }) { id } }',
  )
  await ask('mutation { deleteTodo(input: { id: "nobody" }) { id } }')
  await run('deleteTodo(input: { id: "a" })')
  await expect.poll(() => records('mapped').length, patient).toBe(3)
  const [made, changed, gone] = records('mapped')
  const time = { S: expect.stringMatching(/Z$/) }
  expect(made).toMatchObject({
    eventName: 'INSERT',
    eventSource: 'aws:dynamodb',
    eventSourceARN: expect.stringMatching(/^arn:aws:dynamodb:us-east-1:\d+:table\/Todo-/),
  })
  const first = {
    __typename: { S: 'Todo' },
    id: { S: 'a' },
    text: { S: 'one' },
    n: { N: '1.5' },
    tags: { L: [{ S: 'x' }] },
    meta: { M: { deep: { L: [{ N: '1' }, { NULL: true }, { BOOL: true }] } } },
    ...{ createdAt: time, updatedAt: time },
  }
  expect(made!.dynamodb).toMatchObject({ Keys: { id: { S: 'a' } }, NewImage: first })
  expect(made!.dynamodb).not.toHaveProperty('OldImage')
  expect(changed).toMatchObject({ eventName: 'MODIFY', dynamodb: { OldImage: first } })
  expect(changed!.dynamodb.NewImage).toMatchObject({ text: { S: 'two' } })
  expect(changed!.dynamodb.NewImage).not.toHaveProperty('n')
  expect(gone).toMatchObject({ eventName: 'REMOVE', dynamodb: { OldImage: { text: { S: 'two' } } } })
  expect(gone!.dynamodb).not.toHaveProperty('NewImage')

  // What fails is told again, from where it failed.
  await expect
    .poll(() => new Set(records('weak').map(({ dynamodb }) => dynamodb.SequenceNumber)).size, patient)
    .toBe(3)
  const names = heard
    .filter(({ by }) => by === 'weak')
    .map(({ Records }) => Records.map(({ eventName }) => eventName).join())
  expect(names[1]).toMatch(/^INSERT/)
  expect(names.at(-1)).toMatch(/REMOVE$/)

  for (const seat of [1, 2]) await run(`createSeat(input: { row: "A", seat: ${seat} })`)
  await expect.poll(() => records('seats').length, patient).toBe(2)
  expect(heard.filter(({ by }) => by === 'seats').map(({ Records }) => Records.length)).toEqual([1, 1])
  expect(records('seats')[1]!.dynamodb.Keys).toEqual({ row: { S: 'A' }, seat: { N: '2' } })
})

test('what a function has not dealt with when the sandbox ends is told when it is there again', async () => {
  const { open, state, records } = await begin()
  state.holds = true
  const { sandbox, ask } = await open()
  await ask('mutation { createTodo(input: { id: "a" }) { id } }')
  await ask('mutation { createTodo(input: { id: "b" }) { id } }')
  await expect.poll(() => records('mapped').length, patient).toBeGreaterThan(0)
  const before = records('mapped').length
  await sandbox.stop()
  state.holds = false
  const again = await open()
  onTestFinished(() => again.sandbox.stop())
  await expect
    .poll(
      () =>
        records('mapped')
          .slice(before)
          .map(({ dynamodb }) => dynamodb.Keys.id.S),
      patient,
    )
    .toEqual(['a', 'b'])
})
