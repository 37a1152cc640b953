import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { servedSchema } from './appsync/backend.js'
import { introspect } from './appsync/introspection.js'
import { apiTypes } from './codegen/apiTypes.js'
import { operationsOf, type StatementTarget, statementFiles } from './codegen/statements.js'
import { loadBackend } from './loader.js'
import { planOf } from './planOf.js'
import { writeWhole } from './wholeFile.js'

const HELP = `backline generate graphql-client-code: queries, mutations and subscriptions of your schema, for client.graphql({ query })

  npx backline generate graphql-client-code [options]

  --backend <folder>                the folder with backend.ts                      (amplify)
  --out <folder>                    where the files go                              (.)
  --format <format>                 graphql-codegen, or introspection               (graphql-codegen)
  --statement-target <target>       typescript (with API.ts), javascript, graphql   (typescript)
  --statement-max-depth <number>    how deep a statement selects                    (2)
  --help

import { getTodo } from './queries'
`

const TARGETS: readonly string[] = ['typescript', 'javascript', 'graphql'] satisfies StatementTarget[]

/** Options of `ampx` for other languages, and for backends on AWS. */
const ELSEWHERE = ['stack', 'app-id', 'branch', 'model-target', 'type-target'] as const

/** The command `backline generate graphql-client-code`. Resolves with an exit code. */
export async function runGenerateClientCode(args: string[]): Promise<number> {
  let values: ReturnType<typeof read>
  try {
    values = read(args)
    if (values.help) {
      console.log(HELP)
      return 0
    }
    check(values)
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`)
    return 2
  }
  try {
    const files = await filesOf(values)
    for (const name of files.keys()) refuseOwn(join(values.out, name))
    mkdirSync(values.out, { recursive: true })
    for (const [name, text] of files) writeWhole(join(values.out, name), text)
    console.log(`Wrote ${[...files.keys()].map((name) => join(values.out, name)).join(', ')}.`)
    return 0
  } catch (error) {
    console.error((error as Error).message)
    return 1
  }
}

/** Files that this or the official command wrote say so in their first lines. */
function refuseOwn(file: string): void {
  if (file.endsWith('.json') || !existsSync(file)) return
  if (!/auto generated file|automatically generated/.test(readFileSync(file, 'utf8').slice(0, 200)))
    throw new Error(`${file} was not generated, so it is left as it is. Choose another folder with --out.`)
}

async function filesOf(values: ReturnType<typeof read>): Promise<Map<string, string>> {
  const plan = planOf(await loadBackend(values.backend))
  if (!plan.data) throw new Error('The backend has no defineData({ schema }), so there is nothing to write.')
  const { definition, schema } = servedSchema(plan.data)
  if (values.format === 'introspection')
    return new Map([['model-introspection.json', `${JSON.stringify(introspect(definition), null, 4)}\n`]])
  const operations = operationsOf(schema, Number(values['statement-max-depth']))
  const target = values['statement-target'] as StatementTarget
  const files = statementFiles(operations, target)
  if (target === 'typescript') files.set('API.ts', apiTypes(operations))
  return files
}

function check(values: ReturnType<typeof read>): void {
  const elsewhere = ELSEWHERE.find((name) => values[name] !== undefined)
  if (elsewhere)
    throw new Error(
      `--${elsewhere} is for \`npx ampx generate graphql-client-code\`: this command reads your amplify/ folder, and writes TypeScript, JavaScript and GraphQL.`,
    )
  const { format, 'statement-target': target, 'statement-max-depth': depth } = values
  if (format === 'modelgen')
    throw new Error(
      '--format modelgen makes models of DataStore, which Backline does not have. `npx ampx` makes them.',
    )
  if (format !== 'graphql-codegen' && format !== 'introspection')
    throw new Error(`--format is graphql-codegen or introspection, not '${format}'.`)
  if (!TARGETS.includes(target))
    throw new Error(`--statement-target is ${TARGETS.join(', ')}, not '${target}'.`)
  if (!/^[1-9]$/.test(depth))
    throw new Error(`--statement-max-depth is a number from 1 to 9, not '${depth}'.`)
}

function read(args: string[]) {
  return parseArgs({
    args,
    options: {
      backend: { type: 'string', default: 'amplify' },
      out: { type: 'string', default: '.' },
      format: { type: 'string', default: 'graphql-codegen' },
      'statement-target': { type: 'string', default: 'typescript' },
      'statement-max-depth': { type: 'string', default: '2' },
      stack: { type: 'string' },
      'app-id': { type: 'string' },
      branch: { type: 'string' },
      'model-target': { type: 'string' },
      'type-target': { type: 'string' },
      help: { type: 'boolean', default: false, short: 'h' },
    },
    strict: true,
    allowPositionals: false,
  }).values
}
