import { defineLocal } from 'backline/backend'

/** What CDK makes on AWS: a map, a place index, a stream of events and a bot; and the messages that are shown in the app. */
defineLocal({
  geo: {
    maps: [{ name: 'world' }],
    placeIndexes: [{ name: 'towns' }],
  },
  kinesis: { streams: [{ name: 'trips' }] },
  pinpoint: {
    appId: 'trips',
    messages: [
      {
        CampaignId: 'after-booking',
        InAppMessage: {
          Layout: 'TOP_BANNER',
          Content: [
            {
              HeaderConfig: { Header: 'Have a good trip!' },
              BodyConfig: { Body: 'Who brings a friend along pays half.' },
            },
          ],
        },
        Schedule: { EventFilter: { Dimensions: { EventType: { Values: ['trip_booked'] } } } },
      },
    ],
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
