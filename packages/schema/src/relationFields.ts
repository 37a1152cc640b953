// Relations as they are written in a model: a.hasMany('Post', 'authorId'), a.belongsTo('Author', 'authorId').

import { SchemaError } from './errors.js'
import { type Buildable, bare, type Data, type FieldData, type No } from './fields.js'
import { type AllowCallback, type AnyRule, readRules } from './rules.js'

/** `'orderId'`, `'region,number'` */
type Joined<References> = References extends string
  ? References
  : References extends readonly [infer First extends string, ...infer Rest]
    ? Rest extends readonly []
      ? First
      : `${First},${Joined<Rest>}`
    : string

/**
 * A relation is seen `~down` from the rows that are pointed at, `Post:authorId>`, and `~up` from those that point,
 * `:authorId>Author`: with the name of its own model, each side says `Post:authorId>Author`.
 */
interface Relation<
  To extends string,
  Many extends boolean,
  Down extends string,
  Up extends string,
  References extends string,
  Rules extends AnyRule,
> extends Buildable<'relation'> {
  readonly '~plain': false
  readonly '~to': To
  readonly '~isMany': Many
  readonly '~rules': Rules
  readonly '~key': No
  readonly '~keyKind': 'no key'
  readonly '~down': Down
  readonly '~up': Up
  readonly '~references': References
  readonly '~leaf': No
  readonly '~required': No
  readonly '~optional': No
  readonly '~defaulted': No
}

export interface BelongsToField<To extends string, References = string, Rules extends AnyRule = never>
  extends Relation<To, false, never, `:${Joined<References>}>${To}`, Joined<References>, Rules> {
  authorization<R extends AnyRule>(callback: AllowCallback<R>): BelongsToField<To, References, R>
}

export interface HasOneField<To extends string, References = string, Rules extends AnyRule = never>
  extends Relation<To, false, `${To}:${Joined<References>}>`, never, never, Rules> {
  required(): HasOneField<To, References, Rules>
  authorization<R extends AnyRule>(callback: AllowCallback<R>): HasOneField<To, References, R>
}

export interface HasManyField<To extends string, References = string, Rules extends AnyRule = never>
  extends Relation<To, true, `${To}:${Joined<References>}>`, never, never, Rules> {
  valueRequired(): HasManyField<To, References, Rules>
  authorization<R extends AnyRule>(callback: AllowCallback<R>): HasManyField<To, References, R>
}

export function relationTo(
  relation: Data<'relation'>['relation'],
  to: string,
  references: string | readonly string[],
) {
  const names = typeof references === 'string' ? [references] : [...(references ?? [])]
  if (names.length === 0)
    throw new SchemaError(
      `a.${relation}('${to}') needs the reference fields of the belongsTo side: a.${relation}('${to}', '${to[0]?.toLowerCase()}${to.slice(1)}Id').`,
    )
  return relationOf({
    kind: 'relation',
    relation,
    to,
    references: Object.freeze(names),
    isRequired: false,
    isValueRequired: false,
    rules: bare.rules,
  })
}

function relationOf(data: Data<'relation'>): { readonly data: FieldData } {
  return Object.freeze({
    data: Object.freeze(data),
    required: () => relationOf({ ...data, isRequired: true }),
    valueRequired: () => relationOf({ ...data, isValueRequired: true }),
    authorization: (callback: AllowCallback<AnyRule>) => relationOf({ ...data, rules: readRules(callback) }),
  })
}
