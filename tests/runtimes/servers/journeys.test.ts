import { type Sandbox, startSandbox } from '@backline/sandbox'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { backend } from '../../journeys/backend.js'
import { names, type Played } from './play.js'
import { commands, install, output, startWorkerd } from './programs.js'

// Every journey on the runtimes that servers run on, as each loads the built packages itself. Node 24 is this program's own, in ../node.

let sandbox: Sandbox

beforeAll(async () => {
  ;[sandbox] = await Promise.all([startSandbox({ backend }), install()])
}, 180_000)
afterAll(() => sandbox.stop())

const allWell = names.map((name) => ({ name }))

test.each(Object.entries(commands))(
  '%s',
  async (_, command) => {
    const played: Played[] = JSON.parse(
      (await output([...command(), sandbox.url])).trim().split('\n').at(-1)!,
    )
    expect(played).toEqual(allWell)
  },
  120_000,
)

test('workerd', async () => {
  const workerd = await startWorkerd()
  try {
    const played: Played[] = []
    for (const name of names) {
      const answer = await fetch(`${workerd.url}?${new URLSearchParams({ sandbox: sandbox.url, name })}`)
      played.push((await answer.json()) as Played)
    }
    expect(played).toEqual(allWell)
  } finally {
    await workerd.stop()
  }
}, 120_000)
