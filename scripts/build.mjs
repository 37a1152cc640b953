// Builds every package: esbuild for the ES modules of the runtime, file by file, so that an app's bundler parts them as it needs; tsup
// for CommonJS and for the sandbox, each in few files; tsc for the declarations.
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { buildSync } from 'esbuild'
import { packages, root, SELF_CONTAINED } from './packages.mjs'

const run = (command, ...args) => {
  const { status } = spawnSync(join(root, 'node_modules/.bin', command), args, {
    cwd: root,
    stdio: 'inherit',
  })
  if (status !== 0) process.exit(status ?? 1)
}

const emitted = join(root, '.build')
rmSync(emitted, { recursive: true, force: true })
run('tsup')
run('tsc', '-p', 'tsconfig.build.json')

for (const { folder, manifest, entries } of packages) {
  const dist = join(root, 'packages', folder, 'dist')
  placeDeclarations(join(emitted, folder, 'src'), dist)
  // Written by hand: tsc does not copy these.
  placeDeclarations(join(root, 'packages', folder, 'src'), dist)
  const isRuntime = !!manifest.exports['.'].require
  if (isRuntime) placeModules(folder, dist)
  if (SELF_CONTAINED.includes(folder)) {
    carry(dist, 'd.ts', (name, to) => placeDeclarations(join(emitted, name, 'src'), to))
    if (isRuntime) carry(dist, 'js', placeModules)
  }
  if (isRuntime) addCommonJsDeclarations(dist)
  refuseForeignTypes(dist, manifest, entries)
  for (const entry of entries) {
    for (const end of ['js', 'd.ts']) {
      if (!existsSync(join(dist, `${entry}.${end}`)))
        throw new Error(`${manifest.name} was built without ${entry}.${end}.`)
    }
  }
}
rmSync(emitted, { recursive: true, force: true })

function placeDeclarations(from, to) {
  for (const file of globSync('**/*.d.ts', { cwd: from })) {
    mkdirSync(dirname(join(to, file)), { recursive: true })
    // tsc leaves references to hand-written declarations pointing into the sources.
    const text = readFileSync(join(from, file), 'utf8').replace(/(<reference path=")[^"]*\/src\//g, '$1./')
    writeFileSync(join(to, file), withoutServiceTypes(text))
  }
}

function placeModules(folder, to) {
  const src = join(root, 'packages', folder, 'src')
  const files = globSync('**/*.ts', { cwd: src }).filter(
    (file) => !/\.(test|test-d|fixture|d)\.ts$/.test(file),
  )
  buildSync({
    entryPoints: files.map((file) => join(src, file)),
    outbase: src,
    outdir: to,
    format: 'esm',
    target: 'es2022',
    // The workspace's own would keep imports of types as imports of nothing.
    tsconfigRaw: {},
    logLevel: 'warning',
  })
}

/** What a service answers is typed by its own SDK in our sources. An app has no such package, and no type it can name says such a thing. */
function withoutServiceTypes(text) {
  const sdk = /^import type \* as (\w+) from '@aws-sdk\/[\w-]+';\n/m
  const [, name] = sdk.exec(text) ?? []
  return name ? text.replace(sdk, '').replace(new RegExp(`\\b${name}\\.\\w+`, 'g'), 'any') : text
}

/** A self-contained package keeps what it needs of others under `dist/inner/`, and points there. */
function carry(dist, end, place) {
  const carried = new Set()
  const rewrite = (file) => {
    const text = readFileSync(file, 'utf8').replace(
      /((?:from|import)\s*\(?\s*['"])@backline\/([\w-]+)(?:\/([\w-]+))?(['"])/g,
      (_, before, name, entry = 'index', after) => {
        if (!carried.has(name)) {
          carried.add(name)
          place(name, join(dist, 'inner', name))
        }
        const path = relative(dirname(file), join(dist, 'inner', name, `${entry}.js`)).replaceAll('\\', '/')
        return `${before}${path.startsWith('.') ? path : `./${path}`}${after}`
      },
    )
    writeFileSync(file, text)
  }
  const done = new Set()
  for (let fresh = true; fresh; ) {
    fresh = false
    for (const name of globSync(`**/*.${end}`, { cwd: dist })) {
      if (done.has(name)) continue
      done.add(name)
      rewrite(join(dist, name))
      fresh = true
    }
  }
}

/** Declarations for `require`: the same text, pointing at `.cjs`. */
function addCommonJsDeclarations(dist) {
  for (const name of globSync('**/*.d.ts', { cwd: dist })) {
    const text = readFileSync(join(dist, name), 'utf8')
    // Said twice, a unique symbol would be two, and a schema of the one no schema of the other.
    const isBrand = /: unique symbol/.test(text) && !/^export declare /m.test(text)
    const twin = isBrand
      ? `export type * from './${basename(name, '.d.ts')}.js' with { 'resolution-mode': 'import' };\n`
      : text.replace(/(['"]\.{1,2}\/[^'"]*)\.js(['"])/g, '$1.cjs$2')
    writeFileSync(join(dist, name.replace(/\.d\.ts$/, '.d.cts')), twin)
  }
}

/** Types that an app reads may come from what it gets with the package, and from nowhere else. */
function refuseForeignTypes(dist, { name, dependencies = {}, peerDependencies = {} }, entries) {
  const known = Object.keys({ ...dependencies, ...peerDependencies, [name]: '' })
  const files = new Set(entries.map((entry) => join(dist, `${entry}.d.ts`)))
  for (const file of files) {
    const text = readFileSync(file, 'utf8').replace(/^\s*(\/\*)?\*.*$/gm, '')
    for (const [, from] of text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)) {
      if (from.startsWith('.')) files.add(join(dirname(file), from.replace(/\.js$/, '.d.ts')))
      else if (
        !from.startsWith('node:') &&
        !known.some((each) => from === each || from.startsWith(`${each}/`))
      )
        throw new Error(`${relative(root, file)} takes types from ${from}, which ${name} does not depend on.`)
    }
  }
}
