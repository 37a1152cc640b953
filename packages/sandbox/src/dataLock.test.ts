import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { serve } from './sandbox.js'

const plan = { storages: [], extraOutputs: {} }
let dataDir: string

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'backline-lock-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

test('a second sandbox on the same data folder is told who has it, and takes over once that one has stopped', async () => {
  const first = await serve(plan, { dataDir })
  try {
    const error: Error = await serve(plan, { dataDir }).catch((caught) => caught)
    expect(error.message).toContain(dataDir)
    expect(error.message).toContain(`process ${process.pid} at ${first.url}`)
    await expect(fetch(`${first.url}/_backline/state`)).resolves.toMatchObject({ status: 200 })
  } finally {
    await first.stop()
  }
  await (await serve(plan, { dataDir })).stop()
})

test('what a dead sandbox left behind keeps nobody out', async () => {
  writeFileSync(join(dataDir, 'owner.json'), '{"pid":')
  writeFileSync(join(dataDir, 'lock.sqlite'), '')
  await (await serve(plan, { dataDir })).stop()
})

test('sandboxes that keep nothing do not meet', async () => {
  const [one, other] = await Promise.all([serve(plan), serve(plan)])
  await Promise.all([one.stop(), other.stop()])
})

test('a sandbox that could not listen leaves the folder free', async () => {
  const taken = await serve(plan)
  const port = Number(new URL(taken.url).port)
  await expect(serve(plan, { port, dataDir })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await (await serve(plan, { dataDir })).stop()
  await taken.stop()
})
