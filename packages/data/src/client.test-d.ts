// Lines that must compile, and lines that must not: a client handed on.

import { a, type ClientSchema } from '@backline/schema'
import { type Client, generateClient } from './client.js'

const schema = a.schema({
  List: a.model({ name: a.string().required(), todos: a.hasMany('Todo', 'listId') }),
  Todo: a.model({ content: a.string().required(), listId: a.id(), list: a.belongsTo('List', 'listId') }),
})
type Schema = ClientSchema<typeof schema>
const client = generateClient<Schema>()

/** Of one schema. */
async function contents({ models }: Client<Schema>): Promise<string[]> {
  const { data } = await models.Todo.list()
  return data.map(({ content }) => content)
}
contents(client)
contents(generateClient<Schema>({ authMode: 'apiKey' }))
// @ts-expect-error
contents(generateClient<Pick<Schema, 'List'>>())

/** Of any schema with what it takes. */
async function count({ list }: { list(): Promise<{ data: unknown[] }> }): Promise<number> {
  return (await list()).data.length
}
count(client.models.List)
// @ts-expect-error
count(client.models)
