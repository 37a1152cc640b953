// Selection sets: which paths are right, and what a call gives back for them.
//
// A path is checked as written, at a cost that grows with its length; the set of all paths is never built. A wrong path
// is measured against the names valid where it goes wrong, which are also what an editor completes.
//
// T is the `ModelTypes` or `CustomTypes` a path starts from, P the paths, D the definition of a field.

import type { AnyRecord } from './fields.js'
import type { CustomTypes, Listed, ModelTypes, NoFields, PresentValue, Pretty } from './values.js'

/** P where it is a path of the model; otherwise the names it could go on with. */
export type Path<T extends AnyRecord, P> = P extends T['leaves'] ? P : NoInfer<Deep<T, P, P, ''>>

type Deep<T extends AnyRecord, P, Whole, Before extends string> = P extends `${infer Head}.${infer Rest}`
  ? Head extends keyof T['fields']
    ? Into<Below<T['schema'], T['fields'][Head]>, Rest, Whole, `${Before}${Head}.`>
    : `${Before}${T['offers']}`
  : P extends keyof T['fields']
    ? IsNamedEnum<T['schema'], T['fields'][P]> extends true
      ? Whole
      : `${Before}${T['offers']}`
    : `${Before}${T['offers']}`

type Into<T extends AnyRecord, P, Whole, Before extends string> = P extends T['leaves'] | T['all']
  ? Whole
  : Deep<T, P, Whole, Before> | (P extends '' ? `${Before}${T['all']}` : never)

type IsNamedEnum<S extends AnyRecord, D extends AnyRecord> = D['~kind'] extends 'ref'
  ? S['~types'][D['~to']]['~kind'] extends 'enum'
    ? true
    : false
  : false

/** What a field leads to. */
type Below<S extends AnyRecord, D extends AnyRecord> = D['~plain'] extends true
  ? NoFields
  : D['~kind'] extends 'relation'
    ? ModelTypes<S, D['~to']>
    : D['~kind'] extends 'ref'
      ? IsNamedEnum<S, D> extends true
        ? NoFields
        : CustomTypes<S, S['~types'][D['~to']]>
      : D['~kind'] extends 'branch'
        ? D['~types']
        : CustomTypes<S, D>

type HeadOf<P> = P extends `${infer Head}.${string}` ? Head : P
type RestOf<P, Head extends string> = P extends `${Head}.${infer Rest}` ? Rest : never

/** What a call gives back: everything where nothing was selected. */
export type Selected<T extends AnyRecord, P> = [P] extends [never] ? T['row'] : Picked<T, P>

type Picked<T extends AnyRecord, P> = Pretty<
  PickedFields<T['schema'], T['fields'], HeadOf<P> & keyof T['fields'], P> & {
    readonly [H in HeadOf<P> & T['ownNames']]: T['own'][H]
  }
>

type PickedFields<S extends AnyRecord, F extends AnyRecord, K extends keyof F, P> = {
  readonly [H in K]: F[H]['~plain'] extends true
    ? F[H]['~value']
    : PickedValue<S, F[H], RestOf<P, H & string>>
}

type PickedValue<S extends AnyRecord, D extends AnyRecord, P> = D['~kind'] extends 'relation'
  ? D['~isMany'] extends true
    ? PickedRow<ModelTypes<S, D['~to']>, P>[]
    : PickedRow<ModelTypes<S, D['~to']>, P> | null
  : [P] extends [never]
    ? PresentValue<S, D>
    : D['~kind'] extends 'branch'
      ? PickedBranch<D, P>
      : '*' extends P
        ? PresentValue<S, D>
        : D['~kind'] extends 'ref'
          ? Listed<D, Picked<CustomTypes<S, S['~types'][D['~to']]>, P>>
          : Picked<CustomTypes<S, D>, P> | null

/** What generated types say of the fields that lead further. */
type PickedBranch<D extends AnyRecord, P> = D['~is'] extends 'many'
  ? PickedRow<D['~types'], P>[]
  : D['~is'] extends 'one'
    ? PickedRow<D['~types'], P> | null
    : '*' extends P
      ? Listed<D, D['~types']['row']>
      : Listed<D, Picked<D['~types'], P>>

type PickedRow<T extends AnyRecord, P> = '*' extends P
  ? [Exclude<P, '*'>] extends [never]
    ? T['stored']
    : Pretty<T['stored'] & Picked<T, Exclude<P, '*'>>>
  : Picked<T, P>

// ----------------------------------------------------------------------------------------- the same, from a row's type alone

/** What the paths P select of a row such as `Schema['Post']['type']`, of which only the shape is known: a relation is a function. */
export type SelectedOf<Row, P> = Pretty<{
  readonly [K in HeadOf<P> & keyof Row]-?: SelectedValue<Exclude<Row[K], undefined>, RestOf<P, K & string>>
}>

type SelectedValue<Value, P> = Value extends (...options: never[]) => PromiseLike<{ data: infer Data }>
  ? Data extends (infer Row)[]
    ? SelectedRow<Row, P>[]
    : Data extends null
      ? null
      : SelectedRow<Data, P>
  : [P] extends [never]
    ? Filled<Value>
    : '*' extends P
      ? Filled<Value>
      : Value extends (infer Item)[]
        ? SelectedValue<Item, P>[]
        : Value extends null
          ? null
          : SelectedOf<Value, P>

type SelectedRow<Row, P> = '*' extends P
  ? [Exclude<P, '*'>] extends [never]
    ? Stored<Row>
    : Pretty<Stored<Row> & SelectedOf<Row, Exclude<P, '*'>>>
  : SelectedOf<Row, P>

type Stored<Row> = {
  [K in keyof Row as Exclude<Row[K], undefined | null> extends (...options: never[]) => unknown
    ? never
    : K]-?: Filled<Exclude<Row[K], undefined>>
}

/** What comes back: what may be missing in what is given is null there. */
type Filled<Value> = Value extends (infer Item)[]
  ? Filled<Item>[]
  : Value extends object
    ? [keyof Value] extends [never]
      ? Value
      : { [K in keyof Value]-?: Filled<Exclude<Value[K], undefined>> }
    : Value
