import { execFile, execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Sandbox } from '@backline/sandbox'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { outputsOf, startShop } from './shop.fixture.js'

// rclone, Debian's, does its whole work on the sandbox's S3: a tree of 200 files goes up, is kept in step, compared and fetched again.

const isInstalled = () =>
  (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, 'rclone')))

/** Installs it where that is possible. */
function provide(): boolean {
  if (isInstalled()) return true
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    execFileSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'rclone'], {
      stdio: 'ignore',
      env,
      timeout: 120_000,
    })
  } catch {
    return false
  }
  return isInstalled()
}

const provided = provide()
const reason = provided ? '' : ' (skipped: rclone is not installed; sudo apt-get install -y rclone)'
let sandbox: Sandbox
let remote: string
const folder = mkdtempSync(join(tmpdir(), 'backline-rclone-'))
const files = new Map<string, Buffer>()

beforeAll(async () => {
  sandbox = await startShop()
  remote = `box:${outputsOf(sandbox).storage.bucket_name}/tree`
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await sandbox.stop()
})

async function rclone(...args: string[]): Promise<string> {
  const { accessKeyId, secretAccessKey } = sandbox.credentials
  const { stdout, stderr } = await promisify(execFile)('rclone', args, {
    maxBuffer: 64 * 1024 * 1024,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      RCLONE_CONFIG: join(folder, 'rclone.conf'),
      RCLONE_CONFIG_BOX_TYPE: 's3',
      RCLONE_CONFIG_BOX_PROVIDER: 'Other',
      RCLONE_CONFIG_BOX_ACCESS_KEY_ID: accessKeyId,
      RCLONE_CONFIG_BOX_SECRET_ACCESS_KEY: secretAccessKey,
      RCLONE_CONFIG_BOX_ENDPOINT: sandbox.url,
      RCLONE_CONFIG_BOX_REGION: 'us-east-1',
      RCLONE_S3_NO_CHECK_BUCKET: 'true',
      RCLONE_S3_UPLOAD_CUTOFF: '5Mi',
      RCLONE_S3_CHUNK_SIZE: '5Mi',
      RCLONE_RETRIES: '1',
      RCLONE_LOW_LEVEL_RETRIES: '1',
    },
  })
  return stdout + stderr
}

function write(name: string, content: Buffer) {
  const path = join(folder, 'here', name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  files.set(name, content)
}

/** Every name with its size, as `rclone ls` prints them. */
async function listed(): Promise<Map<string, number>> {
  const found = (await rclone('ls', remote)).matchAll(/^ *(\d+) (.*)$/gm)
  return new Map([...found].map(([, size, name]) => [name!, Number(size)]))
}

const sizes = () => new Map([...files].map(([name, content]) => [name, content.length]))
const sorted = (map: Map<string, number>) => [...map].sort(([one], [other]) => (one < other ? -1 : 1))

test.skipIf(!provided)(
  `rclone copies, lists, checks and syncs a tree of 200 files, and brings it back as it was${reason}`,
  { timeout: 180_000 },
  async () => {
    for (let index = 0; index < 190; index++)
      write(`d${index % 7}/s${index % 3}/file-${index}.bin`, randomBytes((index * 997) % 20_000))
    const awkward = ['a b', 'plus+', 'per%20cent', 'hash#', 'ask?', `quote'"`, '<&>', 'Grüße', '日本 😀']
    for (const name of awkward) write(`awkward/${name}.txt`, Buffer.from(name))
    write('large.bin', randomBytes(12 * 1024 * 1024 + 1))
    expect(files.size).toBe(200)
    const here = join(folder, 'here')

    await rclone('copy', here, remote)
    expect(sorted(await listed())).toEqual(sorted(sizes()))
    expect(await rclone('check', '--download', here, remote)).toMatch(/0 differences found/)

    // Ten are changed, ten are new, ten are gone.
    const names = [...files.keys()]
    for (let index = 0; index < 10; index++) {
      write(names[index]!, randomBytes(100 + index))
      write(`new/${index}.txt`, randomBytes(index))
      const gone = names[20 + index]!
      rmSync(join(here, gone))
      files.delete(gone)
    }
    await rclone('sync', '--checksum', here, remote)
    expect(sorted(await listed())).toEqual(sorted(sizes()))
    expect(await rclone('check', here, remote)).toMatch(/0 differences found/)
    expect(await rclone('sync', '--checksum', '--dry-run', '-v', here, remote)).not.toMatch(
      /Skipped (copy|delete)/,
    )

    // Within the bucket: moved on the server's side, and copied back down.
    await rclone('move', `${remote}/new`, `${remote}/moved`)
    const back = join(folder, 'back')
    await rclone('copy', remote, back)
    for (const [name, content] of files) {
      const path = join(back, name.replace(/^new\//, 'moved/'))
      expect(readFileSync(path).equals(content), name).toBe(true)
    }
    await rclone('purge', remote)
    expect((await listed().catch(() => new Map())).size).toBe(0)
  },
)
