// 10,000 events against 500 in-app messages: ours beside the official aws-amplify, each in processes of its own, in one run.
// aws-amplify reads all messages from the store for each event, which takes it half a minute of processor a round and more where others work.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { quantile } from '../sandbox/command.mjs'

const ROUND_ENDS_AFTER = 300_000
const rounds = { backline: 3, 'aws-amplify': 1 }

const [ours, theirs] = Object.entries(rounds).map(([library, count]) => {
  const runs = Array.from({ length: count }, () => measured(library))
  return {
    received: runs[0].received,
    cpu: quantile(
      runs.map(({ cpu }) => cpu),
      0.5,
    ),
  }
})
console.log(`messages received: ours ${ours.received}, aws-amplify ${theirs.received}`)
console.log(
  `processor, ms: ours ${ours.cpu.toFixed(0)}, aws-amplify ${theirs.cpu.toFixed(0)}, ratio ${(ours.cpu / theirs.cpu).toFixed(3)}`,
)

function measured(library) {
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, 'subject.mjs'), library],
    { encoding: 'utf8', timeout: ROUND_ENDS_AFTER },
  )
  if (signal) throw new Error(`${library} has not ended within ${ROUND_ENDS_AFTER / 1000} s.`)
  if (status !== 0) throw new Error(`${library} ended with ${status}:\n${stderr}`)
  const result = JSON.parse(stdout.trim().split('\n').at(-1))
  console.log(`${library}: ${result.cpu.toFixed(0)} ms`)
  return result
}
