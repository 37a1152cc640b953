import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** Every package of the workspace: its folder's name, its manifest, and its entries by file name (`index`, `internal`, …). */
export const packages = readdirSync(join(root, 'packages'))
  .sort()
  .map((folder) => {
    const manifest = JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'))
    const entries = Object.values(manifest.exports)
      .map((target) => target.source?.replace('./src/', '').replace('.ts', ''))
      .filter(Boolean)
    return { folder, manifest, entries: [...new Set(entries)] }
  })

/** What an app imports an entry by: `''` for `index`, `/auth/server` for `auth-server`. */
export function subpathOf({ exports }, entry) {
  const subpaths = Object.keys(exports).filter((key) => exports[key].source === `./src/${entry}.ts`)
  const subpath = subpaths.find((key) => key === `./${entry}`) ?? subpaths[0]
  return subpath.slice(1)
}

/** These two are installed alone by apps, so they carry the other packages within them. */
export const SELF_CONTAINED = ['backline', 'sandbox']
