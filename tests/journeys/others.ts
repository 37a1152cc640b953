import { createAmplifyContext } from 'backline'
import { configureAutoTrack, eventCounts, flushEvents, identifyUser, record } from 'backline/analytics'
import * as kinesis from 'backline/analytics/kinesis'
import * as firehose from 'backline/analytics/kinesis-firehose'
import * as personalize from 'backline/analytics/personalize'
import {
  deleteGeofences,
  listGeofences,
  saveGeofences,
  searchByText,
  searchForSuggestions,
  transformRequest,
} from 'backline/geo'
import {
  dispatchEvent,
  type InAppMessage,
  initializeInAppMessaging,
  onMessageReceived,
  syncMessages,
} from 'backline/in-app-messaging'
import { onComplete, send } from 'backline/interactions'
import { equal, ok } from './asserts.js'
import type { Journey } from './stage.js'

export const recorded: Journey = {
  name: 'what a guest records arrives at each provider, also by itself and to an endpoint of the app, and brings a message up',
  async play({ outputs, control }) {
    const ctx = createAmplifyContext(outputs)
    const shown: InAppMessage[] = []
    initializeInAppMessaging(ctx)
    onMessageReceived((message) => shown.push(message), ctx)
    await syncMessages(ctx)
    const options = { streamName: 'clicks', partitionKey: 'p' }
    kinesis.configureAutoTrack({ enable: true, type: 'session', options }, ctx)
    kinesis.record({ ...options, data: { city: 'Žilina' } }, ctx)
    firehose.record({ streamName: 'archive', data: new TextEncoder().encode('a line\n') }, ctx)
    personalize.record({ eventType: 'Identify', properties: { userId: 'ada' } }, ctx)
    personalize.record({ eventType: 'view', properties: { itemId: 'book' } }, ctx)
    await identifyUser({ userId: 'ada', userProfile: { email: 'ada@example.com' } }, ctx)
    record({ name: 'opened', attributes: { page: 'cart' }, metrics: { items: 2 } }, ctx)
    configureAutoTrack({ enable: true, type: 'session' }, ctx)
    for (const flush of [flushEvents, kinesis.flushEvents, firehose.flushEvents, personalize.flushEvents])
      await flush(ctx)
    // A runtime's first call may have to be made again.
    const waits = () => Object.values(eventCounts(ctx)).some(({ waiting }) => waiting)
    for (let tries = 0; tries < 200 && waits(); tries++)
      await new Promise((resolve) => setTimeout(resolve, 50))
    const seen = (await control.events()).map(({ service, event }) => `${service} ${event}`)
    const named = (service: string, text: string) =>
      ok(
        seen.some((each) => each.startsWith(service) && each.includes(text)),
        `${service} has ${text}, among ${seen.join('; ')}`,
      )
    named('kinesis', '{"city":"Žilina"}')
    named('kinesis', '"_session.start"')
    named('firehose', 'a line')
    named('personalize', '"itemId":"book"')
    named('mobiletargeting', '"opened"')
    named('mobiletargeting', '"_session.start"')
    equal(seen.length, 7, 'how many events arrived')
    equal(
      shown.map(({ id, layout }) => [id, layout]),
      [['offer', 'MODAL']],
      'the messages that were brought up',
    )
    await dispatchEvent({ name: 'opened' }, ctx)
    equal(shown.length, 2, 'how often one was brought up in all')

    const posted: string[] = []
    const provider = {
      async send({ events }: { events: { name: string }[] }) {
        posted.push(...events.map(({ name }) => name))
      },
    }
    const own = createAmplifyContext(outputs, { Analytics: { provider } })
    record({ name: 'own' }, own)
    await flushEvents(own)
    equal(posted, ['own'], 'what the endpoint of the app got')
  },
}

export const guided: Journey = {
  name: 'a guest finds a town, keeps a geofence, loads a map and orders flowers from a bot',
  async play({ outputs }) {
    const ctx = createAmplifyContext(outputs)
    const [town] = await searchByText('san fran', { maxResults: 1 }, ctx)
    equal(town?.label, 'San Francisco, CA, USA', 'the town')
    const [suggestion] = await searchForSuggestions('osl', { maxResults: 1 }, ctx)
    equal(suggestion?.text, 'Oslo, NOR', 'the suggestion')

    const [lng, lat] = town!.geometry!.point
    const polygon: [number, number][][] = [
      [
        [lng, lat],
        [lng + 1, lat],
        [lng + 1, lat + 1],
        [lng, lat],
      ],
    ]
    const { successes, errors } = await saveGeofences(
      [
        { geofenceId: 'town', geometry: { polygon } },
        { geofenceId: 'clockwise', geometry: { polygon: [[...polygon[0]!].reverse()] } },
      ],
      {},
      ctx,
    )
    equal([successes.length, errors[0]?.geofenceId], [1, 'clockwise'], 'what was saved and what was not')
    equal((await listGeofences({}, ctx)).entries[0]?.geometry, { polygon }, 'the geofence')
    await deleteGeofences('town', {}, ctx)
    const { url } = await transformRequest('world', 'Style', ctx)
    equal((await fetch(url)).status, 200, 'the status of the style of the map')

    let completed: string | undefined
    onComplete({ botName: 'Florist', callback: (_, completion) => (completed = completion?.message) }, ctx)
    const asked = await send({ botName: 'Florist', message: 'order flowers' }, ctx)
    equal(asked.message, 'How many?', 'what the bot asks')
    const { message } = await send({ botName: 'Florist', message: 'seven' }, ctx)
    equal([message, completed], ['7 flowers.', '7 flowers.'], 'what the bot says at the end')
  },
}
