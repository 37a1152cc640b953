import {
  GetEndpointCommand,
  GetInAppMessagesCommand,
  PinpointClient,
  PutEventsCommand,
  UpdateEndpointCommand,
} from '@aws-sdk/client-pinpoint'
import { expect, onTestFinished, test } from 'vitest'
import { startLocal } from '../events.fixture.js'

const ApplicationId = 'app'

async function start() {
  const { sandbox, root, guest } = await startLocal({ pinpoint: { appId: ApplicationId } })
  const clients = { root: new PinpointClient(root), guest: new PinpointClient(guest) }
  onTestFinished(() => {
    clients.root.destroy()
    clients.guest.destroy()
  })
  const update = (EndpointId: string, EndpointRequest: object) =>
    clients.guest.send(new UpdateEndpointCommand({ ApplicationId, EndpointId, EndpointRequest }))
  const put = async (Events: Record<string, object>) =>
    (
      await clients.guest.send(
        new PutEventsCommand({
          ApplicationId,
          EventsRequest: { BatchItem: { phone: { Endpoint: {}, Events: Events as never } } },
        }),
      )
    ).EventsResponse!.Results!.phone!.EventsItemResponse!
  const endpoint = async (EndpointId: string) =>
    (await clients.root.send(new GetEndpointCommand({ ApplicationId, EndpointId }))).EndpointResponse
  return { sandbox, ...clients, update, put, endpoint }
}

const event = { EventType: 'click', Timestamp: new Date().toISOString() }

test('each event of a batch is answered for itself', async () => {
  const { sandbox, put } = await start()
  const results = await put({
    good: { ...event, Attributes: { page: 'home' }, Metrics: { ms: 3 } },
    nameless: { ...event, EventType: undefined },
    late: { ...event, Timestamp: 'yesterday' },
    long: { ...event, Attributes: { page: 'x'.repeat(201) } },
    large: { ...event, Session: { Id: 'x'.repeat(1_100_000), StartTimestamp: event.Timestamp } },
    many: { ...event, Metrics: Object.fromEntries(Array.from({ length: 41 }, (_, n) => [`m${n}`, n])) },
  })
  expect(Object.entries(results).map(([id, { StatusCode }]) => [id, StatusCode])).toEqual([
    ['good', 202],
    ['nameless', 400],
    ['late', 400],
    ['long', 400],
    ['large', 400],
    ['many', 400],
  ])
  expect(sandbox.received('mobiletargeting')).toMatchObject([
    {
      event: { app: 'app', endpoint: 'phone', id: 'good', EventType: 'click', Attributes: { page: 'home' } },
    },
  ])
})

test('a batch that is ordered to fail in part says which events', async () => {
  const { sandbox, put } = await start()
  sandbox.failNext({ service: 'mobiletargeting', records: 1 })
  const results = await put({ a: event, b: event })
  expect([results.a!.StatusCode, results.b!.StatusCode]).toEqual([429, 202])
})

test('a call takes a hundred events and four megabytes', async () => {
  const { put } = await start()
  const many = (count: number, more: object = {}) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`e${n}`, { ...event, ...more }]))
  expect(Object.keys(await put(many(100)))).toHaveLength(100)
  await expect(put(many(101))).rejects.toMatchObject({ name: 'BadRequestException' })
  await expect(put(many(5, { Session: { Id: 'x'.repeat(900_000) } }))).rejects.toMatchObject({
    ...{ name: 'PayloadTooLargeException', $metadata: { httpStatusCode: 413 } },
  })
})

test.for<[number, string]>([
  [429, 'TooManyRequestsException'],
  [500, 'InternalServerErrorException'],
])('an ordered %i is %s', async ([status, name]) => {
  const { sandbox, put } = await start()
  sandbox.failNext({ service: 'mobiletargeting', status })
  await expect(put({ a: event })).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status } })
})

test('an endpoint keeps what a later update does not name, and only administrators read it', async () => {
  const { guest, update, endpoint } = await start()
  await update('phone', { Attributes: { hobby: ['chess'] }, User: { UserId: 'ada' } })
  await update('phone', { Location: { City: 'Leipzig' } })
  expect(await endpoint('phone')).toMatchObject({
    ...{ Attributes: { hobby: ['chess'] }, Location: { City: 'Leipzig' }, User: { UserId: 'ada' } },
    ...{ ApplicationId, Id: 'phone' },
  })
  await expect(endpoint('none')).rejects.toMatchObject({ name: 'NotFoundException' })
  await expect(
    guest.send(new GetEndpointCommand({ ApplicationId, EndpointId: 'phone' })),
  ).rejects.toMatchObject({ name: 'ForbiddenException' })
})

test('a user has 15 endpoints: a 16th is refused, or takes the place of the oldest that can be pushed to', async () => {
  const { update, endpoint } = await start()
  const User = { UserId: 'ada' }
  for (let n = 0; n < 15; n++) await update(`e${n}`, { ChannelType: n === 3 ? 'GCM' : 'IN_APP', User })
  await expect(update('e15', { ChannelType: 'IN_APP', User })).rejects.toMatchObject({
    ...{ name: 'BadRequestException', message: 'Exceeded maximum endpoint per user count 15' },
  })
  await update('e14', { ChannelType: 'IN_APP', User })
  await update('e16', { ChannelType: 'APNS', User })
  expect(await endpoint('e3')).toMatchObject({ EndpointStatus: 'INACTIVE' })
})

test('an application that is not served is not found, and has no messages', async () => {
  const { guest } = await start()
  const messages = (app: string) =>
    guest.send(new GetInAppMessagesCommand({ ApplicationId: app, EndpointId: 'phone' }))
  await expect(messages('other')).rejects.toMatchObject({ name: 'NotFoundException' })
  expect((await messages('app')).InAppMessagesResponse).toEqual({ InAppMessageCampaigns: [] })
})
