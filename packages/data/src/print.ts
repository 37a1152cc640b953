// The text of a parsed GraphQL document: what a client sends, not what a schema is written in. Whitespace is as short as it may be.
// https://spec.graphql.org/October2021/#sec-Document

/** A parsed document, as `graphql` and `graphql-tag` make them. */
export interface GraphQLDocument {
  readonly kind: 'Document'
  readonly definitions: readonly { readonly kind: string }[]
}

// biome-ignore lint/suspicious/noExplicitAny: the kinds decide, and they are many
type Node = any

export function print(node: GraphQLDocument): string {
  return text(node)
}

function text(node: Node): string {
  switch (node.kind) {
    case 'Document':
      return all(node.definitions, '\n')
    case 'OperationDefinition':
      return `${node.operation}${before(' ', node.name)}${group('(', node.variableDefinitions, ')')}${directives(node)} ${text(node.selectionSet)}`
    case 'FragmentDefinition':
      return `fragment ${text(node.name)} on ${text(node.typeCondition)}${directives(node)} ${text(node.selectionSet)}`
    case 'VariableDefinition':
      return `${text(node.variable)}: ${text(node.type)}${before(' = ', node.defaultValue)}${directives(node)}`
    case 'SelectionSet':
      return `{ ${all(node.selections, ' ')} }`
    case 'Field':
      return `${node.alias ? `${text(node.alias)}: ` : ''}${text(node.name)}${group('(', node.arguments, ')')}${directives(node)}${before(' ', node.selectionSet)}`
    case 'FragmentSpread':
      return `...${text(node.name)}${directives(node)}`
    case 'InlineFragment':
      return `...${before(' on ', node.typeCondition)}${directives(node)} ${text(node.selectionSet)}`
    case 'Directive':
      return `@${text(node.name)}${group('(', node.arguments, ')')}`
    case 'Argument':
    case 'ObjectField':
      return `${text(node.name)}: ${text(node.value)}`
    case 'Variable':
      return `$${text(node.name)}`
    case 'NamedType':
      return text(node.name)
    case 'ListType':
      return `[${text(node.type)}]`
    case 'NonNullType':
      return `${text(node.type)}!`
    case 'StringValue':
      // The escapes of JSON are GraphQL's.
      return JSON.stringify(node.value)
    case 'ListValue':
      return `[${all(node.values, ', ')}]`
    case 'ObjectValue':
      return `{${all(node.fields, ', ')}}`
    case 'NullValue':
      return 'null'
    case 'Name':
    case 'IntValue':
    case 'FloatValue':
    case 'EnumValue':
    case 'BooleanValue':
      return String(node.value)
    default:
      throw new TypeError(`A document to be sent cannot hold a ${node.kind}.`)
  }
}

const all = (nodes: readonly Node[], separator: string) => nodes.map(text).join(separator)
const group = (open: string, nodes: readonly Node[] | undefined, close: string) =>
  nodes?.length ? `${open}${all(nodes, ', ')}${close}` : ''
const before = (start: string, node: Node | undefined) => (node ? start + text(node) : '')
const directives = ({ directives: nodes }: Node) => (nodes?.length ? ` ${all(nodes, ' ')}` : '')
