// Who may import whom. Prints every import that breaks the order, and every cycle; exits 1 where there is one.
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { root } from './packages.mjs'

const CORE = [
  '',
  '/bytes',
  '/internal',
  '/journal',
  '/livePlatform',
  '/page',
  '/pinpoint',
  '/session',
  '/sha256',
  '/sigv4',
  '/sigv4AtOnce',
  '/tracking',
  '/unsigned',
].map((entry) => `@backline/core${entry}`)
const ALLOWED = {
  core: [],
  schema: [],
  auth: CORE,
  data: [...CORE, 'type @backline/schema'],
  storage: CORE,
  analytics: CORE,
  geo: CORE,
  interactions: CORE,
  'in-app-messaging': CORE,
  ssr: [
    ...CORE,
    '@backline/auth/adapters',
    '@backline/auth/oauth',
    '@backline/auth/server',
    '@backline/data',
    '@backline/data/internals',
    '@backline/data/server',
    'type @backline/schema',
  ],
  'react-native': CORE,
  sandbox: ['@backline/schema', '@backline/schema/backend', '@backline/schema/generate', '@backline/core'],
  backline: [
    '@backline/core',
    '@backline/core/configure',
    '@backline/auth',
    '@backline/auth/adapters',
    '@backline/auth/enableOAuthListener',
    '@backline/auth/server',
    '@backline/data',
    '@backline/data/internals',
    '@backline/data/react',
    '@backline/data/server',
    '@backline/data/tanstack-query',
    '@backline/analytics',
    '@backline/analytics/firehose',
    '@backline/analytics/kinesis',
    '@backline/analytics/personalize',
    '@backline/analytics/pinpoint',
    '@backline/in-app-messaging',
    '@backline/storage',
    '@backline/storage/queue',
    '@backline/storage/react',
    '@backline/storage/server',
    '@backline/geo',
    '@backline/geo/location-service',
    '@backline/interactions',
    '@backline/interactions/lex-v1',
    '@backline/schema',
    '@backline/schema/backend',
    '@backline/react-native',
    '@backline/react-native/polyfill',
    '@backline/ssr',
    ...[
      'adapterCore',
      'adapterCoreInternals',
      'astro',
      'hono',
      'next',
      'nextData',
      'node',
      'nuxt',
      'sveltekit',
    ].map((entry) => `@backline/ssr/${entry}`),
  ],
}
/** Pure calculations: they may import types and other sums, nothing else. */
const SUMS = [
  'core/src/bytes.ts',
  'core/src/sha256.ts',
  'core/src/signatureV4.ts',
  'auth/src/srp.ts',
  'auth/src/srpNumbers.ts',
  'data/src/introspection.ts',
  'in-app-messaging/src/campaign.ts',
  'in-app-messaging/src/matching.ts',
  'in-app-messaging/src/message.ts',
  'data/src/selection.ts',
  'data/src/match.ts',
  'data/src/subscriptionFilter.ts',
  'react-native/src/encoding.ts',
  'react-native/src/srpNumbers.ts',
  'storage/src/parts.ts',
  'storage/src/xml.ts',
  'geo/src/shapes.ts',
]
/** The sandbox keeps one folder per service; elsewhere a package is flat. */
const FOLDERS = ['sandbox']

const IMPORT =
  /^\s*(?:import|export)\s+(type\s)?(?:[^'"]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm

const problems = []
const graph = new Map()

for (const file of globSync('packages/*/src/**/*.ts', { cwd: root })) {
  if (/\.(test(-d)?|fixture)\.ts$/.test(file)) continue
  const [, name] = file.split('/')
  const short = file.replace('packages/', '')
  const edges = []
  for (const [, type, named, dynamic] of readFileSync(join(root, file), 'utf8').matchAll(IMPORT)) {
    const target = named ?? dynamic
    if (target.startsWith('.')) {
      const path = normalize(join(dirname(file), target)).replace(/\.js$/, '.ts')
      if (!path.startsWith(`packages/${name}/src/`))
        problems.push(`${file} reaches out of its package: ${target}`)
      else if (target.startsWith('..') && !FOLDERS.includes(name)) problems.push(`${file} climbs: ${target}`)
      if (SUMS.includes(short) && !type && !SUMS.includes(path.replace('packages/', '')))
        problems.push(`${file} is a sum and imports ${target}`)
      if (!type) edges.push(path)
    } else if (/^(@backline\/|backline(\/|$))/.test(target)) {
      const allowed = ALLOWED[name] ?? []
      if (!allowed.includes(target) && !(type && allowed.includes(`type ${target}`)))
        problems.push(`${file} may not import ${type ?? ''}${target}`)
    } else if (SUMS.includes(short) && !type) problems.push(`${file} is a sum and imports ${target}`)
  }
  graph.set(file, edges)
}

const state = new Map()
const visit = (file, path) => {
  if (state.get(file) === 'done') return
  if (state.get(file) === 'open') {
    problems.push(
      `cycle: ${[...path.slice(path.indexOf(file)), file].map((each) => relative('packages', each)).join(' → ')}`,
    )
    return
  }
  state.set(file, 'open')
  for (const next of graph.get(file) ?? []) visit(next, [...path, file])
  state.set(file, 'done')
}
for (const file of graph.keys()) visit(file, [])

for (const problem of problems) console.error(problem)
console.log(`${graph.size} files, ${problems.length} imports out of order`)
process.exit(problems.length ? 1 : 0)
