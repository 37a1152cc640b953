import { type Sandbox, startSandbox } from '@backline/sandbox'
import { defaultStorage } from 'backline/utils'
import { afterAll, beforeAll, beforeEach, test } from 'vitest'
import { backend } from '../../journeys/backend.js'
import { journeys, serverJourneys } from '../../journeys/index.js'
import { createStage } from '../../journeys/stage.js'

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox({ backend })
})
afterAll(() => sandbox.stop())
beforeEach(async () => {
  // As in a program that has just begun: nothing configured, nobody known.
  Reflect.deleteProperty(globalThis, Symbol.for('backline.context'))
  await defaultStorage.clear()
})

for (const { name, play } of [...journeys, ...serverJourneys]) {
  test(name, async () => play(await createStage(sandbox.url, 'node')))
}
