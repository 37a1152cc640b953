import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

// Our storage client on Ceph's S3, where that is installed; `npm run test:strangers` installs it and does the same.

const script = (name: string) => fileURLToPath(new URL(`../../scripts/${name}`, import.meta.url))
const { cephIsInstalled } = (await import(script('ceph.mjs'))) as { cephIsInstalled: () => boolean }

test.skipIf(!cephIsInstalled())(
  'our storage client does its work on an S3 that others wrote (skipped where radosgw is not installed)',
  { timeout: 180_000 },
  () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [script('strangers.mjs')], {
      encoding: 'utf8',
    })
    expect(status, `${stdout}\n${stderr}`).toBe(0)
  },
)
