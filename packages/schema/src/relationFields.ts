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

/* What relations have alike is known before any of them, and what differs is worked out when somebody asks. */
interface Relation extends Buildable<'relation'> {
  readonly '~plain': false
  readonly '~key': No
  readonly '~keyKind': 'no key'
  readonly '~leaf': No
  readonly '~required': No
  readonly '~optional': No
  readonly '~defaulted': No
}

/**
 * A relation is seen `~down` from the rows that are pointed at, `Post:authorId>`, and `~up` from those that point,
 * `:authorId>Author`: with the name of its own model, each side says `Post:authorId>Author`.
 */
interface Downward extends Relation {
  readonly '~up': never
  readonly '~references': never
}

export interface BelongsToField<To extends string, References = string, Rules extends AnyRule = never>
  extends Relation {
  readonly '~to': To
  readonly '~isMany': false
  readonly '~rules': Rules
  readonly '~down': never
  readonly '~up': `:${Joined<References>}>${To}`
  readonly '~references': Joined<References>
  authorization<R extends AnyRule>(callback: AllowCallback<R>): BelongsToField<To, References, R>
}

export interface HasOneField<To extends string, References = string, Rules extends AnyRule = never>
  extends Downward {
  readonly '~to': To
  readonly '~isMany': false
  readonly '~rules': Rules
  readonly '~down': `${To}:${Joined<References>}>`
  required(): HasOneField<To, References, Rules>
  authorization<R extends AnyRule>(callback: AllowCallback<R>): HasOneField<To, References, R>
}

export interface HasManyField<To extends string, References = string, Rules extends AnyRule = never>
  extends Downward {
  readonly '~to': To
  readonly '~isMany': true
  readonly '~rules': Rules
  readonly '~down': `${To}:${Joined<References>}>`
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
