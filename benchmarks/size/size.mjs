// Bundles each public import alone (with `Amplify`: nothing works without `configure`), ours and aws-amplify's, and prints bytes.
//   node benchmarks/size/size.mjs           ours beside theirs
//   node benchmarks/size/size.mjs --json    the same for machines
//   node benchmarks/size/size.mjs --check   ours only, against the budgets; exits 1 where one is broken
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { packages, root } from '../../scripts/packages.mjs'

/** [what, subpath → names, budget for what loads at once, budget for everything, strings that must not be in it] in brotli bytes. */
const IMPORTS = [
  ['Amplify', {}, 3_000],
  ['fetchAuthSession', { auth: ['fetchAuthSession'] }, 6_500],
  ['getCurrentUser', { auth: ['getCurrentUser'] }, 6_500],
  ['signUp', { auth: ['signUp'] }, 5_500, 5_500, ['AWS4-HMAC', 'Caldera']],
  ['signIn', { auth: ['signIn'] }, 10_000],
  ['signOut', { auth: ['signOut'] }, 7_000, 7_000, ['Caldera', 'AWS4-HMAC']],
  ['signIn signOut fetchAuthSession', { auth: ['signIn', 'signOut', 'fetchAuthSession'] }, 12_000],
  ['generateClient', { data: ['generateClient'] }, 18_000, 25_000],
  ['downloadData', { storage: ['downloadData'] }, 14_000, 14_000, ['CompleteMultipartUpload']],
  ['getUrl', { storage: ['getUrl'] }, 13_000, 13_000, ['CompleteMultipartUpload']],
  ['list', { storage: ['list'] }, 13_500, 13_500, ['CompleteMultipartUpload', 'uploadId']],
  ['remove', { storage: ['remove'] }, 13_500, 13_500, ['CompleteMultipartUpload']],
  ['uploadData', { storage: ['uploadData'] }, 20_000],
  ['all of storage', { storage: ['uploadData', 'downloadData', 'getUrl', 'list', 'remove'] }, 20_000],
  [
    'typical app',
    {
      auth: ['signUp', 'signIn', 'signOut', 'getCurrentUser', 'fetchAuthSession'],
      data: ['generateClient'],
      storage: ['uploadData', 'getUrl', 'list'],
    },
    33_000,
  ],
]

const check = process.argv.includes('--check')
const json = process.argv.includes('--json')
const rows = []
for (const [what, names, budget, budgetAll, forbidden = []] of IMPORTS) {
  const ours = await weigh('backline', names)
  const theirs = check ? undefined : await weigh('aws-amplify', names)
  const broken = [
    ours.atOnce.brotli > budget && `${ours.atOnce.brotli} bytes at once, the budget is ${budget}`,
    budgetAll && ours.all.brotli > budgetAll && `${ours.all.brotli} bytes in all, the budget is ${budgetAll}`,
    ...forbidden.map((text) => ours.code.includes(text) && `contains '${text}'`),
  ].filter(Boolean)
  delete ours.code
  if (theirs) delete theirs.code
  rows.push({ what, ours, theirs, budget, budgetAll, broken })
}
const unused = await Promise.all(
  packages.filter(({ folder }) => folder === 'backline').flatMap(({ entries }) => entries.map(weighUnused)),
)
const heavy = unused.filter(({ bytes }) => bytes > 0)

if (json) console.log(JSON.stringify({ imports: rows, unused }, null, 2))
else {
  const cell = (value) => String(value).padStart(11)
  console.log(
    `${'bytes'.padEnd(34)}${['min', 'gzip', 'brotli', 'brotli all', ...(check ? ['budget'] : ['theirs min', 'gzip', 'brotli', 'ratio'])].map(cell).join('')}`,
  )
  for (const { what, ours, theirs, budget, broken } of rows) {
    const mine = [ours.atOnce.min, ours.atOnce.gzip, ours.atOnce.brotli, ours.all.brotli]
    const beside = theirs
      ? [
          theirs.atOnce.min,
          theirs.atOnce.gzip,
          theirs.atOnce.brotli,
          (ours.atOnce.brotli / theirs.atOnce.brotli).toFixed(2),
        ]
      : [budget]
    console.log(
      `${what.padEnd(34)}${[...mine, ...beside].map(cell).join('')}${broken.length ? `  ✗ ${broken.join('; ')}` : ''}`,
    )
  }
  for (const { entry, bytes } of heavy)
    console.log(`✗ an unused import 'backline/${entry}' costs ${bytes} bytes, not 0`)
}
process.exit(check && (heavy.length || rows.some(({ broken }) => broken.length)) ? 1 : 0)

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

async function weigh(library, names) {
  const lines = [`import { Amplify } from '${library}'`]
  const used = ['Amplify']
  for (const [subpath, list] of Object.entries(names)) {
    lines.push(`import { ${list.join(', ')} } from '${library}/${subpath}'`)
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
  const subpath = entry === 'index' ? '' : `/${entry.replace('auth-', 'auth/')}`
  const chunks = reached(await bundle(`import 'backline${subpath}'`), ['import-statement', 'dynamic-import'])
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
