import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Sandbox, startSandbox } from '@backline/sandbox'

/** The sandbox of an `amplify/` folder with these files in it. */
export async function startApp(files: Record<string, string>): Promise<Sandbox> {
  const app = mkdtempSync(join(tmpdir(), 'backline-compat-'))
  try {
    for (const [name, text] of Object.entries(files)) {
      const file = join(app, 'amplify', name)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
    }
    const sandbox = await startSandbox({ backend: join(app, 'amplify') })
    const stop = async () => {
      await sandbox.stop()
      rmSync(app, { recursive: true, force: true })
    }
    return new Proxy(sandbox, { get: (target, name) => (name === 'stop' ? stop : Reflect.get(target, name)) })
  } catch (error) {
    rmSync(app, { recursive: true, force: true })
    throw error
  }
}
