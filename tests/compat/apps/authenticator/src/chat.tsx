import '@aws-amplify/ui-react/styles.css'
import { Authenticator, Button, Card, Heading, View } from '@aws-amplify/ui-react'
import { AIConversation, createAIHooks } from '@aws-amplify/ui-react-ai'
import { Amplify } from 'aws-amplify'
import { generateClient } from 'aws-amplify/data'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import type { Schema } from '../amplify/data/resource'

// A stock app that talks with a model: hooks and components are the official ones.

const client = generateClient<Schema>({ authMode: 'userPool' })
// Of a client that is not `aws-amplify`'s own, the hooks know the routes; what a generation takes and gives they know from the schema.
const { useAIConversation, useAIGeneration } = createAIHooks<typeof client, Schema>(client)

const Weather = ({ city }: { city: string }) => <Card variation="elevated">Sun over {city}</Card>

function Chat() {
  const id = new URLSearchParams(location.search).get('conversation') ?? undefined
  const [{ data, isLoading, hasError }, sendMessage] = useAIConversation('chat', id ? { id } : {})
  return (
    <section aria-label="chat" id={data.conversation?.id}>
      {hasError && <p>Something went wrong</p>}
      <AIConversation
        allowAttachments
        messages={data.messages}
        isLoading={isLoading}
        handleSendMessage={sendMessage}
        aiContext={() => ({ page: 'chat' })}
        responseComponents={{
          Weather: {
            component: Weather,
            description: 'Shows the weather of a city',
            props: { city: { type: 'string', required: true } },
          },
        }}
      />
    </section>
  )
}

function Description() {
  const [{ data, isLoading, hasError }, generate] = useAIGeneration('describe')
  return (
    <section aria-label="description">
      <Button isLoading={isLoading} onClick={() => generate({ sku: 'x1' })}>
        Describe
      </Button>
      {hasError && <p>Something went wrong</p>}
      {data && <Heading level={2}>{data.title}</Heading>}
      {data?.bullets?.map((bullet) => (
        <p key={bullet}>{bullet}</p>
      ))}
    </section>
  )
}

const outputs = new URLSearchParams(location.search).get('outputs')
Amplify.configure(await (await fetch(outputs as string)).json())
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <Authenticator>
      <View padding="2rem">
        <Chat />
        <Description />
      </View>
    </Authenticator>
  </StrictMode>,
)
