// Every gate that needs no running backend. Prints a line per gate, then the sum.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { packages, root } from './packages.mjs'

const published = packages.map(({ folder }) => `packages/${folder}`)
const attw = (folder) => [
  'attw',
  '--pack',
  folder,
  '--profile',
  folder.endsWith('sandbox') ? 'esm-only' : 'node16',
  '--format',
  'ascii',
]

/** [name, command, …arguments] */
const GATES = [
  ['types', 'tsc', '-p', 'tsconfig.json'],
  // As an app would see the built packages, every declaration checked.
  ['types of the quickstart', 'tsc', '-p', 'examples/quickstart'],
  ['style', 'biome', 'check', '--error-on-warnings', '.'],
  ['layers', 'node', 'scripts/layers.mjs'],
  ['unused', 'knip'],
  ['size', 'node', 'benchmarks/size/size.mjs', '--check'],
  ['road', 'node', 'scripts/road.mjs', '--check'],
  ['api', 'node', 'scripts/api.mjs', '--check'],
  ...published.map((folder) => [`publint ${folder}`, 'publint', folder, '--strict']),
  ...published.map((folder) => [`exports ${folder}`, ...attw(folder)]),
]

const results = []
const queue = [...GATES]
await Promise.all([worker(), worker()])

const failed = results.filter(({ ok }) => !ok)
console.log(`${results.length - failed.length} passed, ${failed.length} failed`)
process.exit(failed.length ? 1 : 0)

async function worker() {
  for (let gate = queue.shift(); gate; gate = queue.shift()) {
    const [name, command, ...args] = gate
    const started = performance.now()
    const { code, output } = await run(command, args)
    results.push({ name, ok: code === 0 })
    console.log(`${code === 0 ? '✓' : '✗'} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`)
    if (code !== 0) console.log(output.trimEnd().replace(/^/gm, '    '))
  }
}

function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(join(root, 'node_modules/.bin', command), args, {
      cwd: root,
      env: { ...process.env, NO_COLOR: '1' },
    })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.on('error', (error) => resolve({ code: 1, output: error.message }))
    child.on('close', (code) => resolve({ code, output }))
  })
}
