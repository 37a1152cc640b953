import { parseArgs } from 'node:util'
import { loadBackend } from './loader.js'
import { complaintAbout, TYPES_FILE, writeTypes } from './schemaTypes.js'

const HELP = `backline generate types: the types of your schema as plain interfaces, for editors to answer at once

  npx backline generate types [options]

  --backend <folder>   the folder with backend.ts            (amplify)
  --out <file>         the declarations it writes            (${TYPES_FILE})
  --check              write nothing; fail where the file is stale
  --help

import type { Schema } from './amplify_schema'
`

/** The command `backline generate types`. Resolves with an exit code. */
export async function runGenerateTypes(args: string[]): Promise<number> {
  let values: ReturnType<typeof read>
  try {
    values = read(args)
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`)
    return 2
  }
  if (values.help) {
    console.log(HELP)
    return 0
  }
  try {
    const backend = await loadBackend(values.backend)
    if (values.check) {
      const complaint = complaintAbout(values.out, backend)
      console[complaint ? 'error' : 'log'](complaint ?? `${values.out} is what the schema says.`)
      return complaint ? 1 : 0
    }
    const outcome = writeTypes(values.out, backend)
    if (outcome === 'absent') {
      console.error('The backend has no schema of a.schema({ … }), so there are no types to write.')
      return 1
    }
    console.log(outcome === 'fresh' ? `${values.out} is what the schema says.` : `Wrote ${values.out}.`)
    return 0
  } catch (error) {
    console.error((error as Error).message)
    return 1
  }
}

function read(args: string[]) {
  return parseArgs({
    args,
    options: {
      backend: { type: 'string', default: 'amplify' },
      out: { type: 'string', default: TYPES_FILE },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
    strict: true,
  }).values
}
