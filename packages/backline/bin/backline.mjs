#!/usr/bin/env node
// `backline sandbox` and `backline generate`: hand over to the sandbox package of the app, which is a development dependency
// and not ours to bring.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [command, ...args] = process.argv.slice(2)
const HELP = `backline <command>

  sandbox                         the backend of your amplify/ folder, on this machine   (backline sandbox --help)
  generate types                  the types of its schema as plain interfaces            (backline generate --help)
  generate schema-from-database   the schema of a PostgreSQL or MySQL database
  generate graphql-client-code    queries, mutations and subscriptions for client.graphql({ query })
`
/** What the sandbox package has for each. */
const RUNS = { sandbox: 'runSandbox', generate: 'runGenerate' }

if (!Object.hasOwn(RUNS, command ?? '')) {
  const asked = !command || command === 'help' || command === '--help' || command === '-h'
  console[asked ? 'log' : 'error'](asked ? HELP : `backline has no command '${command}'.\n\n${HELP}`)
  process.exit(asked ? 0 : 2)
}

if (!newEnough(process.versions.node)) {
  // The npm package `node` brings a newer one, as a development dependency of the app.
  const manifest = find('node/package.json')
  const newer = manifest && join(manifest, '../bin/node')
  if (!newer || !existsSync(newer)) {
    console.error(
      `The sandbox needs Node 22.13 or later; this is ${process.version}. Upgrade it, or add one to the app:\n\n  npm install --save-dev node@24\n`,
    )
    process.exit(1)
  }
  // The channel is how the child learns that this process is gone, however it went.
  const child = spawn(newer, process.argv.slice(1), { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  process.exit(await new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1))))
}

const found = find('@backline/sandbox')
if (!found) {
  console.error(
    'The sandbox is not installed here. Install it with:\n\n  npm install --save-dev @backline/sandbox\n',
  )
  process.exit(1)
}
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
const sandbox = await import(pathToFileURL(found).href)
process.exit(await sandbox[RUNS[command]](args))

function newEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 13)
}

/** From the app's folder first, then from beside this package. */
function find(name) {
  for (const from of [join(process.cwd(), 'package.json'), import.meta.url]) {
    try {
      return createRequire(from).resolve(name)
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND' && error.code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw error
    }
  }
}
