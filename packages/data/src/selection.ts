// Which fields an operation asks for: paths such as `orders.lines.sku` or `address.*` made into GraphQL text.

import { fieldsOf, type Introspection, ownerFieldsOf } from './introspection.js'

/** A field without children is `null`. */
interface Tree {
  [field: string]: Branch | null
}

interface Branch {
  /** A list of rows comes in pages: its fields are in `items`, beside the token of the next page. */
  paged: boolean
  fields: Tree
}

/**
 * The fields between the braces, for a model, a custom type, or neither (a scalar has none). `passed` has what stands in parentheses
 * after a list of rows, by its path.
 */
export function selectionText(
  introspection: Introspection,
  typeName: string,
  paths?: readonly string[],
  passed: Record<string, string> = {},
): string {
  const tree: Tree = {}
  for (const path of paths ?? ['*']) grow(tree, introspection, typeName, path.split('.'), path)
  const unknown = Object.keys(passed).find((path) => !isPaged(tree, path))
  if (unknown) throw new TypeError(`"${unknown}" in relations: selectionSet has no such list of rows.`)
  return text(tree, passed, '')
}

function isPaged(tree: Tree, path: string): boolean {
  let branch: Branch | null | undefined = { paged: false, fields: tree }
  for (const name of path.split('.')) branch = branch?.fields[name]
  return !!branch?.paged
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
  const paged = target in introspection.models && field.isArray
  const { fields: inner } = (tree[name!] ??= { paged, fields: {} })
  return grow(inner, introspection, target, rest, path)
}

/** All scalars, enums and custom types, no relations. A custom type inside itself is left out where it would begin again. */
function everything(introspection: Introspection, typeName: string, above: string[]): Tree {
  const tree: Tree = {}
  const model = introspection.models[typeName]
  for (const { name, type } of Object.values(fieldsOf(introspection, typeName))) {
    if (typeof type === 'string' || 'enum' in type) tree[name] = null
    else if ('nonModel' in type && !above.includes(type.nonModel))
      tree[name] = {
        paged: false,
        fields: everything(introspection, type.nonModel, [...above, type.nonModel]),
      }
  }
  if (model) for (const name of ownerFieldsOf(model)) tree[name] ??= null
  return tree
}

function text(tree: Tree, passed: Record<string, string>, above: string): string {
  return Object.entries(tree)
    .map(([name, branch]) => {
      if (!branch) return name
      const inner = text(branch.fields, passed, `${above}${name}.`)
      return branch.paged
        ? `${name}${passed[above + name] ?? ''} { items { ${inner} } nextToken }`
        : `${name} { ${inner} }`
    })
    .join(' ')
}
