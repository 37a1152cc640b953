import { runGenerateClientCode } from './generateClientCode.js'
import { runGenerateSchema } from './generateSchema.js'
import { runGenerateTypes } from './generateTypes.js'

const HELP = `backline generate <what>: files made for your backend, or of it

  types                  the types of the schema as plain interfaces, for editors to answer at once
  schema-from-database   the schema of a PostgreSQL or MySQL database
  graphql-client-code    queries, mutations and subscriptions for client.graphql({ query })

backline generate <what> --help says more.
`

const COMMANDS: Readonly<Record<string, (args: string[]) => Promise<number>>> = {
  types: runGenerateTypes,
  'schema-from-database': runGenerateSchema,
  'graphql-client-code': runGenerateClientCode,
}

/** The commands `backline generate …`. Resolves with an exit code. */
export async function runGenerate(args: string[]): Promise<number> {
  const at = args.findIndex((arg) => Object.hasOwn(COMMANDS, arg))
  if (at >= 0) return COMMANDS[args[at]!]!(args.toSpliced(at, 1))
  const [what = '--help'] = args
  if (what === '--help' || what === '-h') {
    console.log(HELP)
    return 0
  }
  console.error(`backline generate has no '${what}'.\n\n${HELP}`)
  return 2
}
