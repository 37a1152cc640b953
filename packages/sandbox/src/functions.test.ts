import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { appWith } from './amplify.fixture.js'
import { createFunctions, type Functions } from './functions.js'
import type { FunctionPlan } from './plan.js'

let functions: Functions
let lines: string[]

afterEach(() => functions.forget())

function deployed(source: string, more: Partial<FunctionPlan> = {}) {
  lines = []
  functions = createFunctions(
    () => ({ AWS_REGION: 'us-east-1' }),
    (line) => lines.push(line),
  )
  const entry = join(appWith({ 'handler.ts': source }), 'handler.ts')
  const plan: FunctionPlan = { name: 'greet', entry, environment: {}, timeoutSeconds: 5, ...more }
  return (event: unknown = {}) => functions.invoke(plan, event)
}

test('a handler in TypeScript gets a copy of the event, its environment and a context', async () => {
  const invoke = deployed(
    `import { env } from '$amplify/env/greet'
     export const handler = async (event: { name: string }, context: { functionName: string; getRemainingTimeInMillis(): number }) => {
       const name: string = event.name
       event.name = 'changed'
       return { greeting: env.WORD + ' ' + name, region: process.env.AWS_REGION, by: context.functionName, left: context.getRemainingTimeInMillis() > 0 }
     }`,
    { environment: { WORD: 'Hello' } },
  )
  const event = { name: 'Ada' }
  expect(await invoke(event)).toEqual({ greeting: 'Hello Ada', region: 'us-east-1', by: 'greet', left: true })
  expect(event).toEqual({ name: 'Ada' })
})

test('a handler may call back instead', async () => {
  const invoke = deployed(
    'export const handler = (event, context, callback) => { setTimeout(() => callback(null, 42), 1) }',
  )
  expect(await invoke()).toBe(42)
})

test('what it throws comes out with name and message, and what it prints is logged', async () => {
  const invoke = deployed(
    `export const handler = async () => { console.log('about to fail'); throw new TypeError('no such thing') }`,
  )
  await expect(invoke()).rejects.toMatchObject({ type: 'TypeError', message: 'no such thing' })
  await expect.poll(() => lines).toContain('greet: about to fail')
})

test('a handler that does not end is ended, and the next call starts anew', async () => {
  const invoke = deployed(
    'let calls = 0; export const handler = async (event) => { calls++; while (event.forever); return calls }',
    { timeoutSeconds: 1 },
  )
  expect(await invoke()).toBe(1)
  expect(await invoke()).toBe(2)
  await expect(invoke({ forever: true })).rejects.toMatchObject({
    type: 'Sandbox.Timedout',
    message: 'Task timed out after 1.00 seconds',
  })
  expect(await invoke()).toBe(1)
})

test('two calls at once do not share an instance', async () => {
  const invoke = deployed(
    'let busy = false; export const handler = async () => { const was = busy; busy = true; await new Promise((done) => setTimeout(done, 20)); busy = false; return was }',
  )
  expect(await Promise.all([invoke(), invoke(), invoke()])).toEqual([false, false, false])
})

test.each([
  ['export const handler = (', /The function greet .*handler\.ts.*cannot be read: handler\.ts:1/],
  ['export const other = 1', /greet exports no function called handler/],
  ["throw new Error('at the start')", /at the start/],
  ['export const handler = () => process.exit(3)', /The runtime exited with the status 3/],
])('what cannot run says why: %#', async (source, message) => {
  await expect(deployed(source)()).rejects.toThrow(message)
})
