// How far is it from a public call to `fetch`? Runs each call on the sources with V8's coverage on, stops at the first `fetch`, and
// lists the files of ours that ran on the way.   --check exits 1 where there are more than six.   --json for machines.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './packages.mjs'

const LIMIT = 6
const check = process.argv.includes('--check')
const { status, stdout, stderr } = spawnSync(
  process.execPath,
  [
    '--conditions=source',
    '--disable-warning=ExperimentalWarning',
    '--import',
    join(root, 'scripts/sources.mjs'),
    join(root, 'scripts/roads.ts'),
  ],
  { cwd: root, encoding: 'utf8' },
)
if (status !== 0) {
  console.error(stderr)
  process.exit(1)
}
const roads = JSON.parse(stdout)
if (process.argv.includes('--json')) console.log(JSON.stringify(roads, null, 2))
else
  for (const { call, road, beside } of roads) {
    console.log(
      `${road.length > LIMIT ? '✗' : '✓'} ${call.padEnd(20)} ${String(road.length).padStart(2)}  ${road.join(' → ')}`,
    )
    if (beside.length) console.log(`${' '.repeat(26)}read on the way: ${beside.join(', ')}`)
  }
process.exit(check && roads.some(({ road }) => road.length > LIMIT) ? 1 : 0)
