/** A schema that cannot work. The message names the model and the field, and says what to write instead. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError'
  /** The model, custom type or enum it is about. */
  readonly type: string | undefined
  /** The field of it, where it is one field's fault. */
  readonly field: string | undefined

  constructor(message: string, at: { type?: string; field?: string } = {}) {
    super(message)
    this.type = at.type
    this.field = at.field
  }
}
