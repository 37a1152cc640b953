// `a.combine([...])`: several schemas as one API.

import type { SchemaData } from './definition.js'
import { SchemaError } from './errors.js'
import type { AnyRecord } from './fields.js'
import type { Model } from './models.js'
import type { AnyRule } from './rules.js'
import { type AnySchema, definitionOf, schemaOf } from './schema.js'
import { type Transformed, transformed } from './transformed.js'

/** Several schemas as one. */
export interface CombinedSchema<Schemas extends readonly AnySchema[]> {
  readonly '~types': TypesOf<Schemas>
  readonly '~rules': never
  readonly schemas: Schemas
  /** All of them in the directives of Amplify's GraphQL transformer. */
  transform(): Transformed
}

type TypesOf<Schemas extends readonly AnyRecord[]> = Schemas extends readonly [
  infer First extends AnyRecord,
  ...infer Rest extends readonly AnyRecord[],
]
  ? Ruled<First['~types'], First['~rules']> & TypesOf<Rest>
  : unknown

/** Each schema's rules are for its own models, so they go with these. */
type Ruled<Types extends AnyRecord, Rules extends AnyRule> = [Rules['~one'] | Rules['~many']] extends [never]
  ? Types
  : { [N in keyof Types]: RuledModel<Types[N], Rules> }

type RuledModel<Type, Rules extends AnyRule> =
  Type extends Model<infer Fields, infer Keys, infer Index, never, infer Disabled>
    ? Model<Fields, Keys, Index, Rules, Disabled> & Pick<Type, '~systemNames'>
    : Type

/**
 * Several schemas as one API: `defineData({ schema: a.combine([shop, blog]) })`. Types of one may be named in another.
 *
 * @throws {SchemaError} where two of them define the same name
 */
export function combine<const Schemas extends readonly AnySchema[]>(
  schemas: Schemas,
): CombinedSchema<Schemas> {
  const parts = schemas.map((each) => (each as unknown as { data?: SchemaData } | undefined)?.data)
  const known = parts.filter((part): part is SchemaData => part?.types !== undefined)
  if (known.length !== parts.length || known.length === 0)
    throw new SchemaError('a.combine() takes a list of schemas: a.combine([shop, blog]).')
  const names = known.flatMap(({ types }) => Object.keys(types))
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined)
    throw new SchemaError(`Two of the combined schemas define "${twice}". Rename one of them.`, {
      type: twice,
    })
  const made = {
    schemas: Object.freeze(known.map((data, at) => schemaOf(data, { parts: known, at }))),
    transform: () => transformed(definitionOf(made as unknown as AnySchema)),
  }
  return Object.freeze(made) as unknown as CombinedSchema<Schemas>
}
