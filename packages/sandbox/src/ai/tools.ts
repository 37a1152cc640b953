import { getNamedType, isObjectType } from 'graphql'
import { createCall } from '../appsync/calls.js'
import type { Caller } from '../appsync/rules.js'
import { upperFirst } from '../appsync/sdlFields.js'
import type { AiHouse } from './house.js'
import type { ToolSpec } from './model.js'
import { shapeOf } from './shapes.js'

/** A tool that runs here, as the person who speaks. */
export interface ServerTool extends ToolSpec {
  run(input: unknown, caller: Caller): Promise<unknown>
}

interface WrittenTool {
  name: string
  description?: string
  modelName?: string
  modelOperation?: string
  queryName?: string
}

/** `a.ai.dataTool(…)`: queries of this API. @throws {Error} for one that names what is not there. */
export function createTools(written: unknown, house: AiHouse): Map<string, ServerTool> {
  const tools = Array.isArray(written) ? (written as WrittenTool[]) : []
  return new Map(tools.map((tool) => [tool.name, toolOf(tool, house)]))
}

function toolOf({ name, description = '', modelName, queryName }: WrittenTool, house: AiHouse): ServerTool {
  const { schema, definition, engine, world } = house
  const model = modelName ? definition.models.get(modelName) : undefined
  const query = queryName ?? (model ? `list${upperFirst(model.plural)}` : '')
  const field = schema.getQueryType()?.getFields()[query]
  if (!field)
    throw new Error(
      `The data tool '${name}' asks for ${modelName ?? queryName ?? 'nothing'}, which the schema does not have.`,
    )
  const type = getNamedType(field.type)
  const row = model ? schema.getType(model.name) : type
  const scalars = isObjectType(row)
    ? Object.values(row.getFields()).filter((each) => !isObjectType(getNamedType(each.type)))
    : []
  const selection = scalars.map((each) => each.name).join(' ')
  const selected = model ? `{ items { ${selection} } }` : scalars.length > 0 ? `{ ${selection} }` : ''
  return {
    name,
    description,
    inputSchema: {
      type: 'object',
      properties: Object.fromEntries(field.args.map((each) => [each.name, shapeOf(each.type, 3)])),
    },
    async run(input, caller) {
      const args = field.args.filter(
        ({ name: each }) => (input as Record<string, unknown>)?.[each] !== undefined,
      )
      const head = args.map((each) => `$${each.name}: ${String(each.type)}`).join(', ')
      const given = args.map((each) => `${each.name}: $${each.name}`).join(', ')
      const text = `query${head ? ` (${head})` : ''} { ${query}${given ? `(${given})` : ''} ${selected} }`
      const request = { query: text, variables: input as Record<string, unknown> }
      const prepared = engine.prepare(request)
      if (Array.isArray(prepared)) throw new Error(prepared[0]?.message)
      const { data, errors } = await engine.run(prepared, request, createCall(caller))
      if (errors?.length) {
        world.log(`The tool ${name} failed: ${errors[0]!.message}`)
        throw new Error(errors[0]!.message)
      }
      return data?.[query]
    },
  }
}
