// Relations as they are written in a model: a.hasMany('Post', 'authorId'), a.belongsTo('Author', 'authorId').

import { SchemaError } from './errors.js'
import { type AnyRecord, bare, type Data, type FieldData, type No } from './fields.js'
import { type AllowCallback, type AnyRule, type AnyRules, type RulesIn, readRules } from './rules.js'

/** `'orderId'`, `'region,number'` */
export type Joined<References> = References extends string
  ? References
  : References extends readonly [infer First extends string, ...infer Rest]
    ? Rest extends readonly []
      ? First
      : `${First},${Joined<Rest>}`
    : string

/* What relations have alike is known before any of them: the compiler makes nothing of it per relation, as long as
   nothing here is generic. */
interface Relation {
  readonly '~kind': 'relation'
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

interface BelongsTo extends Relation {
  readonly '~isMany': false
  readonly '~down': never
  authorization<This extends AnyRecord, R extends AnyRules>(
    this: This,
    callback: AllowCallback<R>,
  ): BelongsToField<This['~to'], This['~references'], RulesIn<R>>
}

export interface BelongsToField<To extends string, References extends string, Rules extends AnyRule = never>
  extends BelongsTo {
  readonly '~to': To
  readonly '~rules': Rules
  readonly '~up': `:${References}>${To}`
  readonly '~references': References
}

interface HasOne extends Downward {
  readonly '~isMany': false
  required<This>(this: This): This
  authorization<This extends AnyRecord, R extends AnyRules>(
    this: This,
    callback: AllowCallback<R>,
  ): HasOneField<This['~to'], This['~down'], RulesIn<R>>
}

export interface HasOneField<To extends string, Down extends string, Rules extends AnyRule = never>
  extends HasOne {
  readonly '~to': To
  readonly '~rules': Rules
  readonly '~down': Down
}

interface HasMany extends Downward {
  readonly '~isMany': true
  valueRequired<This>(this: This): This
  authorization<This extends AnyRecord, R extends AnyRules>(
    this: This,
    callback: AllowCallback<R>,
  ): HasManyField<This['~to'], This['~down'], RulesIn<R>>
}

export interface HasManyField<To extends string, Down extends string, Rules extends AnyRule = never>
  extends HasMany {
  readonly '~to': To
  readonly '~rules': Rules
  readonly '~down': Down
}

/** The text of a relation, seen from the rows that are pointed at. */
export type DownTo<To extends string, References> = `${To}:${Joined<References>}>`

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
    authorization: (callback: AllowCallback<AnyRules>) => relationOf({ ...data, rules: readRules(callback) }),
  })
}
