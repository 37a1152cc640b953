// Values that `define…` made are told apart by a registered symbol, so copies of this package mix.

const KIND = Symbol.for('backline.definition')

export type DefinitionKind =
  | 'auth'
  | 'data'
  | 'storage'
  | 'function'
  | 'secret'
  | 'referenceAuth'
  | 'backend'
  | 'local'

export interface Definition<Kind extends DefinitionKind = DefinitionKind, Props = unknown> {
  readonly [KIND]: Kind
  readonly props: Props
}

/** Which `define…` made this value? Undefined for anything else. */
export function kindOf(value: unknown): DefinitionKind | undefined {
  return typeof value === 'object' && value !== null ? (value as Partial<Definition>)[KIND] : undefined
}

export function define<Kind extends DefinitionKind, Props>(
  kind: Kind,
  props: Props,
): Definition<Kind, Props> {
  if (typeof props !== 'object' || props === null) {
    throw new TypeError(
      `define${kind[0]?.toUpperCase()}${kind.slice(1)} needs an object that says what to define.`,
    )
  }
  return { [KIND]: kind, props }
}
