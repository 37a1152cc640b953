// What the types of a schema cost the compiler: inferred, generated, and aws-amplify's, on the same schema and calls.
//
//   node benchmarks/types/bench-types.mjs [--json] [--only 100/100,400/50,completions] [--ours] [--minutes 8] [--check]
//
// N models, M of them called, each with one relation each way, or as many as a third number says (25/25/6). The calls are
// create, list with a filter, get with a depth-2 selection set, update and observeQuery. Counts are the same on every
// machine; seconds are not. `completions` asks an editor's language service instead. Exits 1 where a target is missed or
// the compiler complains of our types. `--check` looks at our counts alone, as the gates do.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { writeApp } from './apps.mjs'
import { completions, places } from './completions.mjs'

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    ours: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '20' },
  },
})
const sizes = (
  options.only ??
  (options.check ? '100/100,400/50,25/25/6' : '100/10,100/100,400/50,400/400,25/25/6,completions')
).split(',')

// Instantiations: the lowest reached, or 0.07 of what aws-amplify 6.22.1 took at the start. The compiler has several checkers, and a
// schema costs as often as it is in the files of another one: here twice.
const budgets = {
  '100/10': { inferred: 53_000, generated: 8_000 },
  '100/50': { inferred: 147_000 },
  '100/100': { inferred: 212_000, generated: 67_000 },
  '200/200': { inferred: 540_000, generated: 200_000 },
  '400/50': { inferred: 229_000, generated: 35_000 },
}
/** Of the official instantiations; generated types are held to theirs at 400/50. */
const targetRatios = { inferred: 0.07, generated: 0.015 }
/** Of the time of the official completions. */
const targetTimes = { inferred: 1 / 5, generated: 1 / 50 }

/** Milliseconds that the official types get. */
const PATIENCE = 240_000
/** Where the official types are not measured. */
const OURS_ONLY = ['400/400']

const root = join(import.meta.dirname, '../..')
const compiler = join(root, 'node_modules/typescript/bin/tsc')
const folder = join(root, `.backline/bench-types${options.check ? '-check' : ''}`)
const deadline = Date.now() + Number(options.minutes) * 60_000
const ours = ['inferred', 'generated']
const kits = options.ours || options.check ? ours : [...ours, 'official']

// An app sees declarations, so ours are emitted first; checking our sources is not what is measured.
const declarations = emitDeclarations()

const results = []
for (const size of sizes.filter((name) => name !== 'completions')) {
  const [models, called, relations = 1] = size.split('/').map(Number)
  const of = {}
  for (const kit of kits)
    of[kit] =
      kit === 'official' && OURS_ONLY.includes(size)
        ? { skipped: 'not asked: it takes minutes, or does not end', errors: [] }
        : await measure(kit, { size, models, called, relations })
  const ratio = (kit) => of[kit]?.instantiations / of.official?.instantiations || undefined
  results.push({ size, of, ratios: { inferred: ratio('inferred'), generated: ratio('generated') } })
}
const waits = {}
if (sizes.includes('completions'))
  for (const kit of kits)
    waits[kit] = await completions(join(folder, 'completions'), {
      kit,
      declarations,
      rounds: kit === 'official' ? 3 : 9,
    })
if (!options.keep) rmSync(folder, { recursive: true, force: true })

const failures = [...results.flatMap(failuresOf), ...failuresOfWaits()]
if (options.json) console.log(JSON.stringify({ results, waits, failures }, null, 2))
else print()
process.exitCode = failures.length > 0 ? 1 : 0

function failuresOf({ size, of, ratios }) {
  return ours.flatMap((kit) => {
    const { instantiations, errors, skipped } = of[kit]
    const budget = budgets[size]?.[kit]
    const target = kit === 'inferred' || size === '400/50' ? targetRatios[kit] : undefined
    return [
      ...errors.slice(0, 1).map((error) => `${size} ${kit}: ${error}`),
      ...(instantiations === undefined
        ? [`${size} ${kit} was not measured${skipped ? `: ${skipped}` : ''}`]
        : []),
      ...(instantiations > budget
        ? [`${size} ${kit}: ${instantiations} instantiations are over the budget of ${budget}`]
        : []),
      ...(ratios[kit] > target
        ? [`${size} ${kit}: ${ratios[kit].toFixed(4)} of the official instantiations is over ${target}`]
        : []),
    ]
  })
}

function failuresOfWaits() {
  if (!waits.official) return []
  return ours.flatMap((kit) =>
    places.flatMap((place) => {
      const ratio = waits[kit][place].ms / waits.official[place].ms
      return ratio > targetTimes[kit]
        ? [
            `completions ${place} ${kit}: ${ratio.toFixed(3)} of the official time is over ${targetTimes[kit]}`,
          ]
        : []
    }),
  )
}

/** Writes the declarations of our packages and returns where each entry's are, as compiler `paths`. */
function emitDeclarations() {
  const entries = { core: ['index', 'internal'], schema: ['index'], data: ['index'] }
  const pathsIn = (at, extension) =>
    Object.fromEntries(
      Object.entries(entries).flatMap(([name, files]) =>
        files.map((file) => [
          `@backline/${name}${file === 'index' ? '' : `/${file}`}`,
          [join(at, name, 'src', `${file}${extension}`)],
        ]),
      ),
    )
  const sources = pathsIn(join(root, 'packages'), '.ts')
  const at = join(folder, 'declarations')
  mkdirSync(at, { recursive: true })
  writeFileSync(
    join(at, 'tsconfig.json'),
    JSON.stringify({
      extends: join(root, 'tsconfig.base.json'),
      compilerOptions: {
        noEmit: false,
        declaration: true,
        emitDeclarationOnly: true,
        module: 'esnext',
        moduleResolution: 'bundler',
        rootDir: join(root, 'packages'),
        outDir: at,
        paths: sources,
      },
      files: Object.values(sources).flat(),
    }),
  )
  // Faults of the sources are for the type check to report; what matters here is that something was written.
  spawnSync(process.execPath, [compiler, '-p', at], { timeout: deadline - Date.now() })
  const written = pathsIn(at, '.d.ts')
  for (const [file] of Object.values(written))
    if (!existsSync(file)) throw new Error(`The declarations of ${file} could not be written.`)
  return written
}

/** Writes an app, and asks the compiler what it costs. */
async function measure(kit, { size, models, called, relations }) {
  const left = deadline - Date.now()
  if (left < 5_000) return { skipped: 'no time left', errors: [] }
  const at = join(folder, `${kit}-${size.replaceAll('/', '-')}`)
  await writeApp(at, { kit, models, called, relations, declarations })
  const timeout = Math.min(left, kit === 'official' ? PATIENCE : left)
  const run = spawnSync(
    process.execPath,
    [compiler, '-p', at, '--extendedDiagnostics', '--pretty', 'false'],
    { encoding: 'utf8', timeout, maxBuffer: 1 << 26 },
  )
  if (run.error?.code === 'ETIMEDOUT')
    return { skipped: `given up after ${Math.round(timeout / 1000)} s`, errors: [] }
  const numberOf = (label) => {
    const found = new RegExp(`^${label}:\\s+([\\d.]+)`, 'm').exec(run.stdout)
    return found ? Number(found[1]) : undefined
  }
  return {
    instantiations: numberOf('Instantiations'),
    types: numberOf('Types'),
    memoryMb: Math.round((numberOf('Memory used') ?? 0) / 1024) || undefined,
    checkSeconds: numberOf('Check time'),
    errors: run.error ? [String(run.error)] : run.stdout.split('\n').filter((line) => / error TS/.test(line)),
  }
}

function print() {
  const row = (...cells) =>
    cells.map((cell, i) => String(cell ?? '–').padStart([9, 11, 15, 10, 8, 9, 8][i])).join('')
  if (results.length > 0) console.log(row('N/M', '', 'instantiations', 'types', 'MB', 'check s', 'ratio'))
  for (const { size, of, ratios } of results)
    for (const [kit, measured] of Object.entries(of)) {
      const { instantiations, types, memoryMb, checkSeconds, errors, skipped } = measured
      console.log(
        row(
          size,
          kit,
          instantiations?.toLocaleString('en'),
          types?.toLocaleString('en'),
          memoryMb,
          checkSeconds,
          kit === 'official' ? '' : ratios[kit]?.toFixed(4),
        ),
      )
      if (errors.length > 0) console.log(`  ${errors.length} errors, first: ${errors[0]}`)
      if (skipped) console.log(`  ${skipped}`)
    }
  if (Object.keys(waits).length > 0)
    console.log('completions, 100 models, 3 relations each way: ms of processor time (names offered)')
  for (const [kit, of] of Object.entries(waits))
    console.log(
      `  ${kit.padEnd(10)}${places
        .map((place) => `  ${place} ${of[place].ms.toFixed(1)} (${of[place].entries})`)
        .join('')}`,
    )
  for (const failure of failures) console.log(`MISSED ${failure}`)
}
