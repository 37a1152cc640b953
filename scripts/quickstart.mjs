// Starts the sandbox on examples/quickstart/amplify/ as `npx backline sandbox` would, plays the example against it, and stops it.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from './packages.mjs'

const app = join(root, 'examples/quickstart')
const started = performance.now()
const sandbox = spawn(
  process.execPath,
  [join(root, 'packages/backline/bin/backline.mjs'), 'sandbox', '--memory', '--once', '--port', '0'],
  {
    cwd: app,
    stdio: ['ignore', 'pipe', 'inherit'],
  },
)
const stopped = new Promise((resolve) => sandbox.on('exit', resolve))
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => sandbox.kill('SIGTERM'))

let code = 1
try {
  await up()
  console.log(`✓ sandbox up, from nothing to outputs written: ${Math.round(performance.now() - started)} ms`)
  code = await new Promise((resolve) => {
    const played = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'main.ts'], {
      cwd: app,
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    played.on('exit', (status) => resolve(status ?? 1))
  })
} catch (error) {
  console.error(`✗ ${error.message}`)
} finally {
  sandbox.kill('SIGTERM')
  await stopped
}
console.log(code === 0 ? '\nThe quickstart has played through.' : '\n✗ The quickstart has failed.')
process.exit(code)

function up() {
  return new Promise((resolve, reject) => {
    let output = ''
    sandbox.stdout.on('data', (chunk) => {
      output += chunk
      if (output.includes('Stop it with')) resolve()
    })
    sandbox.on('exit', (status) =>
      reject(new Error(`The sandbox ended with exit code ${status} before it was up.\n${output}`)),
    )
  })
}
