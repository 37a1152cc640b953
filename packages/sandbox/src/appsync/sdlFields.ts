import {
  type ConstDirectiveNode,
  type ConstValueNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  type TypeNode,
  valueFromASTUntyped,
} from 'graphql'

// The parts of the directive SDL that models and operations share: fields, their types, and rules.

export type Operation = 'create' | 'update' | 'delete' | 'get' | 'list' | 'listen'

export interface TypeRef {
  name: string
  /** Is the value (of a list: each element) never null? */
  required: boolean
  list: boolean
  listRequired: boolean
}

/** One rule as written: `allow.owner()`, `allow.group('Admin')`… */
export interface Rule {
  allow: 'public' | 'private' | 'owner' | 'groups' | 'custom'
  provider: 'apiKey' | 'userPools' | 'identityPool' | 'oidc' | 'function'
  operations: Operation[]
  ownerField: string
  /** Claims whose values, joined by `::`, make the owner. */
  identityClaim: string
  groups: string[]
  groupsField?: string
  groupClaim: string
  /** Every argument as it stands in the directive. */
  written: Record<string, unknown>
}

export interface Relation {
  kind: 'hasMany' | 'hasOne' | 'belongsTo'
  model: string
  /** Fields of the model that holds the reference: the other one for hasMany and hasOne, this one for belongsTo. */
  references: string[]
}

export interface Field {
  name: string
  type: TypeRef
  default?: string
  /** Filled in where it is not given: by this value, or by the database. */
  isFilledIn?: boolean
  /** The column of an SQL table, where it has another name. */
  column?: string
  relation?: Relation
  rules?: Rule[]
}

const ALL: Operation[] = ['create', 'update', 'delete', 'get', 'list', 'listen']

export function readField(node: FieldDefinitionNode | InputValueDefinitionNode, owner: string): Field {
  const field: Field = { name: node.name.value, type: readType(node.type) }
  const where = `${owner}.${field.name}`
  for (const directive of node.directives ?? []) {
    const values = argumentsOf(directive)
    const kind = directive.name.value
    if (kind === 'default') {
      field.default = values.value as string | undefined
      field.isFilledIn = true
    }
    if (kind === 'refersTo') field.column = values.name as string
    if (kind === 'hasMany' || kind === 'hasOne' || kind === 'belongsTo') {
      const references = values.references as string[] | undefined
      if (!references?.length)
        throw new Error(
          `${where}: @${kind} names no references. Name the fields that hold them: @${kind}(references: ["…"]).`,
        )
      field.relation = { kind, model: field.type.name, references }
    }
  }
  const rules = readRules(node.directives, where)
  if (rules.length > 0) field.rules = rules
  return field
}

export function readType(node: TypeNode): TypeRef {
  const outer = node.kind === Kind.NON_NULL_TYPE ? node.type : node
  const required = node.kind === Kind.NON_NULL_TYPE
  if (outer.kind === Kind.LIST_TYPE) {
    const element = readType(outer.type)
    return { name: element.name, required: element.required, list: true, listRequired: required }
  }
  return {
    name: outer.kind === Kind.NAMED_TYPE ? outer.name.value : '',
    required,
    list: false,
    listRequired: false,
  }
}

export function readRules(directives: readonly ConstDirectiveNode[] | undefined, where: string): Rule[] {
  const auth = argumentsOf(directives?.find((each) => each.name.value === 'auth'))
  return ((auth.rules as Record<string, unknown>[] | undefined) ?? []).map((rule) => readRule(rule, where))
}

function readRule(rule: Record<string, unknown>, where: string): Rule {
  const allow = rule.allow as Rule['allow']
  if (!['public', 'private', 'owner', 'groups', 'custom'].includes(allow)) {
    throw new Error(`${where}: the sandbox knows no authorization rule "allow: ${allow}".`)
  }
  const usual = { public: 'apiKey', custom: 'function' }[allow as string] ?? 'userPools'
  const provider = (rule.provider as string | undefined) ?? usual
  const operations = rule.operations as string[] | undefined
  return {
    allow,
    provider: (provider === 'iam' ? 'identityPool' : provider) as Rule['provider'],
    operations:
      operations?.flatMap((each): Operation[] =>
        each === 'read'
          ? ['get', 'list', 'listen']
          : ALL.includes(each as Operation)
            ? [each as Operation]
            : [],
      ) ?? ALL,
    ownerField: (rule.ownerField as string) ?? 'owner',
    identityClaim: (rule.identityClaim as string) ?? 'sub::username',
    groups: (rule.groups as string[]) ?? [],
    groupsField: rule.groupsField as string | undefined,
    groupClaim: (rule.groupClaim as string) ?? 'cognito:groups',
    written: rule,
  }
}

export function argumentsOf(directive: ConstDirectiveNode | undefined): Record<string, unknown> {
  return Object.fromEntries(
    directive?.arguments?.map((each) => [
      each.name.value,
      valueFromASTUntyped(each.value as ConstValueNode),
    ]) ?? [],
  )
}

export const upperFirst = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
export const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)
