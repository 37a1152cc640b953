import { type BotProps, defineAuth, defineBackend, defineLocal } from '@backline/schema/backend'
import { startSandbox } from '../sandbox.js'

// For tests of this folder only: a bot that books hotels, and what every SDK client of it is given.

export const tripBot = (fulfillment?: BotProps['intents'][number]['fulfillment']): BotProps => ({
  name: 'TripBot',
  fallback: 'Sorry, I can only book hotels and tell the weather.',
  slotTypes: [{ name: 'Room', values: ['single', { value: 'double', synonyms: ['twin', 'for two'] }] }],
  intents: [
    {
      name: 'BookHotel',
      sampleUtterances: [
        'book a hotel',
        'book a hotel in {City}',
        'I need a {Room} room in {City} for {Nights} nights',
      ],
      slots: [
        { name: 'City', type: 'AMAZON.City', prompt: 'In which city?' },
        { name: 'CheckIn', type: 'AMAZON.Date', prompt: 'From which day on, in {City}?' },
        { name: 'Nights', type: 'AMAZON.Number', prompt: 'For how many nights?' },
        { name: 'Room', type: 'Room', prompt: 'Which kind of room: single or double?' },
        { name: 'Note', type: 'AMAZON.FreeFormInput', prompt: 'Anything else?', required: false },
      ],
      confirmation: {
        prompt: 'A {Room} room in {City} from {CheckIn} on for {Nights} nights. Shall I book it?',
        declined: 'Then I have booked nothing.',
      },
      closing: 'Booked. See you in {City}, [name]!',
      ...(fulfillment && { fulfillment }),
    },
    {
      name: 'Weather',
      sampleUtterances: ['what is the weather', 'will it rain'],
      closing: 'Sunny, as always.',
    },
  ],
})

export async function startLex(fulfillment?: BotProps['intents'][number]['fulfillment']) {
  const bot = tripBot(fulfillment)
  const sandbox = await startSandbox({
    backend: defineBackend({
      auth: defineAuth({ loginWith: { email: true } }),
      local: defineLocal({ lex: { bots: [bot] } }),
    }),
  })
  const { interactions } = sandbox.outputs.custom as {
    interactions: { LexV2: Record<string, { botId: string; aliasId: string; localeId: string }> }
  }
  const { botId, aliasId, localeId } = interactions.LexV2.TripBot!
  return {
    sandbox,
    bot: { botId, botAliasId: aliasId, localeId },
    options: { region: 'us-east-1', endpoint: sandbox.url, credentials: sandbox.credentials, maxAttempts: 1 },
  }
}
