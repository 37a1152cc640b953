// Every test of the project: the gates of scripts/check.mjs, then units, journeys in Node, journeys in Chromium and strangers on
// the sandbox, all in one vitest run. The last line is the sum.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './packages.mjs'

const bin = (name) => join(root, 'node_modules/.bin', name)
const sum = { passed: 0, failed: 0, skipped: 0 }

await phase('Gates', bin('node'), ['scripts/check.mjs'], (output) => {
  const [, passed, failed] = /^(\d+) passed, (\d+) failed$/m.exec(output) ?? []
  return { passed: Number(passed ?? 0), failed: Number(failed ?? 1), skipped: 0 }
})

const folder = mkdtempSync(join(tmpdir(), 'backline-test-'))
const report = join(folder, 'vitest.json')
await phase(
  'Tests',
  bin('vitest'),
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
  (_, code) => {
    let counted
    try {
      counted = JSON.parse(readFileSync(report, 'utf8'))
    } catch {
      return { passed: 0, failed: 1, skipped: 0 }
    }
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = counted
    // A file that could not even be loaded has no tests to count, and is a failure all the same.
    const broken = testResults.filter(
      (file) => file.status === 'failed' && !file.assertionResults.some((each) => each.status === 'failed'),
    ).length
    const failed = numFailedTests + broken
    return {
      passed: numPassedTests,
      failed: failed || (code === 0 ? 0 : 1),
      skipped: numPendingTests + numTodoTests,
    }
  },
)
rmSync(folder, { recursive: true, force: true })

console.log(`\n${sum.passed} passed, ${sum.failed} failed${sum.skipped ? `, ${sum.skipped} skipped` : ''}`)
process.exit(sum.failed || !sum.passed ? 1 : 0)

async function phase(name, command, args, count) {
  console.log(`\n» ${name}`)
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
    process.stdout.write(chunk)
  })
  const code = await new Promise((resolve) => child.on('close', resolve))
  const counts = count(output, code)
  for (const key of Object.keys(sum)) sum[key] += counts[key]
}
