// What the types of a schema cost the compiler: ours and aws-amplify's on the same schema and the same calls.
//
//   node benchmarks/types/bench-types.mjs [--json] [--only 100/100,400/50] [--ours] [--minutes 8]
//
// N models, M of them called. Each has eight scalars, an enum, a relation each way, an index and two rules; the calls are
// create, list with a filter, get with a depth-2 selection set, update and observeQuery. Counts are the same on every
// machine; seconds are not. Exits 1 where a target is missed or the compiler complains.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string', default: '100/10,100/100,400/50' },
    ours: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '8' },
  },
})

// Instantiations, from the measurements of aws-amplify 6.22.1 at the start: 7 hundredths of theirs.
const budgets = {
  '100/10': 58_000,
  '100/50': 147_000,
  '100/100': 270_000,
  '200/200': 540_000,
  '400/50': 256_000,
}
const targetRatio = 0.07

const root = join(import.meta.dirname, '../..')
const compiler = join(root, 'node_modules/typescript/bin/tsc')
const folder = join(root, '.backline/bench-types')
const deadline = Date.now() + Number(options.minutes) * 60_000

const kits = {
  backline: {
    imports: "import { a, type ClientSchema } from '@backline/schema'",
    client: "import { generateClient } from '@backline/data'",
  },
  official: {
    imports: "import { a, type ClientSchema } from '@aws-amplify/data-schema'",
    client: "import { generateClient } from 'aws-amplify/data'",
  },
}

// An app sees declarations, so ours are emitted first; checking our sources is not what is measured.
const declarations = emitDeclarations()

const results = []
for (const size of options.only.split(',')) {
  const [models, called] = size.split('/').map(Number)
  const ours = measure('backline', models, called)
  const theirs = options.ours ? undefined : measure('official', models, called)
  const ratio = theirs?.instantiations ? ours.instantiations / theirs.instantiations : undefined
  results.push({ size, models, called, budget: budgets[size], ours, official: theirs, ratio })
}
if (!options.keep) rmSync(folder, { recursive: true, force: true })

const failures = results.flatMap(({ size, ours, budget, ratio }) => [
  ...(ours.errors.length > 0 ? [`${size}: ${ours.errors[0]}`] : []),
  ...(ours.instantiations === undefined ? [`${size}: ours was not measured`] : []),
  ...(budget !== undefined && ours.instantiations > budget
    ? [`${size}: ${ours.instantiations} instantiations are over the budget of ${budget}`]
    : []),
  ...(ratio > targetRatio
    ? [`${size}: ${ratio.toFixed(3)} of the official instantiations is over ${targetRatio}`]
    : []),
])

if (options.json) console.log(JSON.stringify({ results, failures }, null, 2))
else print()
process.exitCode = failures.length > 0 ? 1 : 0

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

/** Writes a schema and its calls, and asks the compiler what they cost. */
function measure(kit, models, called) {
  const left = deadline - Date.now()
  if (left < 5_000) return { skipped: 'no time left', errors: [] }
  const at = join(folder, `${kit}-${models}-${called}`)
  mkdirSync(at, { recursive: true })
  writeFileSync(join(at, 'schema.ts'), writeSchema(kits[kit].imports, models))
  writeFileSync(join(at, 'calls.ts'), writeCalls(kits[kit].client, models, called))
  writeFileSync(join(at, 'package.json'), '{ "type": "module" }')
  writeFileSync(
    join(at, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        target: 'es2022',
        lib: ['es2023', 'dom'],
        module: 'esnext',
        moduleResolution: 'bundler',
        strict: true,
        skipLibCheck: true,
        noEmit: true,
        types: [],
        ...(kit === 'backline' && { paths: declarations }),
      },
      files: ['schema.ts', 'calls.ts'],
    }),
  )
  const run = spawnSync(
    process.execPath,
    [compiler, '-p', at, '--extendedDiagnostics', '--pretty', 'false'],
    {
      encoding: 'utf8',
      timeout: left,
      maxBuffer: 1 << 26,
    },
  )
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

function writeSchema(imports, models) {
  const one = (i) => `  M${i}: a
    .model({
      title: a.string().required(),
      description: a.string(),
      count: a.integer(),
      price: a.float(),
      active: a.boolean().required(),
      dueAt: a.datetime(),
      tags: a.string().array(),
      email: a.email(),
      status: a.enum(['m${i}_draft', 'm${i}_active', 'm${i}_done']),
      parentId: a.id(),
      parent: a.belongsTo('M${(i + models - 1) % models}', 'parentId'),
      children: a.hasMany('M${(i + 1) % models}', 'parentId'),
    })
    .secondaryIndexes((index) => [index('title')])
    .authorization((allow) => [allow.owner(), allow.publicApiKey().to(['read'])]),
`
  return `${imports}

export const schema = a.schema({
${Array.from({ length: models }, (_, i) => one(i)).join('')}})

export type Schema = ClientSchema<typeof schema>
`
}

function writeCalls(imports, models, called) {
  const one = (i) => `
export async function use${i}() {
  const created = await client.models.M${i}.create({ title: 'a', active: true, count: ${i}, status: 'm${i}_draft' })
  const listed = await client.models.M${i}.list({ filter: { title: { beginsWith: 'a' }, count: { gt: 1 } }, limit: 10 })
  const { data } = await client.models.M${i}.get(
    { id: 'x' },
    { selectionSet: ['id', 'title', 'parent.title', 'children.title', 'children.children.title'] },
  )
  const updated = await client.models.M${i}.update({ id: 'x', price: 2, status: 'm${i}_done' })
  client.models.M${i}.observeQuery({ filter: { active: { eq: true } } }).subscribe(({ items }) => items[0]?.title)
  return [created.data?.title, listed.data[0]?.status, data?.children[0]?.children[0]?.title, updated.data?.price]
}
`
  return `${imports}
import type { Schema } from './schema'

const client = generateClient<Schema>()
${Array.from({ length: called }, (_, i) => one(Math.floor((i * models) / called))).join('')}`
}

function print() {
  const row = (...cells) =>
    cells.map((cell, i) => String(cell ?? '–').padStart([8, 10, 15, 10, 8, 9, 8][i])).join('')
  console.log(row('N/M', '', 'instantiations', 'types', 'MB', 'check s', 'ratio'))
  for (const { size, ours, official, ratio } of results) {
    for (const [name, of] of [
      ['backline', ours],
      ['official', official],
    ]) {
      if (!of) continue
      const cells = [
        of.instantiations?.toLocaleString('en'),
        of.types?.toLocaleString('en'),
        of.memoryMb,
        of.checkSeconds,
      ]
      console.log(row(size, name, ...cells, name === 'backline' ? ratio?.toFixed(4) : ''))
      for (const error of of.errors.slice(0, 3)) console.log(`  ${error}`)
      if (of.skipped) console.log(`  ${of.skipped}`)
    }
  }
  for (const failure of failures) console.log(`MISSED ${failure}`)
}
