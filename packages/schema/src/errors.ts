/** A schema that cannot work. The message names the model and the field, and says what to write instead. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError'
  /** The model, custom type or enum it is about. */
  readonly type: string | undefined
  /** The field of it, where it is one field's fault. */
  readonly field: string | undefined

  /** It names a type that may be one of another schema, with which this one is yet to be combined. */
  readonly isUnknown: boolean

  constructor(message: string, at: { type?: string; field?: string; isUnknown?: boolean } = {}) {
    super(message)
    this.isUnknown = at.isUnknown ?? false
    this.type = at.type
    this.field = at.field
  }
}
