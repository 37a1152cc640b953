// Which fields an operation asks for: paths such as `orders.lines.sku` or `address.*` made into GraphQL text.

import { fieldsOf, type Introspection, ownerFieldsOf } from './introspection.js'

/** A field without children is `null`. */
interface Tree {
  [field: string]: Tree | null
}

/** The fields between the braces, for a model, a custom type, or neither (a scalar has none). */
export function selectionText(
  introspection: Introspection,
  typeName: string,
  paths?: readonly string[],
): string {
  const tree: Tree = {}
  for (const path of paths ?? ['*']) grow(tree, introspection, typeName, path.split('.'), path)
  return text(tree)
}

function grow(
  tree: Tree,
  introspection: Introspection,
  typeName: string,
  [name, ...rest]: string[],
  path: string,
) {
  if (name === '*') return Object.assign(tree, everything(introspection, typeName, []))
  const model = introspection.models[typeName]
  const fields = fieldsOf(introspection, typeName)
  const field = Object.hasOwn(fields, name!) ? fields[name!] : undefined
  if (!field) {
    if (model && ownerFieldsOf(model).includes(name!)) return (tree[name!] = null)
    throw new TypeError(`"${path}" in selectionSet: ${typeName} has no field "${name}".`)
  }
  const { type } = field
  const target =
    typeof type === 'string' ? undefined : 'model' in type ? type.model : 'nonModel' in type && type.nonModel
  if (!target) {
    if (rest.length) throw new TypeError(`"${path}" in selectionSet: ${typeName}.${name} has no fields.`)
    return (tree[name!] = null)
  }
  if (!rest.length)
    throw new TypeError(`"${path}" in selectionSet: say which fields of ${target}, or "${path}.*".`)
  const child = (tree[name!] ??= {})
  const inner = target in introspection.models && field.isArray ? (child.items ??= {}) : child
  return grow(inner, introspection, target, rest, path)
}

/** All scalars, enums and custom types, no relations. A custom type inside itself is left out where it would begin again. */
function everything(introspection: Introspection, typeName: string, above: string[]): Tree {
  const tree: Tree = {}
  const model = introspection.models[typeName]
  for (const { name, type } of Object.values(fieldsOf(introspection, typeName))) {
    if (typeof type === 'string' || 'enum' in type) tree[name] = null
    else if ('nonModel' in type && !above.includes(type.nonModel))
      tree[name] = everything(introspection, type.nonModel, [...above, type.nonModel])
  }
  if (model) for (const name of ownerFieldsOf(model)) tree[name] ??= null
  return tree
}

function text(tree: Tree): string {
  return Object.entries(tree)
    .map(([name, child]) => (child ? `${name} { ${text(child)} }` : name))
    .join(' ')
}
