import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { readTables } from './sql/catalog.js'
import { connect } from './sql/connect.js'
import { schemaFile } from './sql/schemaFile.js'
import { modulesFor } from './sql/schemaModules.js'
import { differences, NotWritten, readWritten, type WrittenFile } from './sql/writtenFile.js'
import { writeWhole } from './wholeFile.js'

const DEFAULT_OUT = 'amplify/data/schema.sql.ts'

const HELP = `backline generate schema-from-database: a model for each table of a PostgreSQL or MySQL database

  npx backline generate schema-from-database --connection-uri-secret <name> [options]

  --connection-uri-secret <name>   the secret with the connection string: postgres://user:password@host:port/database
                                   or mysql://…; here an environment variable of that name
  --ssl-cert-secret <name>         the secret with the certificate that the database is trusted by, where it needs one
  --out <file>                     the schema it writes               (${DEFAULT_OUT})
  --help

import { schema as sqlSchema } from './schema.sql'
`

/** Options of `ampx` that ask a deployed backend for its secrets. */
const DEPLOYED = ['stack', 'app-id', 'branch'] as const

/** The command `backline generate schema-from-database`. Resolves with an exit code. */
export async function runGenerateSchema(args: string[]): Promise<number> {
  let values: ReturnType<typeof read>
  try {
    values = read(args)
    if (values.help) {
      console.log(HELP)
      return 0
    }
    const deployed = DEPLOYED.find((name) => values[name] !== undefined)
    if (deployed)
      throw new Error(
        `--${deployed} names a backend on AWS, whose secrets only \`npx ampx generate schema-from-database\` reads. Leave it out, and give the connection string to this command as an environment variable with the secret's name.`,
      )
    if (!values.out) throw new Error('--out needs the name of a file.')
    if (!values['connection-uri-secret']) throw new Error('--connection-uri-secret is missing.')
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`)
    return 2
  }
  try {
    console.log(await generate(values.out, values['connection-uri-secret'], values['ssl-cert-secret']))
    return 0
  } catch (error) {
    console.error((error as Error).message)
    return 1
  }
}

/** Returns what there is to say about it. */
async function generate(out: string, uriSecret: string, certSecret: string | undefined): Promise<string> {
  const uri = secretNamed(uriSecret)
  const sslCert = certSecret && secretNamed(certSecret)
  const before = writtenIn(out)
  const database = await connect({ uri, secret: uriSecret, sslCert })
  const tables = await readTables(database).finally(() => database.close())
  const { engine, host, port, name } = database
  const options = {
    engine,
    host,
    port,
    database: name,
    connectionUriSecret: uriSecret,
    sslCertSecret: certSecret,
    modules: modulesFor(out),
  }
  const file = schemaFile(tables, options, before)
  if (file.models.length === 0) throw new Error(nothingIn(name, file.omissions))
  const after = readWritten(file.text)
  const changes = before && differences(before, after)
  const isFresh = before?.head === after.head && changes?.length === 0
  if (!isFresh) {
    mkdirSync(dirname(out), { recursive: true })
    writeWhole(out, file.text)
  }
  const notes = [...file.omissions]
  if (host.endsWith('.rds.amazonaws.com') && !after.vpcConfig)
    notes.push(
      'vpcConfig: a database within a VPC needs it to be deployed, and only `ampx` finds it out; it stays then',
    )
  return [
    isFresh
      ? `${out} is what the database ${name} says.`
      : `Wrote ${out}: ${file.models.length} ${file.models.length === 1 ? 'model' : 'models'} of the database ${name}.`,
    ...(changes ?? []).map((change) => `  ${change}`),
    ...(notes.length > 0 ? ['Left out:', ...notes.map((each) => `  ${each}`)] : []),
  ].join('\n')
}

/** Secrets of the sandbox are environment variables of the process that runs it. */
function secretNamed(secret: string): string {
  const value = process.env[secret]
  if (!value)
    throw new Error(
      `The secret ${secret} is not set: give it to this command as an environment variable of that name.`,
    )
  return value
}

/** The file that is to be written anew. @throws {Error} where it is somebody's own. */
function writtenIn(out: string): WrittenFile | undefined {
  if (!existsSync(out)) return undefined
  try {
    return readWritten(readFileSync(out, 'utf8'))
  } catch (error) {
    if (!(error instanceof NotWritten)) throw error
    throw new Error(
      `${out} ${error.message}, so it is left as it is. What you add to a generated schema belongs into the file that imports it: schema.authorization(…), .setRelationships(…), .renameModels(…), a.combine([…]). Move it there, delete ${out}, and it is written anew; or choose another file with --out.`,
      { cause: error },
    )
  }
}

function nothingIn(database: string, omissions: readonly string[]): string {
  return omissions.length === 0
    ? `The database ${database} has no tables, so there is nothing to write. Of PostgreSQL, the tables of the schema "public" are read.`
    : `No table of the database ${database} can be a model, so there is nothing to write:\n${omissions.map((each) => `  ${each}`).join('\n')}`
}

function read(args: string[]) {
  return parseArgs({
    args,
    options: {
      'connection-uri-secret': { type: 'string' },
      'ssl-cert-secret': { type: 'string' },
      out: { type: 'string', default: DEFAULT_OUT },
      stack: { type: 'string' },
      'app-id': { type: 'string' },
      branch: { type: 'string' },
      help: { type: 'boolean', default: false, short: 'h' },
    },
    strict: true,
    allowPositionals: false,
  }).values
}
