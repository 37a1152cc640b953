// The operations of a schema and their types, by `@aws-amplify/graphql-generator` and by ours.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { root } from './packages.mjs'

const { parse, print } = createRequire(join(root, 'packages/sandbox/package.json'))('graphql')

const OFFICIAL = `import { readFileSync } from 'node:fs'
import generator from '@aws-amplify/graphql-generator'
const schema = readFileSync(0, 'utf8')
const options = { schema, typenameIntrospection: true }
const files = generator.generateStatements({ ...options, target: 'typescript', relativeTypesPath: './API' })
const queries = Object.values(generator.generateStatements({ ...options, target: 'graphql' })).join('\\n')
Object.assign(files, await generator.generateTypes({ schema, queries, target: 'typescript' }))
process.stdout.write(JSON.stringify(files))`

const OURS = `import { readFileSync } from 'node:fs'
import { buildASTSchema, parse } from ${JSON.stringify(join(root, 'packages/sandbox/node_modules/graphql/index.mjs'))}
import { apiTypes } from './packages/sandbox/src/codegen/apiTypes.ts'
import { operationsOf, statementFiles } from './packages/sandbox/src/codegen/statements.ts'
const text = readFileSync(0, 'utf8')
const named = [...new Set(text.match(/\\bAWS\\w+/g))].map((name) => 'scalar ' + name)
const operations = operationsOf(buildASTSchema(parse([...named, text].join('\\n')), { assumeValidSDL: true, assumeValid: true }), 2)
const files = Object.fromEntries(statementFiles(operations, 'typescript'))
process.stdout.write(JSON.stringify({ ...files, 'API.ts': apiTypes(operations) }))`

/** Names of the statements and types that are not the same in both, for a schema as it is served. */
export function clientCodeDifferences(app, served) {
  const theirs = namesIn(filesOf(['--input-type=module', '-e', OFFICIAL], app, served))
  const sources = [
    '--conditions=source',
    '--import',
    './scripts/sources.mjs',
    '--input-type=module',
    '-e',
    OURS,
  ]
  const ours = namesIn(filesOf(sources, root, served))
  return [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].filter(
    (name) => ours[name] !== theirs[name],
  )
}

function filesOf(args, cwd, input) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd,
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  if (status !== 0) throw new Error(`The client code could not be generated:\n${stderr}`)
  return JSON.parse(stdout)
}

/** Each statement and each type, in one spelling. */
function namesIn({ 'API.ts': types, ...statements }) {
  const named = {}
  for (const text of Object.values(statements))
    for (const [, name, document, type] of text.matchAll(
      /export const (\w+) = \/\* GraphQL \*\/ `([^`]*)` as ([^>]*)>/g,
    ))
      named[name] = print(parse(document)) + type.replace(/[\s,]/g, '')
  for (const block of types.split(/\n(?=export )/).slice(1))
    named[/export \w+ (\w+)/.exec(block)[1]] = block.replace(/[\s;]/g, '')
  return named
}
