import { readFileSync } from 'node:fs'
import {
  buildASTSchema,
  type ConstDirectiveNode,
  type DefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  print,
} from 'graphql'
import { expect, test } from 'vitest'
import { introspect } from './introspection.js'
import { readDefinition } from './sdl.js'
import { printServed } from './served.js'

// The fixtures are outputs of the official tools for one schema that uses every part of the builder, without its custom operations.
/** What the official tools make of the schema of `packages/schema/src/shop.fixture.ts`. */
const fixture = (name: string) =>
  readFileSync(new URL(`../../../schema/src/${name}`, import.meta.url), 'utf8')
const shop = () => readDefinition(fixture('shop.sdl.txt'))

/** Definitions by name, written in one way: fields and directives sorted. */
function byName(sdl: string): Record<string, string> {
  const sorted: Record<string, string> = {}
  for (const definition of parse(sdl, { noLocation: true }).definitions) {
    if (definition.kind === Kind.DIRECTIVE_DEFINITION || definition.kind === Kind.SCALAR_TYPE_DEFINITION)
      continue
    if ('name' in definition && definition.name) sorted[definition.name.value] = print(tidy(definition))
  }
  return sorted
}

function tidy(definition: DefinitionNode): DefinitionNode {
  const sort = (directives: readonly ConstDirectiveNode[] | undefined) =>
    [...(directives ?? [])].sort((one, other) => (one.name.value < other.name.value ? -1 : 1))
  const { fields, directives, ...rest } = definition as ObjectTypeDefinitionNode
  // A connection's directives differ, see below.
  const connection = rest.name.value.endsWith('Connection')
  return {
    ...rest,
    directives: connection ? [] : sort(directives),
    ...(fields
      ? {
          fields: [...fields]
            .sort((one, other) => (one.name.value < other.name.value ? -1 : 1))
            .map((field) => ({ ...field, directives: sort(field.directives) })),
        }
      : {}),
  } as DefinitionNode
}

/** What AI routes bring along: the reference was made without them. */
function withoutRoutes(sdl: string): string {
  const document = parse(sdl, { noLocation: true })
  const isRoute = (name: string) =>
    /AmplifyAI|^(Model)?(Create|Update|Delete)?Conversation|^ModelConversation|^DescribeReturnType$|Conversation(Message)?Chat|^(chat|describe|onCreateAssistantResponseChat)$/.test(
      name,
    )
  const definitions = document.definitions
    .filter((each) => !('name' in each && each.name && isRoute(each.name.value)))
    .map((each) =>
      each.kind === Kind.OBJECT_TYPE_DEFINITION
        ? { ...each, fields: each.fields?.filter(({ name }) => !isRoute(name.value)) }
        : each,
    )
  return print({ ...document, definitions })
}

// The one deliberate difference: the directives of connections. The transformer adds those of every model that reaches the
// connection, and leaves out the default one; here a connection carries those of its own model. Rules are enforced in either case.
test('the served schema is the one that the official transformer makes', () => {
  const ours = byName(withoutRoutes(printServed(shop(), { defaultProvider: 'aws_api_key' })))
  const theirs = byName(withoutRoutes(fixture('shop.appsync.txt')))
  expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort())
  expect(ours).toEqual(theirs)
})

test('the served schema is sound GraphQL', () => {
  const schema = buildASTSchema(parse(printServed(shop(), { defaultProvider: 'aws_api_key' })))
  expect(schema.getSubscriptionType()?.getFields()).toHaveProperty('onCreateCart')
  expect(schema.getSubscriptionType()?.getFields()).not.toHaveProperty('onCreateOrderLine')
})

test('the model introspection is the one that the official generator makes', () => {
  const { models, ...rest } = introspect(shop()) as { models: Record<string, unknown> }
  const expected = JSON.parse(fixture('shop.introspection.json')) as { models: Record<string, unknown> }
  for (const [name, model] of Object.entries(expected.models)) expect(models[name]).toEqual(model)
  expect({ models: {}, ...rest }).toEqual({ ...expected, models: {} })
})

test('a schema that cannot be served is refused by the name of what is wrong', () => {
  const refuse = (sdl: string, message: RegExp) => expect(() => readDefinition(sdl)).toThrow(message)
  refuse(
    'type Todo @model { note: Note @belongsTo(references: ["noteId"]) noteId: ID }',
    /Todo\.note: there is no type Note/,
  )
  refuse('type Todo @model { text: Text }', /Todo\.text: there is no type Text/)
  refuse(
    'type A @model { b: [B] @hasMany(references: ["aId"]) } type B @model { x: Int }',
    /A\.b: B has no field aId/,
  )
  refuse(
    'type Blog @model { posts: [Post] @hasMany } type Post @model { x: Int }',
    /^Blog\.posts: @hasMany names no references/,
  )
  refuse('type Todo @model @searchable { x: Int }', /^Todo: the sandbox does not know @searchable/)
  refuse('type Todo @model { x: Int @mapsTo(name: "y") }', /^Todo\.x: the sandbox does not know @mapsTo/)
  refuse(
    'type Todo @model(mutations: {create: "makeTodo"}) { x: Int }',
    /^Todo: @model calls create "makeTodo".*createTodo/,
  )
  refuse(
    'type Todo @model(timestamps: {createdAt: "made"}) { x: Int }',
    /^Todo: @model calls createdAt "made"/,
  )
  refuse('type Todo @model { text String }', /could not be read.*String/)
  refuse('type Todo @model { x: Int @index(sortKeyFields: ["y"]) }', /Todo: the key field y does not exist/)
  refuse('type Query { total(by: Unit): Int }', /^Query\.total: there is no type Unit/)
})

test('of a sort key of several parts the last is compared by its kind, the others are what they are', () => {
  const sdl = printServed(
    readDefinition(`enum State { OPEN DONE }
type Ticket @model @auth(rules: [{allow: public}]) {
  title: String @index(name: "byTitle", sortKeyFields: ["due", "state", "mail", "seen"], queryField: "byTitle")
  due: AWSDate
  state: State
  mail: AWSEmail @index(name: "byMail", sortKeyFields: ["seen", "due"], queryField: "byMail")
  seen: AWSTimestamp
}`),
    { defaultProvider: 'aws_api_key' },
  )
  // As the official transformer writes it.
  expect(byName(sdl)).toMatchObject({
    ModelTicketByTitleCompositeKeyInput: /* GraphQL */ `input ModelTicketByTitleCompositeKeyInput {
  due: AWSDate
  mail: AWSEmail
  seen: Int
  state: State
}`,
    ModelTicketByMailCompositeKeyInput: /* GraphQL */ `input ModelTicketByMailCompositeKeyInput {
  due: String
  seen: AWSTimestamp
}`,
    AmplifyAIConversationTurnErrorInput: expect.any(String),
  })
})

test('nobody hears of a model whose subscriptions have the level off', () => {
  const { models } = readDefinition(
    'type Todo @model(subscriptions: {level: off}) @auth(rules: [{allow: public}]) { x: Int }',
  )
  expect([...models.get('Todo')!.subscriptions]).toEqual([])
})

test('what no operation takes or gives is left out', () => {
  const read = (switches: string, more = '') =>
    Object.keys(
      byName(
        printServed(
          readDefinition(
            `type Todo @model(${switches}) @auth(rules: [{allow: public}]) { text: String, boxId: ID } ${more}`,
          ),
          { defaultProvider: 'aws_api_key' },
        ),
      ),
    )
  const lists = ['ModelTodoConnection', 'ModelTodoFilterInput']
  expect(read('mutations: null')).toEqual(expect.arrayContaining(lists))
  expect(read('mutations: null')).not.toContain('ModelTodoConditionInput')
  expect(read('queries: {list: null}')).toContain('ModelTodoConditionInput')
  for (const list of lists) expect(read('queries: {list: null}')).not.toContain(list)
  const box =
    'type Box @model @auth(rules: [{allow: public}]) { todos: [Todo] @hasMany(references: ["boxId"]) }'
  expect(read('queries: {list: null}', box)).toEqual(expect.arrayContaining(lists))
})

test('a model whose name begins small is served under capital names', () => {
  const sdl = printServed(readDefinition('type todo @model @auth(rules: [{allow: public}]) { a: Int }'), {
    defaultProvider: 'aws_api_key',
  })
  for (const part of [
    'getTodo(id: ID!): todo',
    'listTodos(filter: ModelTodoFilterInput',
    'createTodo(input: CreateTodoInput!, condition: ModelTodoConditionInput): todo',
    'onCreateTodo(filter: ModelSubscriptionTodoFilterInput): todo',
    'items: [todo]!',
  ])
    expect(sdl).toContain(part)
  buildASTSchema(parse(sdl))
})
