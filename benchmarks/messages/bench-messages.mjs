// 10,000 events against 500 in-app messages: ours beside the official aws-amplify, each in processes of its own, in turns, in one run.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { quantile } from '../sandbox/command.mjs'

const runs = { backline: [], 'aws-amplify': [] }
for (let round = 0; round < 3; round++) {
  for (const library of Object.keys(runs)) {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(import.meta.dirname, 'subject.mjs'), library],
      { encoding: 'utf8' },
    )
    if (status !== 0) throw new Error(`${library} ended with ${status}:\n${stderr}`)
    runs[library].push(JSON.parse(stdout.trim().split('\n').at(-1)))
  }
}
const [ours, theirs] = Object.values(runs).map((each) => ({
  received: each[0].received,
  cpu: quantile(
    each.map(({ cpu }) => cpu),
    0.5,
  ),
}))
console.log(`messages received: ours ${ours.received}, aws-amplify ${theirs.received}`)
console.log(
  `processor, ms: ours ${ours.cpu.toFixed(0)}, aws-amplify ${theirs.cpu.toFixed(0)}, ratio ${(ours.cpu / theirs.cpu).toFixed(3)}`,
)
