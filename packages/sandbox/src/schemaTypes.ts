import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { type BackendProps, type DataProps, type Definition, kindOf } from '@backline/schema/backend'
import { checkTypes, type GenerateOptions, generateTypes } from '@backline/schema/generate'
import { writeWhole } from './wholeFile.js'

type Schema = Parameters<typeof generateTypes>[0]

/** Where generated types go unless something else is said: beside `amplify_outputs.json`. */
export const TYPES_FILE = 'amplify_schema.d.ts'

/** What became of a file of generated types. `absent`: the backend has no schema that types are made of. */
export type Outcome = 'absent' | 'fresh' | 'written' | 'renewed'

/**
 * Writes the types of a backend's schema, where the file does not say the same already.
 *
 * @throws {Error} where the file is somebody else's, or was changed by hand
 */
export function writeTypes(file: string, backend: unknown): Outcome {
  const schema = schemaOf(backend)
  if (!schema) return 'absent'
  const options = { from: moduleFor(file) }
  const was = stateOf(file, schema, options)
  if (was === 'fresh') return 'fresh'
  if (was === 'foreign' || was === 'edited')
    throw new Error(
      was === 'edited'
        ? `${file} was changed by hand, so it is left as it is. Delete it, and it is written anew.`
        : `${file} is not a file of generated types, so it is left as it is. Choose another file for them.`,
    )
  writeWhole(file, generateTypes(schema, options))
  return was === 'stale' ? 'renewed' : 'written'
}

/** Are the types in a file those of the backend's schema? Says what is wrong, or nothing. */
export function complaintAbout(file: string, backend: unknown): string | undefined {
  const schema = schemaOf(backend)
  if (!schema) return 'The backend has no schema of a.schema({ … }), so there are no types to look at.'
  switch (stateOf(file, schema, { from: moduleFor(file) })) {
    case 'absent':
      return `There is no ${file}. Write it with: npx backline generate types`
    case 'stale':
      return `${file} is stale: the schema has changed since. Write it anew with: npx backline generate types`
    case 'edited':
      return `${file} was changed by hand. Delete it, and write it anew with: npx backline generate types`
    case 'foreign':
      return `${file} is not a file of generated types.`
    default:
      return undefined
  }
}

function stateOf(file: string, schema: Schema, options: GenerateOptions) {
  if (!existsSync(file)) return 'absent'
  try {
    return checkTypes(readFileSync(file, 'utf8'), schema, options)
  } catch (error) {
    if ((error as Error).message.includes('was not written by')) return 'foreign'
    throw error
  }
}

/** The schema of `defineData`, where it is one of our builder's. */
function schemaOf(backend: unknown): Schema | undefined {
  if (kindOf(backend) !== 'backend') return undefined
  const { parts } = (backend as Definition<'backend', BackendProps>).props
  const data = Object.values(parts).find((part) => kindOf(part) === 'data') as
    | Definition<'data', DataProps>
    | undefined
  const schema = data?.props.schema
  return typeof schema === 'object' ? (schema as Schema) : undefined
}

/** The name under which an app has our types: as `aws-amplify` where that is an alias of us. */
function moduleFor(file: string): string {
  for (let folder = dirname(resolve(file)); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json')
    if (existsSync(manifest)) {
      const { dependencies = {}, devDependencies = {} } = JSON.parse(
        readFileSync(manifest, 'utf8'),
      ) as Record<string, Record<string, string>>
      const all = { ...devDependencies, ...dependencies }
      if (all.backline) return 'backline/schema'
      if (all['aws-amplify']?.includes('backline')) return 'aws-amplify/schema'
      return all['@backline/schema'] ? '@backline/schema' : 'backline/schema'
    }
    if (folder === dirname(folder)) return 'backline/schema'
  }
}
