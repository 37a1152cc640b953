import type { GraphQLOutputType } from 'graphql'
import { attach } from '../appsync/calls.js'
import { isLetIn, readable } from '../appsync/customResolvers.js'
import { Fault, refused } from '../appsync/fault.js'
import type { CustomOperation } from '../appsync/operations.js'
import type { AiHouse } from './house.js'
import type { ModelRequest } from './model.js'
import { shapeOf } from './shapes.js'

// Generation routes: a query that a model answers, in the shape of its return type.

/** The tool by which a model gives its answer its shape. */
const ANSWER = 'AmplifyResponse'

export function attachGeneration(operation: CustomOperation, house: AiHouse): void {
  const { name, handler } = operation
  const settings = (handler.kind === 'generation' ? handler.settings : {}) as Record<string, unknown>
  attach(house.schema, 'Query', name, async (_, args, { caller }, info) => {
    if (!isLetIn(operation, caller, house.plan)) throw refused(name, 'Query')
    const { content } = await house.model
      .converse({
        modelId: String(settings.aiModel),
        system: String(settings.systemPrompt),
        messages: [{ role: 'user', content: [{ text: JSON.stringify(args) }] }],
        tools: [
          { name: ANSWER, description: 'Answers the question.', inputSchema: answerShape(info.returnType) },
        ],
        forced: ANSWER,
        inference: settings.inferenceConfiguration as ModelRequest['inference'],
      })
      .catch((error: Error) => {
        throw new Fault('ModelError', error.message)
      })
    const use = content.find(({ toolUse }) => toolUse?.name === ANSWER)?.toolUse
    if (!use) throw new Fault('ModelError', 'The model did not answer in the shape that was asked for.')
    return readable((use.input as { value: unknown }).value, info.returnType)
  })
}

const answerShape = (type: GraphQLOutputType) => ({
  type: 'object',
  properties: { value: shapeOf(type) },
  required: ['value'],
})
