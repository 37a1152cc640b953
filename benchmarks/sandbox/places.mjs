// How fast the sandbox's gazetteer answers: our client's calls over HTTP, signing included, client and sandbox in one process.
//   node benchmarks/sandbox/places.mjs [--json]
// The target is for the processor's time of one call, both sides together, which a busy machine does not change much; the clock's is beside it.
import { cpus, loadavg } from 'node:os'
import { startSandbox } from '@backline/sandbox'
import { Amplify } from 'backline'
import { defineAuth, defineBackend, defineLocal } from 'backline/backend'
import { searchByCoordinates, searchByText, searchForSuggestions } from 'backline/geo'
import { quantile } from './command.mjs'

const ROUNDS = 40
const TARGET = 20

const sandbox = await startSandbox({
  backend: defineBackend({
    auth: defineAuth({ loginWith: { email: true } }),
    local: defineLocal({ geo: { placeIndexes: [{ name: 'towns' }] } }),
  }),
})
Amplify.configure(sandbox.outputs)

const opened = performance.now()
await searchByText('oslo')
const first = performance.now() - opened

/** What is asked, in several ways so that nothing is remembered. */
const SEARCHES = {
  'by text (san fran, paris texas, new york)': (at) =>
    searchByText(['san fran', 'paris texas', 'new york'][at % 3], { maxResults: 10 }),
  'by text in a country': (at) => searchByText(['berlin', 'paris', 'london'][at % 3], { countries: ['USA'] }),
  'by text near a position': (at) => searchByText('springfield', { biasPosition: [-90 + (at % 20), 40] }),
  'by text in a bounding box': (at) =>
    searchByText('san', { searchAreaConstraints: [-125, 30 + (at % 5), -110, 45] }),
  'by prefix (s, sa, san, los a)': (at) =>
    searchForSuggestions(['s', 'sa', 'san', 'los a'][at % 4], { maxResults: 5 }),
  'by position': (at) => searchByCoordinates([2.35 + (at % 10), 48.85 - (at % 7)]),
}

const rows = []
for (const [what, search] of Object.entries(SEARCHES)) {
  for (let at = 0; at < 10; at++) await search(at)
  const clock = []
  const cpu = []
  for (let at = 0; at < ROUNDS; at++) {
    const started = performance.now()
    const before = process.cpuUsage()
    await search(at)
    const { user, system } = process.cpuUsage(before)
    cpu.push((user + system) / 1000)
    clock.push(performance.now() - started)
  }
  const median = quantile(cpu, 0.5)
  rows.push({ what, median, clock: quantile(clock, 0.5), target: TARGET, met: median < TARGET })
}
await sandbox.stop()

if (process.argv.includes('--json')) console.log(JSON.stringify({ first, rows }, null, 2))
else {
  console.log(`the first search of all, which reads the gazetteer: ${first.toFixed(0)} ms`)
  for (const { what, median, clock, target, met } of rows) {
    const numbers = `${median.toFixed(1).padStart(7)} ms of the processor ${clock.toFixed(1).padStart(7)} ms by the clock`
    console.log(`${what.padEnd(46)}${numbers}  target < ${target} ms  ${met ? '✓' : '✗'}`)
  }
  console.log(`\nNode ${process.version}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}`)
}
process.exit(rows.every(({ met }) => met) ? 0 : 1)
