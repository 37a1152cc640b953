// Relations held against each other by the compiler, where a schema is made of models. What the compiler cannot see is
// said by `check.ts` at run time, and so is all of this.
//
// Each side of a relation says by itself what it is: `Post:authorId>Author`, a post's `authorId` holds the key of an author.
// What is said from above must be what is said from below, the kinds of the keys included: two unions of strings are compared. Models
// are looked at one by one only when something is wrong, or a model's references are of several kinds.

import type { AnyRecord } from './fields.js'
import type { KeyKind } from './models.js'

/** Nothing where all is right; otherwise what is wrong, by the models whose relations are. */
export type Checked<Types extends AnyRecord> = [Downs<Types>] extends [Ups<Types>]
  ? [Ups<Types>] extends [Downs<Types>]
    ? unknown
    : Faults<Types>
  : Faults<Types>

/** What is no model has no `~downs` and `~ups`: `never`, and so is all of its text. With the kind of the key that the relation goes by, so that a reference of the wrong kind differs as well. */
type Downs<Types extends AnyRecord> = {
  [N in keyof Types & string]: `${Types[N]['~downs']}${N} ${Types[N]['~keyKinds']}`
}[keyof Types & string]

type Ups<Types extends AnyRecord> = {
  [N in keyof Types & string]: `${N}${Types[N]['~ups']} ${Types[N]['~referenceKinds']}`
}[keyof Types & string]

// ------------------------------------------------------------------------------------------------------ once it is wrong

type Faults<Types extends AnyRecord> = {
  readonly [N in keyof Types]: Types[N]['~kind'] extends 'model'
    ? OrElse<
        | DownFault<Types, N & string, Types[N], Types[N]['~downs']>
        | UpFault<Types, N & string, Types[N], Types[N]['~ups']>
      >
    : unknown
}

type Kinds<F extends AnyRecord, References extends string> = References extends `${infer First},${infer Rest}`
  ? `${KeyKind<F, First>},${Kinds<F, Rest>}`
  : KeyKind<F, References>

type OrElse<Faults> = [Faults] extends [never] ? unknown : Faults

type DownFault<
  Types extends AnyRecord,
  N extends string,
  M extends AnyRecord,
  Link,
> = Link extends `${infer To}:${infer References}>`
  ? string extends To | References
    ? never
    : To extends keyof Types
      ? `:${References}>${N}` extends Types[To]['~ups']
        ? never
        : `${FieldOf<N, M, '~down', Link>} has no other side: add a.belongsTo('${N}', '${References}') to ${To}`
      : `${FieldOf<N, M, '~down', Link>} is related to ${To}, which is not a model of the schema`
  : never

type UpFault<
  Types extends AnyRecord,
  N extends string,
  M extends AnyRecord,
  Link,
> = Link extends `:${infer References}>${infer To}`
  ? string extends To | References
    ? never
    : To extends keyof Types
      ? `${N}:${References}>` extends Types[To]['~downs']
        ? Kinds<M['~fields'], References> extends Types[To]['~keyKinds']
          ? never
          : `${FieldOf<N, M, '~up', Link>} goes by ${References}, which ${Unfit<Kinds<M['~fields'], References>>} the identifier of ${To}`
        : `${FieldOf<N, M, '~up', Link>} has no other side: add a.hasMany or a.hasOne('${N}', '${References}') to ${To}`
      : `${FieldOf<N, M, '~up', Link>} is related to ${To}, which is not a model of the schema`
  : never

type Unfit<Kind extends string> = Kind extends `${string}missing${string}`
  ? 'is not a field of the model and so cannot hold'
  : 'is not of the type of'

/** The name of the relation. */
type FieldOf<N extends string, M extends AnyRecord, Way extends string, Link> = `${N}.${{
  [K in keyof M['~fields'] & string]: Link extends M['~fields'][K][Way] ? K : never
}[keyof M['~fields'] & string]}`
