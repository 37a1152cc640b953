// Custom operations from what was built to the definition: what they take becomes inputs, what they return gets their rules.

import { checkName } from './check.js'
import type {
  AnswerDefinition,
  CustomTypeDefinition,
  FieldDefinition,
  FunctionStep,
  HandlerDefinition,
  OperationDefinition,
} from './definition.js'
import { SchemaError } from './errors.js'
import { bare, type FieldData } from './fields.js'
import { invocationResponse, isAsynchronous, type OperationData, type SourceData } from './operations.js'
import { capital, fieldFrom, type Scope, targetOf } from './resolveFields.js'
import type { RuleDefinition } from './rules.js'

/** One operation, and the inputs that its arguments need. */
export function operationFrom(
  name: string,
  data: OperationData,
  schemaRules: readonly RuleDefinition[],
  scope: Scope,
): { operation: OperationDefinition; inputs: readonly CustomTypeDefinition[] } {
  const returns = Object.freeze(answerOf(name, data, scope))
  const inputs: CustomTypeDefinition[] = []
  const argumentsByName: Record<string, FieldDefinition> = {}
  const taken = new Set<string>()
  for (const [argument, written] of Object.entries(data.arguments)) {
    checkName(argument, name)
    const field = inputFrom(name, argument, written?.data, { scope, inputs, taken, isNamed: false })
    argumentsByName[argument] = Object.freeze(field)
  }
  const operation = Object.freeze({
    name,
    operation: data.operation,
    arguments: Object.freeze(argumentsByName),
    returns,
    handler: Object.freeze(handlerOf(name, data)),
    rules: data.rules.length > 0 ? data.rules : schemaRules,
    sources: Object.freeze(data.sources.flatMap((source) => mutationsOf(name, source, scope))),
  })
  return { operation, inputs }
}

// ---------------------------------------------------------------------------------------------------------- what it takes

interface Taking {
  readonly scope: Scope
  readonly inputs: CustomTypeDefinition[]
  /** The names of inputs that are there or on their way; types may contain themselves. */
  readonly taken: Set<string>
  /** Within a type of the schema, whose enums are written with it. */
  readonly isNamed: boolean
}

/** A field as it is given: a custom type is an input type then, and an enum stays what it is. */
function inputFrom(
  owner: string,
  name: string,
  data: FieldData | undefined,
  taking: Taking,
): FieldDefinition {
  if (data?.kind === 'custom') {
    const type = `${capital(owner)}${capital(name)}`
    addInput(type, data.fields, taking)
    return { ...bare, name, kind: 'input', type: `${type}Input` }
  }
  if (data?.kind === 'enum' && taking.isNamed)
    return { ...bare, name, kind: 'enum', type: `${capital(owner)}${capital(name)}` }
  if (data?.kind === 'relation')
    throw new SchemaError(`${owner}.${name} is a relation, which only models have.`, {
      type: owner,
      field: name,
    })
  const field = fieldFrom(owner, name, data, taking.scope)
  if (field.kind !== 'custom') return field
  const target = targetOf(taking.scope, field.type, owner, name)
  if (target.kind === 'custom') addInput(field.type, target.fields, { ...taking, isNamed: true })
  return { ...field, kind: 'input', type: `${field.type}Input` }
}

function addInput(
  type: string,
  written: Extract<FieldData, { kind: 'custom' }>['fields'],
  taking: Taking,
): void {
  const name = `${type}Input`
  if (taking.taken.has(name)) return
  taking.taken.add(name)
  const fields = Object.fromEntries(
    Object.entries(written).map(([field, { data }]) => [
      field,
      Object.freeze(inputFrom(type, field, data, taking)),
    ]),
  )
  taking.inputs.push(Object.freeze({ name, fields: Object.freeze(fields), rules: [] }))
}

// ------------------------------------------------------------------------------------------------------- what it gives back

function answerOf(name: string, data: OperationData, scope: Scope): AnswerDefinition {
  if (isAsynchronous(data)) return { ...bare, name, kind: 'custom', type: invocationResponse.name }
  const [source] = data.sources
  if (data.operation === 'Subscription' && data.returns === null) {
    if (!source)
      throw new SchemaError(
        `The subscription ${name} says nothing of what it hears. Add .for(a.ref('publish')) with a mutation of the schema.`,
        { type: name },
      )
    return answerOfSource(name, source, scope)
  }
  const returned = data.returns?.data
  if (!returned)
    throw new SchemaError(
      `${name} has no return type. Add .returns(a.string()), or a ref to a type of the schema.`,
      { type: name },
    )
  return answerFrom(name, returned, scope)
}

function answerFrom(name: string, data: FieldData, scope: Scope): AnswerDefinition {
  switch (data.kind) {
    case 'enum':
    case 'custom': {
      const type = `${capital(name)}ReturnType`
      scope.inline(type, data)
      return { ...bare, name, kind: data.kind, type }
    }
    case 'ref': {
      const { kind: _, to, mutations: __, ...rest } = data
      const target = targetOf(scope, to, name)
      if (target.kind === 'model' || target.kind === 'enum' || target.kind === 'custom')
        return { name, ...rest, kind: target.kind, type: to }
      throw new SchemaError(
        `${name} returns "${to}", which is an operation. It returns a model, a custom type, an enum or a scalar.`,
        { type: name },
      )
    }
    case 'scalar': {
      const { scalar, ...rest } = data
      return { name, ...rest, type: scalar }
    }
    default:
      throw new SchemaError(
        `${name} returns a relation. For rows of a model write .returns(a.ref('${data.to}')).`,
        { type: name },
      )
  }
}

/** What a mutation answers, its subscribers hear. Nothing new is written for it. */
function answerOfSource(name: string, { to, mutations }: SourceData, scope: Scope): AnswerDefinition {
  const target = targetOf(scope, to, name)
  if (target.kind === 'model') return { ...bare, name, kind: 'model', type: to }
  if (target.kind !== 'operation' || mutations.length > 0)
    throw new SchemaError(
      `The subscription ${name} is for "${to}", which is not a mutation of the schema. For a model say which: a.ref('Order').mutations(['create']).`,
      { type: name },
    )
  return { ...answerOf(to, target, { ...scope, inline: () => {} }), name }
}

// -------------------------------------------------------------------------------------------------------------- what it hears

function mutationsOf(name: string, { to, mutations }: SourceData, scope: Scope): readonly string[] {
  const target = targetOf(scope, to, name)
  if (target.kind !== 'model') return [to]
  if (mutations.length === 0)
    throw new SchemaError(
      `The subscription ${name} is for the model "${to}", but does not say which of its mutations. Write a.ref('${to}').mutations(['create']).`,
      { type: name },
    )
  return mutations.map((mutation) => `${mutation}${capital(to)}`)
}

// ------------------------------------------------------------------------------------------------------------------ what runs

function handlerOf(name: string, { handlers, route }: OperationData): HandlerDefinition {
  if (route) return { kind: 'generation', ...route }
  const kinds = new Set(handlers.map(({ kind }) => kind))
  if (kinds.size > 1)
    throw new SchemaError(
      `The handlers of ${name} must all be of one kind: it has ${[...kinds].join(' and ')} handlers.`,
      { type: name },
    )
  const [first] = handlers
  switch (first?.kind) {
    case undefined:
      return { kind: 'none' }
    case 'inlineSql':
    case 'sqlReference':
      return first
    case 'custom':
      return {
        kind: 'custom',
        steps: handlers.flatMap((step) =>
          step.kind === 'custom' ? { dataSource: step.dataSource, entry: step.entry } : [],
        ),
      }
    case 'function':
      return {
        kind: 'function',
        steps: handlers.flatMap((step, at): FunctionStep | [] => {
          if (step.kind !== 'function') return []
          const { function: given, isAsync } = step
          if (typeof given === 'string') return { name: given, isAsync }
          return { name: `Fn${capital(name)}${at === 0 ? '' : at + 1}`, definition: given, isAsync }
        }),
      }
  }
}

// --------------------------------------------------------------------------------------------------- the rules of what returns

/** Custom types with the rules of the operations that return them, whether as themselves or within another. */
export function withRules(
  customTypes: Readonly<Record<string, CustomTypeDefinition>>,
  operations: Readonly<Record<string, OperationDefinition>>,
): Readonly<Record<string, CustomTypeDefinition>> {
  const rules = new Map<string, RuleDefinition[]>()
  for (const { returns, rules: own, operation, sources } of Object.values(operations)) {
    if (returns.kind !== 'custom') continue
    // What a subscription hears may be a type written inside its mutation, whose rules are the mutation's.
    if (operation === 'Subscription' && returns.type === `${capital(sources[0] ?? '')}ReturnType`) continue
    for (const name of within(returns.type, customTypes))
      rules.set(name, [...(rules.get(name) ?? []), ...own])
  }
  return Object.freeze(
    Object.fromEntries(
      Object.entries(customTypes).map(([name, type]) => [
        name,
        Object.freeze({ ...type, rules: Object.freeze(rules.get(name) ?? []) }),
      ]),
    ),
  )
}

function within(
  name: string,
  customTypes: Readonly<Record<string, CustomTypeDefinition>>,
  found = new Set<string>(),
): Set<string> {
  if (found.has(name)) return found
  found.add(name)
  for (const field of Object.values(customTypes[name]?.fields ?? {}))
    if (field.kind === 'custom') within(field.type, customTypes, found)
  return found
}
