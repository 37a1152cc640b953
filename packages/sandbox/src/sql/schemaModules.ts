// Under which names the files of an `amplify/` folder have the schema builder: one more file says the same.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { SchemaModules } from './schemaFile.js'

const OFFICIAL: SchemaModules = {
  a: '@aws-amplify/data-schema',
  configure: '@aws-amplify/data-schema/internals',
  secret: '@aws-amplify/backend',
}

/** Looks at the files beside a file that is to be written, then at those above. The official names, where they say nothing. */
export function modulesFor(file: string): SchemaModules {
  const beside = dirname(resolve(file))
  const names = [beside, dirname(beside)].flatMap((folder) => importedIn(folder, basename(file)))
  if (names.some((name) => name.startsWith('@aws-amplify/'))) return OFFICIAL
  const ours = names[0]
  if (!ours) return OFFICIAL
  const builder = ours.startsWith('@backline/') ? '@backline/schema' : ours.replace('/backend', '/schema')
  return {
    a: builder,
    configure: builder,
    secret:
      builder === '@backline/schema' ? '@backline/schema/backend' : builder.replace('/schema', '/backend'),
  }
}

const IMPORT =
  /\bfrom\s*['"](@aws-amplify\/(?:backend|data-schema)|(?:backline|aws-amplify)\/(?:backend|schema)|@backline\/schema(?:\/backend)?)['"]/g

function importedIn(folder: string, except: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== except && /\.m?[jt]s$/.test(entry.name))
    .flatMap(({ name }) =>
      [...readFileSync(join(folder, name), 'utf8').matchAll(IMPORT)].map(([, from]) => from!),
    )
}
