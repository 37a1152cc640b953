import {
  type GraphQLResolveInfo,
  getNamedType,
  isObjectType,
  Kind,
  print,
  type SelectionSetNode,
} from 'graphql'

/** What a field was asked for, as `info` of AppSync tells functions and resolvers. */
export function infoOf(info: GraphQLResolveInfo) {
  const { fieldName, parentType, variableValues, fieldNodes, fragments } = info
  const list: string[] = []
  const walk = (set: SelectionSetNode | undefined, path: string) => {
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FIELD) {
        const at = `${path}${selection.alias?.value ?? selection.name.value}`
        list.push(at)
        walk(selection.selectionSet, `${at}/`)
      } else if (selection.kind === Kind.INLINE_FRAGMENT) walk(selection.selectionSet, path)
      else walk(fragments[selection.name.value]?.selectionSet, path)
    }
  }
  for (const node of fieldNodes) walk(node.selectionSet, '')
  const isObject = isObjectType(getNamedType(info.returnType))
  return {
    fieldName,
    parentTypeName: parentType.name,
    variables: variableValues.coerced ?? variableValues,
    selectionSetList: [...new Set(list)],
    selectionSetGraphQL: isObject
      ? fieldNodes.map((node) => (node.selectionSet ? print(node.selectionSet) : '')).join('\n')
      : '',
  }
}
