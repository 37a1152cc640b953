// Bundles each public import alone (with `Amplify`: nothing works without `configure`), ours and aws-amplify's, with the same esbuild and
// the same options in the same run, and prints bytes.
//   node benchmarks/size/size.mjs           ours beside theirs
//   node benchmarks/size/size.mjs --json    the same for machines
//   node benchmarks/size/size.mjs --check   ours only, against the budgets; exits 1 where one is broken
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build, version as esbuild } from 'esbuild'
import { packages, root, subpathOf } from '../../scripts/packages.mjs'

// Bytes after brotli. `budget` is for what loads at once, `all` for that and everything it may load on demand (the signer, cookies, live
// queries). `goal` is where we want to be and are not: docs/decisions/0016 has the parts. `never` lists what must not be in it.
const SIGNER = 'AWS4-HMAC'
const SRP = 'Caldera'
const MULTIPART = 'CompleteMultipartUpload'
const IMPORTS = [
  { what: 'Amplify', of: {}, budget: 3_530, all: 3_530, goal: 3_000 },
  { what: 'fetchAuthSession', of: { auth: ['fetchAuthSession'] }, budget: 8_690, all: 9_470, goal: 6_500 },
  {
    what: 'getCurrentUser',
    of: { auth: ['getCurrentUser'] },
    budget: 7_910,
    all: 8_680,
    goal: 6_500,
    never: [SRP],
  },
  { what: 'signUp', of: { auth: ['signUp'] }, budget: 5_940, all: 5_940, goal: 5_500, never: [SIGNER, SRP] },
  { what: 'signIn', of: { auth: ['signIn'] }, budget: 11_820, all: 13_170, goal: 10_000, never: [SIGNER] },
  {
    what: 'signOut',
    of: { auth: ['signOut'] },
    budget: 8_870,
    all: 9_640,
    goal: 7_000,
    never: [SIGNER, SRP],
  },
  {
    what: 'signIn signOut fetchAuthSession',
    of: { auth: ['signIn', 'signOut', 'fetchAuthSession'] },
    budget: 13_340,
    all: 14_680,
    never: [SIGNER],
  },
  {
    what: 'signIn confirmSignIn signOut fetchAuthSession',
    of: { auth: ['signIn', 'confirmSignIn', 'signOut', 'fetchAuthSession'] },
    budget: 14_000,
    all: 15_340,
    goal: 12_000,
    never: [SIGNER],
  },
  {
    what: 'signInWithRedirect',
    of: { auth: ['signInWithRedirect'] },
    budget: 10_240,
    all: 11_020,
    goal: 8_500,
    never: [SIGNER, SRP],
  },
  { what: 'resetPassword', of: { auth: ['resetPassword'] }, budget: 5_710, never: [SIGNER, SRP] },
  {
    what: 'updateUserAttributes',
    of: { auth: ['updateUserAttributes'] },
    budget: 8_050,
    all: 8_840,
    goal: 7_000,
    never: [SIGNER, SRP],
  },
  {
    what: 'setUpTOTP',
    of: { auth: ['setUpTOTP'] },
    budget: 8_040,
    all: 8_820,
    goal: 7_000,
    never: [SIGNER, SRP],
  },
  {
    what: 'associateWebAuthnCredential',
    of: { auth: ['associateWebAuthnCredential'] },
    budget: 8_190,
    all: 9_530,
    goal: 7_500,
    never: [SIGNER, SRP],
  },
  { what: 'all of auth', of: { auth: '*' }, budget: 17_970, never: [SIGNER] },
  {
    what: 'generateClient',
    of: { data: ['generateClient'] },
    budget: 15_560,
    all: 31_490,
    goalAll: 25_000,
  },
  { what: 'events', of: { data: ['events'] }, budget: 12_300, all: 20_320, goalAll: 20_000 },
  {
    what: 'get post',
    of: { api: ['get', 'post'] },
    budget: 7_410,
    all: 15_090,
    goal: 9_000,
    goalAll: 14_500,
  },
  {
    what: 'downloadData',
    of: { storage: ['downloadData'] },
    budget: 12_840,
    all: 15_390,
    goalAll: 14_000,
    never: [MULTIPART],
  },
  {
    what: 'getUrl',
    of: { storage: ['getUrl'] },
    budget: 11_890,
    all: 14_440,
    goalAll: 13_000,
    never: [MULTIPART],
  },
  {
    what: 'list',
    of: { storage: ['list'] },
    budget: 11_770,
    all: 14_330,
    goalAll: 13_500,
    never: [MULTIPART, 'uploadId'],
  },
  {
    what: 'remove',
    of: { storage: ['remove'] },
    budget: 12_520,
    all: 15_080,
    goalAll: 13_500,
    never: [MULTIPART],
  },
  {
    what: 'getProperties',
    of: { storage: ['getProperties'] },
    budget: 11_450,
    all: 14_000,
    goalAll: 13_500,
    never: [MULTIPART],
  },
  { what: 'copy', of: { storage: ['copy'] }, budget: 12_690, all: 15_250, goalAll: 13_500 },
  { what: 'uploadData', of: { storage: ['uploadData'] }, budget: 17_830, all: 20_380 },
  { what: 'all of storage', of: { storage: '*' }, budget: 20_670, all: 23_220, goalAll: 20_000 },
  {
    what: 'searchByText',
    of: { geo: ['searchByText'] },
    budget: 10_630,
    all: 13_180,
    never: ['clockwise', 'style-descriptor'],
  },
  {
    what: 'transformRequest',
    of: { geo: ['transformRequest'] },
    budget: 9_360,
    all: 11_920,
    never: ['clockwise'],
  },
  { what: 'Geo', of: { geo: ['Geo'] }, budget: 12_810, all: 15_370 },
  { what: 'all of geo', of: { geo: '*' }, budget: 13_390, all: 15_930, goalAll: 15_500 },
  {
    what: 'Interactions',
    of: { interactions: ['Interactions'] },
    budget: 10_890,
    all: 13_440,
    never: ['PostContent', 'dialog-state'],
  },
  {
    what: 'Interactions of Lex V1',
    of: { 'interactions/lex-v1': ['Interactions'] },
    budget: 10_820,
    all: 13_370,
    never: ['RecognizeText', 'recognized-bot-member'],
  },
  { what: 'record (Pinpoint)', of: { analytics: ['record'] }, budget: 14_800, all: 17_350, goalAll: 14_500 },
  {
    what: 'record (Kinesis)',
    of: { 'analytics/kinesis': ['record'] },
    budget: 13_950,
    all: 16_500,
    goalAll: 14_500,
  },
  {
    what: 'record (Firehose)',
    of: { 'analytics/kinesis-firehose': ['record'] },
    budget: 13_900,
    all: 16_460,
    goalAll: 14_500,
  },
  {
    what: 'record (Personalize)',
    of: { 'analytics/personalize': ['record'] },
    budget: 14_600,
    all: 17_150,
    goalAll: 15_000,
  },
  ...[
    ['createRequestRunner', 'server', 14_850],
    ['createServerRunner', 'adapter-nextjs', 15_500],
    ['runWithAmplifyServerContext', 'adapter-core', 9_470],
  ].map(([name, entry, budget]) => ({
    what: name,
    of: { [entry]: [name] },
    budget,
    alone: true,
    // What only a browser can use, and what a page that is rendered does not ask for.
    never: [SIGNER, SRP, MULTIPART, 'signInWithRedirect', 'PublicKeyCredential', 'WebSocket', 'pageshow'],
  })),
  {
    what: 'in-app messaging: initialize, sync, dispatch',
    of: { 'in-app-messaging': ['initializeInAppMessaging', 'syncMessages', 'dispatchEvent'] },
    budget: 13_880,
    all: 16_440,
    goalAll: 16_000,
    never: [SRP],
  },
  {
    what: 'typical app',
    of: {
      auth: ['signUp', 'signIn', 'signOut', 'getCurrentUser', 'fetchAuthSession'],
      data: ['generateClient'],
      storage: ['uploadData', 'getUrl', 'list'],
    },
    budget: 35_580,
    all: 47_460,
    goal: 33_000,
  },
]

/** Two categories of theirs are packages of their own. */
const THEIRS = /^(geo|interactions)/

const check = process.argv.includes('--check')
const json = process.argv.includes('--json')
const { version } = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve('aws-amplify/package.json')),
)

const rows = []
for (const {
  what,
  of,
  budget,
  all = Number.POSITIVE_INFINITY,
  goal,
  goalAll,
  never = [],
  alone,
} of IMPORTS) {
  const { code, ...ours } = await weigh('backline', of)
  const theirs = check || alone ? undefined : await weigh('aws-amplify', await alike(of))
  if (theirs) delete theirs.code
  const broken = [
    ours.atOnce.brotli > budget && `${ours.atOnce.brotli} bytes at once, the budget is ${budget}`,
    ours.all.brotli > all && `${ours.all.brotli} bytes in all, the budget is ${all}`,
    ...never.map((text) => code.includes(text) && `contains '${text}'`),
  ].filter(Boolean)
  const ratio = theirs && Number((ours.atOnce.brotli / theirs.atOnce.brotli).toFixed(3))
  rows.push({ what, ours, theirs, ratio, budget, budgetAll: all, goal, goalAll, broken })
}
const unused = []
for (const { folder, entries } of packages) {
  // The listener and the polyfill are imported for what they do.
  const idle = entries.filter(
    (entry) =>
      folder === 'backline' && !['auth-enable-oauth-listener', 'react-native-polyfill'].includes(entry),
  )
  for (const entry of idle) unused.push(await weighUnused(entry))
}
const heavy = unused.filter(({ bytes }) => bytes > 0)

if (json) console.log(JSON.stringify({ esbuild, 'aws-amplify': version, imports: rows, unused }, null, 2))
else {
  const cell = (value) => String(value ?? '').padStart(11)
  console.log(
    `Bytes of each import with Amplify: esbuild ${esbuild}, minified, browser, es2022; brotli 11${check ? '' : `; aws-amplify ${version} bundled the same way in this run`}.`,
  )
  const heads = check
    ? ['budget', 'budget all', 'goal', 'goal all']
    : ['theirs min', 'gzip', 'brotli', 'brotli all', 'ratio']
  console.log(`${''.padEnd(34)}${['min', 'gzip', 'brotli', 'brotli all', ...heads].map(cell).join('')}`)
  for (const { what, ours, theirs, ratio, budget, budgetAll, goal, goalAll, broken } of rows) {
    const weights = ({ atOnce, all }) => [atOnce.min, atOnce.gzip, atOnce.brotli, all.brotli]
    const beside = theirs
      ? [...weights(theirs), ratio.toFixed(2)]
      : [budget, Number.isFinite(budgetAll) ? budgetAll : '', goal, goalAll]
    const verdict = broken.length ? `  ✗ ${broken.join('; ')}` : ''
    console.log(`${what.padEnd(34)}${[...weights(ours), ...beside].map(cell).join('')}${verdict}`)
  }
  console.log(
    `An unused import costs ${Math.max(...unused.map(({ bytes }) => bytes))} bytes, in ${unused.length} entries.`,
  )
  for (const { entry, bytes } of heavy)
    console.log(`✗ an unused 'backline/${entry}' costs ${bytes} bytes, not 0`)
}
process.exitCode = check && (heavy.length || rows.some(({ broken }) => broken.length)) ? 1 : 0

/** The same names of aws-amplify: where we mean all of a category, those that both of us have. */
async function alike(names) {
  const same = {}
  for (const [subpath, list] of Object.entries(names)) {
    const theirs = await import(moduleOf('aws-amplify', subpath))
    const ours = list === '*' ? Object.keys(await import(`backline/${subpath}`)) : list
    same[subpath] = ours.filter((name) => name in theirs)
    // A function that they have as a method only, they have with the whole object.
    if (!same[subpath].length) same[subpath] = Object.keys(theirs)
  }
  return same
}

function moduleOf(library, subpath) {
  return library === 'aws-amplify' && THEIRS.test(subpath)
    ? `@aws-amplify/${subpath}`
    : `${library}/${subpath}`
}

async function bundle(code) {
  return build({
    stdin: { contents: code, resolveDir: root },
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    outdir: '/out',
    write: false,
    metafile: true,
    logLevel: 'silent',
  })
}

async function weigh(library, of) {
  const lines = [`import { Amplify } from '${library}'`]
  const used = ['Amplify']
  for (const [subpath, names] of Object.entries(of)) {
    const list = names === '*' ? Object.keys(await import(`backline/${subpath}`)) : names
    lines.push(`import { ${list.join(', ')} } from '${moduleOf(library, subpath)}'`)
    used.push(...list)
  }
  const { outputFiles, metafile } = await bundle(`${lines.join('\n')}\nconsole.log(${used.join(', ')})`)
  const atOnce = reached({ outputFiles, metafile }, ['import-statement'])
  const all = reached({ outputFiles, metafile }, ['import-statement', 'dynamic-import'])
  return {
    atOnce: sizes(atOnce),
    all: sizes(all),
    code: all.map((bytes) => Buffer.from(bytes).toString()).join('\n'),
  }
}

/** The contents of the entry's chunk and of all that it leads to by these kinds of import. */
function reached({ outputFiles, metafile }, kinds) {
  const nameOf = (path) => path.replace(/^.*out\//, '')
  const contents = new Map(outputFiles.map(({ path, contents: bytes }) => [nameOf(path), bytes]))
  const paths = new Set()
  const follow = (path) => {
    if (paths.has(path)) return
    paths.add(path)
    for (const { path: next, kind } of metafile.outputs[path].imports) if (kinds.includes(kind)) follow(next)
  }
  follow(Object.keys(metafile.outputs).find((path) => metafile.outputs[path].entryPoint === '<stdin>'))
  return [...paths].map((path) => contents.get(nameOf(path)))
}

async function weighUnused(entry) {
  const { manifest } = packages.find(({ folder }) => folder === 'backline')
  const chunks = reached(await bundle(`import 'backline${subpathOf(manifest, entry)}'`), [
    'import-statement',
    'dynamic-import',
  ])
  return { entry, bytes: sizes(chunks).min }
}

function sizes(list) {
  const each = (measure) => list.reduce((sum, bytes) => sum + measure(bytes), 0)
  return {
    min: each((bytes) => bytes.length),
    gzip: each((bytes) => gzipSync(bytes, { level: 9 }).length),
    brotli: each(
      (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length,
    ),
  }
}
