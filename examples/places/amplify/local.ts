import { defineLocal } from 'backline/backend'

/** What CDK makes on AWS: a map, a place index and a bot. */
defineLocal({
  geo: {
    maps: [{ name: 'world' }],
    placeIndexes: [{ name: 'towns' }],
  },
  lex: {
    bots: [
      {
        name: 'TripBot',
        fallback: 'I only book hotels. Say “book a hotel in Oslo”.',
        slotTypes: [{ name: 'Room', values: ['single', { value: 'double', synonyms: ['twin', 'for two'] }] }],
        intents: [
          {
            name: 'BookHotel',
            sampleUtterances: ['book a hotel', 'book a hotel in {City}', 'I need a {Room} room in {City}'],
            slots: [
              { name: 'City', type: 'AMAZON.City', prompt: 'In which town?' },
              { name: 'CheckIn', type: 'AMAZON.Date', prompt: 'From which day on?' },
              { name: 'Nights', type: 'AMAZON.Number', prompt: 'For how many nights?' },
              { name: 'Room', type: 'Room', prompt: 'A single room or a double?' },
            ],
            confirmation: {
              prompt: 'A {Room} room in {City} from {CheckIn} on, for {Nights} nights. Shall I book it?',
              declined: 'Then I have booked nothing.',
            },
            fulfillment: ({ sessionState: { intent } }) => ({
              sessionState: { intent: { state: 'Fulfilled' } },
              messages: [
                {
                  contentType: 'PlainText',
                  content: `Booked. ${intent.slots.City?.value.interpretedValue} is looking forward to you.`,
                },
              ],
            }),
          },
        ],
      },
    ],
  },
})
