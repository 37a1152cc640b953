// `a`, the builder of schemas.

import { type AiBuilder, ai, conversation } from './ai.js'
import { combine } from './combine.js'
import {
  type BooleanFamily,
  customType,
  enumType,
  type Json,
  type JsonFamily,
  type NumberFamily,
  refTo,
  type ScalarField,
  type ScalarName,
  type StringFamily,
  scalarField,
  type TextFamily,
  type TimestampFamily,
} from './fields.js'
import { type HandlerBuilder, handler } from './handlers.js'
import { model } from './models.js'
import { generation, mutation, query, subscription } from './operations.js'
import {
  type BelongsToField,
  type DownTo,
  type HasManyField,
  type HasOneField,
  type Joined,
  relationTo,
} from './relationFields.js'
import { schema } from './schema.js'

type Text = ScalarField<StringFamily, string | null>
type Numeric = ScalarField<NumberFamily, number | null>

/** The fields a relation goes by: on the model with the `belongsTo`, one for each field of the other's identifier. */
type References = string | readonly string[]

interface Builder {
  schema: typeof schema
  model: typeof model
  customType: typeof customType
  enum: typeof enumType
  /** An enum or a custom type of the schema. */
  ref: typeof refTo
  id(): Text
  string(): ScalarField<TextFamily, string | null>
  /** A 32-bit integer. */
  integer(): Numeric
  float(): Numeric
  boolean(): ScalarField<BooleanFamily, boolean | null>
  /** `2026-11-21`, perhaps with an offset. */
  date(): Text
  /** `12:30:24.500Z` */
  time(): Text
  /** `2026-11-21T12:30:24.500Z` */
  datetime(): Text
  /** Seconds since 1970-01-01T00:00Z. */
  timestamp(): ScalarField<TimestampFamily, number | null>
  email(): Text
  json(): ScalarField<JsonFamily, Json>
  phone(): Text
  url(): Text
  ipAddress(): Text
  /** Rows of another model that hold this row's key in `references`. */
  hasMany<const To extends string, const R extends References>(
    model: To,
    references: R,
  ): HasManyField<To, DownTo<To, R>>
  /** The one row of another model that holds this row's key in `references`. */
  hasOne<const To extends string, const R extends References>(
    model: To,
    references: R,
  ): HasOneField<To, DownTo<To, R>>
  /** The row of another model whose key this row holds in `references`. */
  belongsTo<const To extends string, const R extends References>(
    model: To,
    references: R,
  ): BelongsToField<To, Joined<R>>
  /** A question of one's own: `client.queries.<name>`. */
  query: typeof query
  /** A change of one's own: `client.mutations.<name>`. */
  mutation: typeof mutation
  /** What mutations return, as they happen: `client.subscriptions.<name>`. */
  subscription: typeof subscription
  /** What runs when a custom operation is called. */
  handler: HandlerBuilder
  /** One question to a model of AI: `client.generations.<name>`. */
  generation: typeof generation
  /** A conversation with a model of AI: `client.conversations.<name>`. */
  conversation: typeof conversation
  ai: AiBuilder
  /** Several schemas as one API. */
  combine: typeof combine
}

const text = (name: ScalarName) => () => scalarField<StringFamily, string>(name)
const numeric = (name: ScalarName) => () => scalarField<NumberFamily, number>(name)

/** Builds the schema of a backend's data: `a.schema({ Todo: a.model({ content: a.string() }) })`. */
export const a: Builder = /* @__PURE__ */ Object.freeze<Builder>({
  schema,
  model,
  customType,
  enum: enumType,
  ref: refTo,
  id: text('ID'),
  string: () => scalarField<TextFamily, string>('String'),
  integer: numeric('Int'),
  float: numeric('Float'),
  boolean: () => scalarField<BooleanFamily, boolean>('Boolean'),
  date: text('AWSDate'),
  time: text('AWSTime'),
  datetime: text('AWSDateTime'),
  timestamp: () => scalarField<TimestampFamily, number>('AWSTimestamp'),
  email: text('AWSEmail'),
  json: () => scalarField<JsonFamily, Json>('AWSJSON'),
  phone: text('AWSPhone'),
  url: text('AWSURL'),
  ipAddress: text('AWSIPAddress'),
  hasMany: (to, references) => relationTo('hasMany', to, references) as never,
  hasOne: (to, references) => relationTo('hasOne', to, references) as never,
  belongsTo: (to, references) => relationTo('belongsTo', to, references) as never,
  query,
  mutation,
  subscription,
  handler,
  generation,
  conversation,
  ai,
  combine,
})
