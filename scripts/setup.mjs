// Sets up what is missing, then runs a script of the project on its own Node. Needs nothing but Node 20 and npm:
//   node scripts/setup.mjs [--programs] <script> [arguments]
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = join(root, 'node_modules', '.bin')
const stamps = join(root, 'node_modules', '.cache', 'backline')
const environment = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` }

const args = process.argv.slice(2)
const wantsPrograms = args[0] === '--programs' && !!args.shift()
const [script, ...rest] = args

if (Number(process.versions.node.split('.')[0]) < 20) {
  fail(`Node 20 or later is needed to begin with; this is ${process.version}.`)
}
onceFor('install', 'node_modules/.bin/node', hashOf([join(root, 'package-lock.json')]), () => {
  say('Installing what the project needs (npm install)')
  // Not `npm ci`: it refuses a lock file that lacks another platform's optional binaries, and a mirror may not have them all.
  run('npm', ['install', '--no-audit', '--no-fund'])
})
const buildInputs = ['package-lock.json', 'tsup.config.ts', 'tsconfig.build.json', 'scripts/build.mjs'].map(
  (name) => join(root, name),
)
onceFor(
  'build',
  'packages/backline/dist/index.d.ts',
  hashOf([...sources(join(root, 'packages')), ...buildInputs]),
  () => {
    say('Building the packages')
    run(join(bin, 'node'), ['scripts/build.mjs'])
  },
)
if (wantsPrograms) installPrograms()
if (script)
  process.exit(
    spawnSync(join(bin, 'node'), [script, ...rest], { cwd: root, stdio: 'inherit', env: environment })
      .status ?? 1,
  )

/** Does the work unless it was done for the very same input and its result is there. */
function onceFor(name, result, fingerprint, work) {
  const stamp = join(stamps, name)
  if (existsSync(join(root, result)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint)
    return
  work()
  mkdirSync(stamps, { recursive: true })
  writeFileSync(stamp, fingerprint)
}

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return ['dist', 'node_modules'].includes(entry.name) ? [] : sources(path)
    return [path]
  })
}

function hashOf(files) {
  const hash = createHash('sha256')
  for (const file of files.sort()) hash.update(file).update('\0').update(readFileSync(file))
  return hash.digest('hex')
}

/** Other people's programs that tests run: a browser, and a database. */
function installPrograms() {
  const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
  const isThere = {
    chromium: process.env.BACKLINE_CHROMIUM || chromium.some(existsSync),
    'mariadb-server-core': existsSync('/usr/sbin/mariadbd'),
  }
  const missing = Object.keys(isThere).filter((name) => !isThere[name])
  if (missing.length === 0) return
  const command = `apt-get install -y ${missing.join(' ')}`
  if (existsSync('/usr/bin/apt-get') && process.getuid?.() === 0) {
    say(`Installing what tests run (${command})`)
    const options = { DEBIAN_FRONTEND: 'noninteractive' }
    run('apt-get', ['update', '-q'], options)
    run('apt-get', ['install', '-y', '-q', ...missing], options)
    return
  }
  say(`Some tests need ${missing.join(' and ')}, and will fail until then. Install with:  sudo ${command}`)
  say('BACKLINE_CHROMIUM names a browser that is elsewhere.')
}

function run(command, args, extra = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...environment, ...extra },
  })
  if (status !== 0)
    fail(`${command} ${args.join(' ')} ended with ${error?.message ?? `exit code ${status}`}.`)
}

function say(line) {
  console.log(`\n» ${line}`)
}

function fail(line) {
  console.error(`\n✗ ${line}`)
  process.exit(1)
}
