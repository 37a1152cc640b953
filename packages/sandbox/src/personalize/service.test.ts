import { PersonalizeEventsClient, PutEventsCommand } from '@aws-sdk/client-personalize-events'
import { expect, onTestFinished, test } from 'vitest'
import { startLocal } from '../events.fixture.js'

async function start(access?: 'authenticated'[]) {
  const { sandbox, guest } = await startLocal({ personalize: { trackingId: 'tracker', access } })
  const sdk = new PersonalizeEventsClient(guest)
  onTestFinished(() => sdk.destroy())
  const put = (eventList: object[], more: object = {}) =>
    sdk.send(
      new PutEventsCommand({
        ...{ trackingId: 'tracker', sessionId: 's', eventList: eventList as never },
        ...more,
      }),
    )
  return { sandbox, put }
}

const view = { eventType: 'view', sentAt: new Date(1_750_000_000_000), eventId: 'e1' }

test('events of a session are taken with what is known of the user', async () => {
  const { sandbox, put } = await start()
  await put([{ ...view, properties: JSON.stringify({ itemId: 'book' }) }], { userId: 'ada' })
  expect(sandbox.received('personalize').map(({ event }) => event)).toEqual([
    {
      ...{ trackingId: 'tracker', sessionId: 's', userId: 'ada' },
      ...{ eventType: 'view', eventId: 'e1', sentAt: 1_750_000_000, properties: { itemId: 'book' } },
    },
  ])
  await sandbox.reset()
  expect(sandbox.received('personalize')).toEqual([])
})

test.for<[string, object[], object?]>([
  ['from 1 to 10', Array.from({ length: 11 }, () => view)],
  ['tracking id', [view], { trackingId: 'other' }],
  ['sessionId', [view], { sessionId: undefined }],
  ['1 to 1024', [{ ...view, properties: JSON.stringify({ text: 'x'.repeat(1024) }) }]],
  ['not JSON', [{ ...view, properties: '{' }]],
  ['eventType', [{ ...view, eventType: 'x'.repeat(257) }]],
])('what the service does not take is refused: %s', async ([message, events, more]) => {
  const { put } = await start()
  await expect(put(events, more)).rejects.toMatchObject({
    name: 'InvalidInputException',
    message: expect.stringContaining(message),
  })
})

test.for<[number, string]>([
  [429, 'ThrottlingException'],
  [400, 'InvalidInputException'],
  [503, 'ServiceUnavailableException'],
])('an ordered %i is %s, and nothing is taken', async ([status, name]) => {
  const { sandbox, put } = await start()
  sandbox.failNext({ service: 'personalize', status })
  await expect(put([view])).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status } })
  expect(sandbox.received('personalize')).toEqual([])
})

test('a role that is not named may not put', async () => {
  const { put } = await start(['authenticated'])
  await expect(put([view])).rejects.toMatchObject({ name: 'AccessDeniedException' })
})
