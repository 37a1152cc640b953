// What generated types are written with. Everything about a model is spelled out there as plain interfaces, so the
// compiler looks names up and works nothing out; operations, options and results are those of inferred schemas.

import type { AnyRecord } from './fields.js'

declare const generated: unique symbol

/** A schema whose types were written by `backline generate types`. `C` is what its client has. */
export interface GeneratedSchema<C extends AnyRecord> {
  readonly [generated]?: C
}

/** A field that leads further, in `fields` of a model or a custom type. */
interface Branch<T extends AnyRecord, Is extends string> {
  readonly '~plain': false
  readonly '~kind': 'branch'
  readonly '~is': Is
  readonly '~types': T
}

/** A relation to one row. */
export interface ToOne<T extends AnyRecord> extends Branch<T, 'one'> {}

/** A relation to rows. */
export interface ToMany<T extends AnyRecord> extends Branch<T, 'many'> {}

/** A custom type, which may be null. */
export interface Nested<T extends AnyRecord, Null> extends Branch<T, 'nested'> {
  readonly '~isList': false
  readonly '~null': Null
}

/** A list of custom types. */
export interface NestedList<T extends AnyRecord, ItemNull, Null> extends Branch<T, 'nested'> {
  readonly '~isList': true
  readonly '~itemNull': ItemNull
  readonly '~null': Null
}
