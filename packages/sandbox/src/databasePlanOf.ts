import { readFileSync } from 'node:fs'
import { type Definition, kindOf, type Secret } from '@backline/schema/backend'
import { Kind, parse } from 'graphql'
import { asObject } from './constructs.js'
import type { DatabasePlan, Warn } from './plan.js'

// `configure({ database }).schema({ … })`, of ours and of `@aws-amplify/data-schema`: which database it is of, and what of the API is.
// https://docs.amplify.aws/react/build-a-backend/data/connect-to-existing-data-sources/connect-postgres-mysql-database/

/** What `transform()` of such a schema says. */
interface TransformedSql {
  schema: string
  customSqlDataSourceStrategies?: { typeName: string; fieldName: string; entry?: unknown }[]
}

/** Nothing for a schema of DynamoDB. @param fileOf where a path of the schema leads */
export function databasePlan(
  schema: { data?: unknown; transform(): TransformedSql },
  fileOf: (entry: never) => string,
  warn: Warn,
): DatabasePlan | undefined {
  const { engine, connectionUri, sslCert } = asObject(asObject(asObject(schema.data).configuration).database)
  if (engine !== 'mysql' && engine !== 'postgresql') return undefined
  const { schema: sdl, customSqlDataSourceStrategies = [] } = schema.transform()
  const secret = nameOf(connectionUri) ?? 'SQL_CONNECTION_STRING'
  const uri = textOf(connectionUri)
  if (uri === undefined)
    warn(
      `secret('${secret}') is not set: give the sandbox the connection string of your database, ${engine === 'mysql' ? 'mysql' : 'postgres'}://user:password@host:port/database, as an environment variable.`,
    )
  return {
    engine,
    secret,
    uri,
    sslCert: textOf(sslCert),
    models: parse(sdl, { noLocation: true }).definitions.flatMap((each) =>
      each.kind === Kind.OBJECT_TYPE_DEFINITION && each.directives?.some(({ name }) => name.value === 'model')
        ? [each.name.value]
        : [],
    ),
    statements: Object.fromEntries(
      customSqlDataSourceStrategies.map(({ typeName, fieldName, entry }) => {
        const operation = `${typeName}.${fieldName}`
        return [operation, entry === undefined ? null : readStatement(operation, fileOf(entry as never))]
      }),
    ),
  }
}

const nameOf = (value: unknown): string | undefined =>
  kindOf(value) === 'secret' ? (value as Definition<'secret', Secret['props']>).props.name : undefined

/** Secrets of the sandbox are environment variables of the process that runs it. */
function textOf(value: unknown): string | undefined {
  const name = nameOf(value)
  if (name !== undefined) return process.env[name] || undefined
  return typeof value === 'string' && value !== '' ? value : undefined
}

function readStatement(operation: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Error(`${operation}: a.handler.sqlReference names ${file}, which cannot be read.`, {
      cause: error,
    })
  }
}
