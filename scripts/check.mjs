// Every gate that needs no running backend. Prints a line per gate, then the sum.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packages, root } from './packages.mjs'

// Packed once, as npm would publish them, for the two that look into packages.
const packed = mkdtempSync(join(tmpdir(), 'backline-packed-'))
const tarball = ({ manifest: { name, version } }) =>
  join(packed, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)
const attw = (each) => [
  'attw',
  tarball(each),
  '--profile',
  each.manifest.exports['.'].require ? 'node16' : 'esm-only',
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
  ['cost of types', 'node', 'benchmarks/types/bench-types.mjs', '--check'],
  ['road', 'node', 'scripts/road.mjs', '--check'],
  ['api', 'node', 'scripts/api.mjs', '--check'],
  ...packages.map((each) => [`publint ${each.folder}`, 'publint', tarball(each), '--strict']),
  ...packages.map((each) => [`exports ${each.folder}`, ...attw(each)]),
]

spawnSync(
  'npm',
  [
    'pack',
    '--loglevel',
    'error',
    '--pack-destination',
    packed,
    ...packages.flatMap(({ folder }) => ['-w', `packages/${folder}`]),
  ],
  { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
)
const results = []
const queue = [...GATES]
await Promise.all([worker(), worker()])
rmSync(packed, { recursive: true, force: true })

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
