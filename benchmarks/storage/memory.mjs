// How much memory the sandbox takes on top for one large object, up by a link in one request and down again. Linux only, by /proc.
//   node benchmarks/storage/memory.mjs [megabytes]      2048 by default; exits 1 where it takes 100 MB or more
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAmplifyContext } from '@backline/core'
import { getUrl } from 'backline/storage'

const LIMIT = 100
const MEGABYTE = 1024 * 1024
const size = Number(process.argv[2] ?? 2048) * MEGABYTE

const folder = mkdtempSync(join(tmpdir(), 'backline-memory-'))
const program = `
  import { startSandbox } from '@backline/sandbox'
  import { defineAuth, defineBackend, defineStorage } from 'backline/backend'
  const backend = defineBackend({ auth: defineAuth({ loginWith: { email: true } }), storage: defineStorage({ name: 'large' }) })
  const { outputs, credentials } = await startSandbox({ backend, dataDir: ${JSON.stringify(join(folder, 'data'))} })
  console.log(JSON.stringify({ outputs, credentials }))
`
const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
  cwd: join(import.meta.dirname, '../..'),
  stdio: ['ignore', 'pipe', 'inherit'],
})
try {
  const [line] = await once(child.stdout, 'data')
  const { outputs, credentials } = JSON.parse(line)
  const ctx = createAmplifyContext(outputs, {
    Auth: {
      credentialsProvider: {
        getCredentialsAndIdentityId: async () => ({ credentials }),
        clearCredentialsAndIdentityId() {},
      },
    },
  })
  const link = async (method) =>
    (await getUrl({ path: 'large.bin', options: { method, expiresIn: 3600 } }, ctx)).url
  const idle = memory('VmRSS')

  const [up, sent] = [createHash('md5'), performance.now()]
  const put = request(await link('PUT'), { method: 'PUT', headers: { 'content-length': size } })
  const answered = once(put, 'response')
  const block = Buffer.alloc(MEGABYTE)
  for (let at = 0; at < size; at += MEGABYTE) {
    block.writeUInt32BE(at / MEGABYTE)
    const piece = Buffer.from(block)
    up.update(piece)
    if (!put.write(piece)) await once(put, 'drain')
  }
  put.end()
  const [stored] = await answered
  if (stored.statusCode !== 200) throw new Error(`The upload was answered ${stored.statusCode}.`)
  stored.resume()
  const uploaded = { seconds: (performance.now() - sent) / 1000, peak: memory('VmHWM') }

  const [down, asked] = [createHash('md5'), performance.now()]
  const get = request(await link('GET')).end()
  const [fetched] = await once(get, 'response')
  for await (const chunk of fetched) down.update(chunk)
  const downloaded = { seconds: (performance.now() - asked) / 1000, peak: memory('VmHWM') }
  if (up.digest('hex') !== down.digest('hex')) throw new Error('What came down is not what went up.')

  const added = downloaded.peak - idle
  console.log(
    `${size / MEGABYTE} MB up in ${uploaded.seconds.toFixed(1)} s, down in ${downloaded.seconds.toFixed(1)} s, equal.`,
  )
  console.log(
    `The sandbox: ${idle.toFixed(0)} MB idle, at most ${uploaded.peak.toFixed(0)} MB after the upload, ${downloaded.peak.toFixed(0)} MB after both: ${added.toFixed(0)} MB on top, the limit is ${LIMIT}.`,
  )
  process.exitCode = added < LIMIT ? 0 : 1
} finally {
  child.kill('SIGTERM')
  if (child.exitCode === null) await once(child, 'exit')
  rmSync(folder, { recursive: true, force: true })
}

/** Megabytes of the sandbox's process: `VmRSS` now, `VmHWM` at its highest. */
function memory(which) {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  return Number(new RegExp(`${which}:\\s+(\\d+) kB`).exec(status)[1]) / 1024
}
