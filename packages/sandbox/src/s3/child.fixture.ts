import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { running } from '../sources.fixture.js'

// For tests only: a sandbox in a process of its own, to be killed, to have a full disk, or to have its memory measured.

export const plan = {
  extraOutputs: {},
  storages: [{ name: 'drive', isDefault: true, bucketName: 'drive-bucket', rules: [] }],
}

const children: ChildProcess[] = []

export function killChildren(): void {
  for (const child of children) child.kill('SIGKILL')
}

/** Its disk takes no more than so many `kilobytes` of one file, where that is said. */
export async function startChild(dataDir: string, kilobytes?: number) {
  const program = `import { serve } from ${JSON.stringify(new URL('../sandbox.js', import.meta.url).href)}
    const { url, credentials } = await serve(${JSON.stringify(plan)}, { dataDir: ${JSON.stringify(dataDir)} })
    const print = (value) => console.log(JSON.stringify(value))
    print({ url, key: credentials.accessKeyId, secret: credentials.secretAccessKey })
    // Linux would count into the most of a process what the one that started it had.
    let most = 0
    const look = () => {
      const now = process.memoryUsage.rss() / 2 ** 20
      most = Math.max(most, now)
      return [now, most]
    }
    setInterval(look, 10)
    process.stdin.on('data', () => print(look()))`
  const node = [process.execPath, ...running(program)]
  const limit = kilobytes ? `trap '' XFSZ; ulimit -f ${kilobytes}; ` : ''
  const child = spawn('bash', ['-c', `${limit}exec "$@"`, 'bash', ...node], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  children.push(child)
  const lines = createInterface(child.stdout)
  const line = () =>
    new Promise<string>((resolve, reject) => {
      lines.once('line', resolve)
      child.once('exit', (code) => reject(new Error(`The sandbox ended with ${code}.`)))
    })
  const { url, key, secret } = JSON.parse(await line()) as { url: string; key: string; secret: string }

  /** Megabytes of its memory: now, and at most so far. */
  async function memory(): Promise<{ now: number; most: number }> {
    const told = line()
    child.stdin.write('\n')
    const [now, most] = JSON.parse(await told)
    return { now, most }
  }
  return { child, url, key, secret, memory }
}
