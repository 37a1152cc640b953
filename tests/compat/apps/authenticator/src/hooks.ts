import { a, type ClientSchema } from '@aws-amplify/data-schema'
import { createAIHooks } from '@aws-amplify/ui-react-ai'
import { generateClient } from 'aws-amplify/data'
import type { Schema } from '../amplify/data/resource'

// What the hooks know of our client: held by the compiler alone, with a schema of either builder.

const aiModel = a.ai.model('Claude 3.5 Haiku')
const official = a.schema({
  chat: a.conversation({ aiModel, systemPrompt: '-' }).authorization((allow) => allow.owner()),
  describe: a
    .generation({ aiModel, systemPrompt: '-' })
    .arguments({ sku: a.string().required() })
    .returns(a.customType({ title: a.string() }))
    .authorization((allow) => allow.authenticated()),
})
type OfficialSchema = ClientSchema<typeof official>

export function ofOurs() {
  const client = generateClient<Schema>()
  const { useAIGeneration } = createAIHooks<typeof client, Schema>(client)
  const [{ data, errors }, generate] = useAIGeneration('describe')
  generate({ sku: 'x1' })
  // @ts-expect-error a generation takes its arguments
  generate({ sku: 1 })
  // @ts-expect-error and no others
  generate({ sku: 'x1', name: '' })
  // @ts-expect-error what it gives has the fields of its return type
  data?.name
  return [data?.title satisfies string | null | undefined, errors?.[0]?.message]
}

export function ofOfficial() {
  const client = generateClient<OfficialSchema>()
  const { useAIGeneration } = createAIHooks<typeof client, OfficialSchema>(client)
  const [{ data }, generate] = useAIGeneration('describe')
  generate({ sku: 'x1' })
  // @ts-expect-error a generation takes its arguments
  generate({ sku: 1 })
  // @ts-expect-error what it gives has the fields of its return type
  data?.name
  return data?.title satisfies string | null | undefined
}

/** Without the schema the names of the routes are known, and what goes in and out is taken as it comes. */
export function byNames() {
  const { useAIConversation, useAIGeneration } = createAIHooks(generateClient<Schema>())
  const [{ data }, send] = useAIConversation('chat')
  const text: string | undefined = data.messages[0]?.content[0]?.text
  send({ content: [{ text: 'Hello' }] })
  // @ts-expect-error there is no such conversation
  useAIConversation('chatt')
  // @ts-expect-error and no such generation
  useAIGeneration('describes')
  return text
}
