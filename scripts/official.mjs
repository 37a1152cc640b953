// What the official tools make of our schemas: the real `@aws-amplify/backend` takes the schema of the shop in its
// `defineData`, the real transformer reads our SDL, and what AppSync would serve is held against the same of the official
// builder's schema, and against the reference. Then the same with other schemas, and with what the sandbox serves for them. For
// development only: it installs about a gigabyte, once, into .backline/official. Names of schemas check these alone.
//
//   npm run check:official
//
// Routes of AI are left out: the official constructs build their functions with a bundler for another purpose than ours.
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { generateBoth } from './officialDatabase.mjs'
import { schemas } from './officialSchemas.mjs'
import { root } from './packages.mjs'

/** As the sandbox has it. */
const { Kind, parse, print } = createRequire(join(root, 'packages/sandbox/package.json'))('graphql')
const home = join(root, '.backline/official')
const fixtures = join(root, 'packages/schema/src')

install()
const shop = readFileSync(join(fixtures, 'shop.fixture.ts'), 'utf8')
  .replace(/^\/\/.*\n/gm, '')
  .replace("'./a.js'", "'@backline/schema'")
  .replace('export const schema', 'const schema')
  .replace(/\n {2}chat: a[\s\S]*$/, '\n})\n')
const reference = readFileSync(join(fixtures, 'shop.appsync.txt'), 'utf8')

const failures = []
const asked = process.argv.slice(2)
if (asked.length === 0) {
  const served = deploy('shop', shop)
  const byTheirs = deploy('shop-official', shop.replace("'@backline/schema'", "'@aws-amplify/data-schema'"))
  report("The shop: ours and the official builder's are served alike", compare(served, byTheirs), byTheirs)
  // defineData lets IAM in everywhere, which the reference was made without.
  report(
    'The shop is served as the reference says, auth directives aside',
    compare(withoutAuth(served), withoutAuth(reference)),
    reference,
  )
}
for (const [name, text] of Object.entries(schemas)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  const schema = (builder) => `import { a } from '${builder}'\nconst schema = ${text}\n`
  const served = deploy(name, schema('@backline/schema'))
  const byTheirs = deploy(`${name}-official`, schema('@aws-amplify/data-schema'))
  report(`${name}: ours and the official builder's are served alike`, compare(served, byTheirs), byTheirs)
  report(
    `${name}: the sandbox serves the same, auth directives aside`,
    compare(withoutAuth(servedBySandbox(name)), withoutAuth(served)),
    served,
  )
  const same = introspections(name)
  if (!same) failures.push(name)
  console.log(
    `${same ? '' : 'NOT '}${name}: its introspection is what the official generator makes of our SDL.`,
  )
}
if (asked.length === 0 || asked.includes('database')) {
  const { ours, theirs } = await generateBoth(`${home}Database`)
  const lines = (text) => text.split('\n')
  const other = lines(ours).filter((line) => !lines(theirs).includes(line))
  const missing = lines(theirs).filter((line) => !lines(ours).includes(line))
  const differences = ours === theirs ? [] : [...other, ...missing, 'their order']
  if (differences.length > 0) failures.push('database')
  console.log(
    `${differences.length > 0 ? 'NOT ' : ''}The schema of a database is the text that the official generator writes (${lines(theirs).length} lines)${differences.length > 0 ? `: ${differences.join(' ')}` : ''}.`,
  )
  const schema = (text) =>
    `${text.replaceAll('export const schema', 'const generated')}
const schema = generated.authorization((allow) => allow.publicApiKey())`
  const byOurs = ours
    .replace('"@aws-amplify/data-schema/internals"', '"@backline/schema"')
    .replace('"@aws-amplify/data-schema"', '"@backline/schema"')
  const served = deploy('database', schema(byOurs))
  const byTheirs = deploy('database-official', schema(theirs))
  report("database: ours and the official builder's are served alike", compare(served, byTheirs), byTheirs)
}
process.exitCode = failures.length > 0 ? 1 : 0

function install() {
  if (existsSync(join(home, 'node_modules/@aws-amplify/backend'))) return
  mkdirSync(home, { recursive: true })
  const dependencies = Object.fromEntries(
    ['@aws-amplify/backend', '@aws-amplify/graphql-transformer', 'aws-cdk-lib', 'constructs'].map((name) => [
      name,
      '*',
    ]),
  )
  writeFileSync(join(home, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies }))
  run('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts'], home)
}

/** Builds the stack of an app with the official `defineBackend`, as `ampx` would, and returns the schema of its API. */
function deploy(name, schema) {
  const app = join(home, 'apps', name)
  rmSync(app, { recursive: true, force: true })
  mkdirSync(join(app, 'amplify/data'), { recursive: true })
  writeFileSync(join(app, 'package.json'), '{ "type": "module" }')
  const resolver = 'export const request = () => ({ payload: null })\nexport const response = () => null\n'
  for (const file of ['announce', 'onAnnounced', 'onOrderSaved', 'resolver'])
    writeFileSync(join(app, `amplify/data/${file}.js`), resolver)
  writeFileSync(join(app, 'amplify/data/handler.js'), 'export const handler = async () => null\n')
  writeFileSync(
    join(app, 'amplify/data/resource.js'),
    `import { defineData, defineFunction } from '@aws-amplify/backend'
${schema}
export { schema }
const handler = (name) => defineFunction({ name, entry: import.meta.dirname + '/handler.js' })
export const data = defineData({
  schema,
  authorizationModes: {
    defaultAuthorizationMode: 'apiKey',
    apiKeyAuthorizationMode: { expiresInDays: 7 },
    lambdaAuthorizationMode: { function: handler('authorizer') },
  },
  functions: { totalFor: handler('totalFor'), sendReport: handler('sendReport') },
})
`,
  )
  writeFileSync(
    join(app, 'amplify/backend.js'),
    `import { defineAuth, defineBackend } from '@aws-amplify/backend'
import { data } from './data/resource.js'
import { auth } from './auth/resource.js'
defineBackend({ auth, data })
process.emit('message', 'amplifySynth')
`,
  )
  mkdirSync(join(app, 'amplify/auth'))
  writeFileSync(
    join(app, 'amplify/auth/resource.js'),
    `import { defineAuth } from '@aws-amplify/backend'
export const auth = defineAuth({ loginWith: { email: true }, groups: ['Admin'] })
`,
  )
  const out = join(app, 'cdk.out')
  const context = {
    'amplify-backend-namespace': 'check',
    'amplify-backend-name': name,
    'amplify-backend-type': 'sandbox',
  }
  run(process.execPath, ['amplify/backend.js'], app, {
    env: { CDK_OUTDIR: out, CDK_CONTEXT_JSON: JSON.stringify(context) },
  })
  return servedIn(out)
}

/** What the sandbox serves for the schema of an app. */
function servedBySandbox(name) {
  const write =
    'import { schema } from "./amplify/data/resource.js"\nprocess.stdout.write(schema.transform().schema)'
  const sdl = run(process.execPath, ['--input-type=module', '-e', write], join(home, 'apps', name))
  const serve = `import { readFileSync } from 'node:fs'
import { readDefinition } from './packages/sandbox/src/appsync/sdl.ts'
import { printServed } from './packages/sandbox/src/appsync/served.ts'
process.stdout.write(printServed(readDefinition(readFileSync(0, 'utf8')), { defaultProvider: 'aws_api_key' }))`
  const sources = [
    '--conditions=source',
    '--import',
    './scripts/sources.mjs',
    '--input-type=module',
    '-e',
    serve,
  ]
  return run(process.execPath, sources, root, { input: sdl })
}

/** Is our introspection of an app's schema the one of the official generator? */
function introspections(name) {
  const app = join(home, 'apps', name)
  writeFileSync(
    join(app, 'introspect.js'),
    `import { isDeepStrictEqual } from 'node:util'
import { modelIntrospection } from '@backline/schema'
import generator from '@aws-amplify/graphql-generator'
import { schema } from './amplify/data/resource.js'
const made = generator.generateModelsSync({ schema: schema.transform().schema, target: 'introspection' })
const theirs = JSON.parse(made['model-introspection.json'])
const ours = JSON.parse(JSON.stringify(modelIntrospection(schema)))
if (!isDeepStrictEqual(ours, theirs)) {
  for (const part of new Set([...Object.keys(ours), ...Object.keys(theirs)]))
    for (const key of new Set([...Object.keys(ours[part] ?? {}), ...Object.keys(theirs[part] ?? {})]))
      if (!isDeepStrictEqual(ours[part]?.[key], theirs[part]?.[key]))
        console.error(part, key, JSON.stringify(ours[part]?.[key]), JSON.stringify(theirs[part]?.[key]))
  process.exit(3)
}
`,
  )
  const { status, stderr } = spawnSync(process.execPath, ['introspect.js'], { cwd: app, encoding: 'utf8' })
  if (status !== 0) console.error(stderr)
  return status === 0
}

/** The schema of the API, within the templates or beside them. */
function servedIn(out) {
  for (const file of globSync('**/*.template.json', { cwd: out })) {
    const { Resources = {} } = JSON.parse(readFileSync(join(out, file), 'utf8'))
    for (const { Type, Properties } of Object.values(Resources))
      if (Type === 'AWS::AppSync::GraphQLSchema' && Properties.Definition) return Properties.Definition
  }
  const [beside] = globSync('**/*.graphql', { cwd: out })
  if (beside) return readFileSync(join(out, beside), 'utf8')
  throw new Error(`There is no GraphQL schema in ${out}.`)
}

function run(command, args, cwd, { env = {}, input } = {}) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}\n${stderr}`)
  return stdout
}

/** Says so, or in which definitions it is not so. */
function report(claim, differences, reference) {
  console.log(
    differences.length === 0
      ? `${claim} (${count(reference)} definitions).`
      : `NOT ${claim}: ${differences.join(', ')}.`,
  )
  failures.push(...differences)
}

function withoutAuth(sdl) {
  return sdl.replace(/(?<!directive) @aws_(api_key|iam|oidc|lambda|cognito_user_pools)(\([^)]*\))?/g, '')
}

/** Names of the definitions that are not the same; order aside. */
function compare(one, other) {
  const [ours, theirs] = [byName(one), byName(other)]
  const names = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].sort()
  return names.filter((name) => ours[name] !== theirs[name])
}

function count(sdl) {
  return Object.keys(byName(sdl)).length
}

function byName(sdl) {
  const sorted = {}
  for (const definition of parse(sdl, { noLocation: true }).definitions) {
    if (definition.kind === Kind.DIRECTIVE_DEFINITION || definition.kind === Kind.SCALAR_TYPE_DEFINITION)
      continue
    if (definition.name) sorted[definition.name.value] = print(tidy(definition))
  }
  return sorted
}

function tidy({ fields, directives, ...rest }) {
  const byName = (one, other) => (one.name.value < other.name.value ? -1 : 1)
  const sorted = (list) => [...(list ?? [])].sort(byName)
  return {
    ...rest,
    directives: sorted(directives),
    ...(fields && {
      fields: sorted(fields).map((field) => ({ ...field, directives: sorted(field.directives) })),
    }),
  }
}
