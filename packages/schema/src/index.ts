/** A schema as a.schema() returns it. Completed by the owner of this package. */
export interface Schema {
  readonly definitions: unknown
}
