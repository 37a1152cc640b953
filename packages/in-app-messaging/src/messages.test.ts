import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GetEndpointCommand, PinpointClient } from '@aws-sdk/client-pinpoint'
import { createAmplifyContext } from '@backline/core'
import { createMemoryStore } from '@backline/core/internal'
import { expect, onTestFinished, test } from 'vitest'
import {
  clearMessages,
  dispatchEvent,
  httpsMessages,
  type InAppMessageCampaign,
  identifyUser,
  initializeInAppMessaging,
  notifyMessageInteraction,
  onMessageActionTaken,
  onMessageDismissed,
  onMessageDisplayed,
  onMessageReceived,
  setConflictHandler,
  syncMessages,
} from './index.js'
import { campaign, device, startStage } from './stage.fixture.js'

/** Which messages an event brings, each campaign being the only one. */
async function fitting(
  campaigns: InAppMessageCampaign[],
  event: Parameters<typeof dispatchEvent>[0],
  at?: Date,
) {
  const found: string[] = []
  for (const each of campaigns) {
    const { ctx, ids, setTime } = device({ campaigns: [each] })
    if (at) setTime(at)
    await syncMessages(ctx)
    await dispatchEvent(event, ctx)
    found.push(...ids())
  }
  return found
}

async function totalCounted(store: ReturnType<typeof device>['store']): Promise<unknown> {
  return JSON.parse((await store.getItem('pinpointProvider_inAppMessages_totalCount'))!)
}

test('a message is for events of its name, of one of its names, or of any but those', async () => {
  const type = (id: string, EventType?: object) =>
    campaign(id, { dimensions: { EventType: EventType as never } })
  const campaigns = [
    type('one', { Values: ['opened'] }),
    type('several', { DimensionType: 'INCLUSIVE', Values: ['closed', 'opened', 'opened'] }),
    type('but', { DimensionType: 'EXCLUSIVE', Values: ['closed'] }),
    type('none', { Values: [] }),
    type('untold'),
  ]
  expect(await fitting(campaigns, { name: 'opened' })).toEqual(['one', 'several', 'but'])
  expect(await fitting(campaigns, { name: 'closed' })).toEqual(['several'])
  expect(await fitting(campaigns, { name: 'constructor' })).toEqual(['but'])
})

test('attributes are compared as the dimension says', async () => {
  const by = (id: string, AttributeType: string | undefined, ...Values: string[]) =>
    campaign(id, { dimensions: { Attributes: { it: { AttributeType, Values } as never } } })
  const colours = [
    by('is', undefined, 'red', 'blue'),
    by('is not', 'EXCLUSIVE', 'red', 'green'),
    by('contains', 'CONTAINS', 'lu'),
    by('unknown', 'RHYMES', 'blue'),
  ]
  expect(await fitting(colours, { name: 'opened', attributes: { it: 'blue' } })).toEqual([
    'is',
    'is not',
    'contains',
  ])
  expect(await fitting(colours, { name: 'opened', attributes: { it: 'red' } })).toEqual(['is'])
  expect(await fitting(colours, { name: 'opened', attributes: { other: 'blue' } })).toEqual([])
  expect(await fitting(colours, { name: 'opened' })).toEqual([])
  const dates = [
    by('before', 'BEFORE', '2026-03-01'),
    by('after', 'AFTER', '2026-03-01'),
    by('on', 'ON', '2026-02-28T12:00'),
    by('between', 'BETWEEN', '2026-02-01', '2026-03-31'),
  ]
  const on = (it: string) => fitting(dates, { name: 'opened', attributes: { it } })
  expect(await on('2026-02-28T18:00')).toEqual(['before', 'on', 'between'])
  expect(await on('2026-04-01')).toEqual(['after'])
  expect(await on('yesterday')).toEqual([])
})

test('metrics are compared with every operator, nought included', async () => {
  const by = (ComparisonOperator: string, Value: number) =>
    campaign(`${ComparisonOperator} ${Value}`, {
      dimensions: { Metrics: { it: { ComparisonOperator, Value } as never } },
    })
  const operators = [
    'EQUAL',
    'GREATER_THAN',
    'GREATER_THAN_OR_EQUAL',
    'LESS_THAN',
    'LESS_THAN_OR_EQUAL',
    'NEAR',
  ]
  const campaigns = [0, 5].flatMap((value) => operators.map((each) => by(each, value)))
  const at = (it: number) => fitting(campaigns, { name: 'opened', metrics: { it } })
  expect(await at(0)).toEqual([
    ...['EQUAL 0', 'GREATER_THAN_OR_EQUAL 0', 'LESS_THAN_OR_EQUAL 0'],
    ...['LESS_THAN 5', 'LESS_THAN_OR_EQUAL 5'],
  ])
  expect(await at(5)).toEqual([
    ...['GREATER_THAN 0', 'GREATER_THAN_OR_EQUAL 0'],
    ...['EQUAL 5', 'GREATER_THAN_OR_EQUAL 5', 'LESS_THAN_OR_EQUAL 5'],
  ])
  expect(await fitting(campaigns, { name: 'opened' })).toEqual([])
})

test('a message ends with its campaign, and keeps quiet between two times of the day, midnight or not', async () => {
  const campaigns = [
    campaign('ended', { schedule: { EndDate: '2026-05-01T12:00:00' } }),
    campaign('running', { schedule: { EndDate: '2026-05-01T23:59:59' } }),
    campaign('day', { schedule: { QuietTime: { Start: '09:00', End: '17:30' } } }),
    campaign('night', { schedule: { QuietTime: { Start: '22:00', End: '06:00' } } }),
    campaign('nonsense', { schedule: { QuietTime: { Start: 'noon', End: '25:00' } } }),
  ]
  const at = (time: string) => fitting(campaigns, { name: 'opened' }, new Date(`2026-05-01T${time}`))
  expect(await at('11:59:00')).toEqual(['ended', 'running', 'night', 'nonsense'])
  expect(await at('17:30:00')).toEqual(['running', 'day', 'night', 'nonsense'])
  expect(await at('23:00:00')).toEqual(['running', 'day', 'nonsense'])
  expect(await at('03:05:00')).toEqual(['ended', 'running', 'day', 'nonsense'])
})

test('of several, the most important is shown; of equals the one that ends first, or that the app chooses', async () => {
  const { ctx, ids, given } = device({
    campaigns: [
      campaign('whenever'),
      campaign('late', { schedule: { EndDate: '2100-01-02' } }),
      campaign('soon', { schedule: { EndDate: '2100-01-01' } }),
    ],
  })
  await syncMessages(ctx)
  await dispatchEvent({ name: 'opened' }, ctx)
  expect(ids()).toEqual(['soon'])

  given.campaigns!.push(campaign('second', { Priority: 2 }), campaign('first', { Priority: 1 }))
  await syncMessages(ctx)
  await dispatchEvent({ name: 'opened' }, ctx)
  expect(ids()).toEqual(['first'])

  given.campaigns = [campaign('a'), campaign('b'), campaign('c')]
  await syncMessages(ctx)
  setConflictHandler((messages) => messages.at(-1)!, ctx)
  await dispatchEvent({ name: 'opened' }, ctx)
  expect(ids()).toEqual(['c'])
  setConflictHandler(() => undefined as never, ctx)
  await expect(dispatchEvent({ name: 'opened' }, ctx)).rejects.toMatchObject({
    name: 'InvalidConflictHandler',
  })
})

test('caps of a session, of a day and in all hold, also right after a message was shown and in the next life of the app', async () => {
  const campaigns = [campaign('only', { SessionCap: 2, DailyCap: 3, TotalCap: 4 })]
  const one = device({ campaigns })
  const day = new Date('2026-05-01T10:00')
  async function show({ ctx, received, ids }: typeof one) {
    await dispatchEvent({ name: 'opened' }, ctx)
    // Several at once, nobody waits: each counts.
    for (const message of received) notifyMessageInteraction({ type: 'messageDisplayed', message }, ctx)
    return ids().length
  }
  one.setTime(day)
  await syncMessages(one.ctx)
  expect([await show(one), await show(one), await show(one)]).toEqual([1, 1, 0])
  one.setVisible(false)
  expect(await show(one)).toBe(0)
  one.setVisible(true)
  expect([await show(one), await show(one)]).toEqual([1, 0])

  const next = device({ campaigns, store: one.store })
  next.setTime(day)
  expect(await show(next)).toBe(0)
  next.setTime(new Date('2026-05-02T00:00:01'))
  expect([await show(next), await show(next)]).toEqual([1, 0])
  // v6's own keys, so that counts survive a move.
  expect(await totalCounted(one.store)).toEqual({ only: 4 })
})

test('two tabs that show messages at one moment count both', async () => {
  const memory = createMemoryStore()
  // A store that other tabs get at between a read and a write.
  const store: typeof memory = {
    ...memory,
    async getItem(key) {
      await new Promise(setImmediate)
      return memory.getItem(key)
    },
  }
  let last: Promise<unknown> = Promise.resolve()
  const platform = {
    withLock<T>(_name: string, _patience: number, work: () => Promise<T>): Promise<T> {
      const mine = last.then(work)
      last = mine.catch(() => undefined)
      return mine
    },
  }
  const campaigns = [campaign('only', { TotalCap: 4, DailyCap: 4 })]
  const tabs = [1, 2].map(() => device({ campaigns, store, options: { platform } }))
  await syncMessages(tabs[0]!.ctx)
  for (const { ctx } of [...tabs, ...tabs]) await dispatchEvent({ name: 'opened' }, ctx)
  for (const { ctx, received } of tabs) {
    for (const message of received) notifyMessageInteraction({ type: 'messageDisplayed', message }, ctx)
  }
  // Each waits for what its own tab has to count, so after both all is counted.
  for (const { ctx, ids } of tabs) await dispatchEvent({ name: 'opened' }, ctx).then(ids)
  expect(await totalCounted(store)).toEqual({ only: 4 })
  for (const { ctx } of tabs) await dispatchEvent({ name: 'opened' }, ctx)
  expect(tabs.flatMap(({ ids }) => ids())).toEqual([])
})

test('what stands in the store and is no campaign is none, and hurts no event', async () => {
  const { ctx, store, ids } = device({ campaigns: [campaign('synced')] })
  const shown = async (text: string) => {
    await store.setItem('Pinpoint_inAppMessages', text)
    await dispatchEvent({ name: 'opened' }, ctx)
    return ids()
  }
  for (const nonsense of ['{"half', '', 'null', '7', '{"a":1}', '[null]', '[{"CampaignId":"x"}]'])
    expect(await shown(nonsense)).toEqual([])
  expect(await shown(JSON.stringify([{ CampaignId: 'x' }, campaign('whole')]))).toEqual(['whole'])
  await syncMessages(ctx)
  await dispatchEvent({ name: 'opened' }, ctx)
  expect(ids()).toEqual(['synced'])
})

test('a message has the shape that components show', async () => {
  const button = (Text: string) => ({
    DefaultConfig: {
      ButtonAction: 'LINK' as const,
      Text,
      Link: 'https://example.com',
      TextColor: '#fff',
      BorderRadius: 4,
    },
    Web: { Text: `${Text} on the web`, BackgroundColor: '#000' },
    IOS: { Text: `${Text} on iOS`, ButtonAction: 'DEEP_LINK' as const },
  })
  const InAppMessage: InAppMessageCampaign['InAppMessage'] = {
    Layout: 'MOBILE_FEED',
    Content: [
      {
        BackgroundColor: '#eee',
        HeaderConfig: { Header: 'Hello', TextColor: '#111', Alignment: 'CENTER' },
        BodyConfig: { Body: 'World', Alignment: 'RIGHT' },
        ImageUrl: 'https://example.com/cat.png',
        PrimaryBtn: button('More'),
        SecondaryBtn: { DefaultConfig: { ButtonAction: 'CLOSE', Text: 'Close' } },
      },
    ],
    CustomConfig: { shelf: 'books' },
  }
  const campaigns = [
    campaign('rich', { InAppMessage, Priority: 3, TreatmentId: 't', schedule: { EndDate: '2100-01-01' } }),
  ]
  const page = {
    url: () => 'http://localhost',
    replaceUrl() {},
    open: async () => undefined,
    onRestored() {},
  }
  const web = device({ campaigns, options: { platform: { page } } })
  const phone = device({ campaigns, options: { platform: { os: 'IOS' } } })
  for (const { ctx } of [web, phone]) {
    await syncMessages(ctx)
    await dispatchEvent({ name: 'opened' }, ctx)
  }
  expect(web.received).toEqual([
    {
      id: 'rich',
      layout: 'MODAL',
      content: [
        {
          container: { style: { backgroundColor: '#eee' } },
          header: { content: 'Hello', style: { color: '#111', textAlign: 'center' } },
          body: { content: 'World', style: { color: undefined, textAlign: 'right' } },
          image: { src: 'https://example.com/cat.png' },
          primaryButton: {
            ...{ title: 'More on the web', action: 'LINK', url: 'https://example.com' },
            style: { backgroundColor: '#000', borderRadius: 4, color: '#fff' },
          },
          secondaryButton: { title: 'Close', action: 'CLOSE', url: undefined, style: {} },
        },
      ],
      metadata: { customData: { shelf: 'books' }, endDate: '2100-01-01', priority: 3, treatmentId: 't' },
    },
  ])
  expect(phone.received[0]!.content[0]!.primaryButton).toMatchObject({
    title: 'More on iOS',
    action: 'DEEP_LINK',
  })
})

test.each([
  ['TOP_BANNER', 'TOP_BANNER'],
  ['MIDDLE_BANNER', 'MIDDLE_BANNER'],
  ['BOTTOM_BANNER', 'BOTTOM_BANNER'],
  ['CAROUSEL', 'CAROUSEL'],
  ['FULL_SCREEN', 'FULL_SCREEN'],
  ['MODAL', 'MODAL'],
  ['OVERLAYS', 'FULL_SCREEN'],
  ['MOBILE_FEED', 'MODAL'],
] as const)('the layout %s is shown as %s, with every part of it', async (Layout, layout) => {
  const parts = ['one', 'two']
  const Content = parts.map((Header) => ({ HeaderConfig: { Header } }))
  const { ctx, received } = device({ campaigns: [campaign('it', { InAppMessage: { Layout, Content } })] })
  await syncMessages(ctx)
  await dispatchEvent({ name: 'opened' }, ctx)
  expect(received[0]).toMatchObject({ layout, content: parts.map((content) => ({ header: { content } })) })
})

test('a sync takes the place of the last one, also when there is nothing any more; one that fails changes nothing', async () => {
  const { ctx, ids, given } = device({ campaigns: [campaign('old')] })
  const dispatched = async () => {
    await dispatchEvent({ name: 'opened' }, ctx)
    return ids()
  }
  await syncMessages(ctx)
  expect(await dispatched()).toEqual(['old'])
  given.campaigns = [campaign('new'), { CampaignId: 'x' } as never]
  await expect(syncMessages(ctx)).rejects.toMatchObject({
    name: 'InvalidMessages',
    message: 'The in-app messages cannot be read: list[1].InAppMessage.Content must be a list.',
  })
  expect(await dispatched()).toEqual(['old'])
  given.campaigns = [campaign('new')]
  await syncMessages(ctx)
  expect(await dispatched()).toEqual(['new'])
  given.campaigns = []
  await syncMessages(ctx)
  expect(await dispatched()).toEqual([])
  given.campaigns = [campaign('again')]
  await syncMessages(ctx)
  await clearMessages(ctx)
  expect(await dispatched()).toEqual([])
})

test('what analytics records shows messages; a listener that throws hurts nobody, and one that was removed hears nothing', async () => {
  const { ctx, received } = device({ campaigns: [campaign('it')] })
  await syncMessages(ctx)
  const first = onMessageReceived(() => received.push('removed' as never), ctx)
  first.remove()
  const shown = new Promise((resolve) => onMessageReceived(resolve, ctx))
  ctx.events.emit('analytics', 'record', { name: 'opened' })
  expect(await shown).toMatchObject({ id: 'it' })
  expect(received.map(({ id }) => id)).toEqual(['it'])
})

test('each of the four listeners hears of its own interaction, from the app or from us, until it is removed', async () => {
  const { ctx, ids } = device({ campaigns: [campaign('it')] })
  const heard: string[] = []
  const listeners = Object.entries({
    messageReceived: onMessageReceived,
    messageDisplayed: onMessageDisplayed,
    messageDismissed: onMessageDismissed,
    messageActionTaken: onMessageActionTaken,
  }).map(([type, on]) => [type, on(({ id }) => heard.push(`${type} ${id}`), ctx)] as const)
  await syncMessages(ctx)
  await dispatchEvent({ name: 'opened' }, ctx)
  expect(ids()).toEqual(['it'])
  expect(heard.splice(0)).toEqual(['messageReceived it'])
  const notify = () => {
    for (const [type] of listeners)
      notifyMessageInteraction(
        { type: type as 'messageReceived', message: { id: type, layout: 'MODAL', content: [] } },
        ctx,
      )
  }
  notify()
  expect(heard.splice(0)).toEqual(listeners.map(([type]) => `${type} ${type}`))
  for (const [, listener] of listeners) listener.remove()
  notify()
  expect(heard).toEqual([])
})

test('before it is initialized, and with nonsense, each function says what is missing', async () => {
  const ctx = createAmplifyContext({})
  await expect(syncMessages(ctx)).rejects.toMatchObject({
    name: 'NotInitialized',
    recoverySuggestion: 'Call initializeInAppMessaging() once, after Amplify.configure().',
  })
  expect(() => onMessageReceived(() => {}, ctx)).toThrow('has not been initialized')
  initializeInAppMessaging(ctx)
  initializeInAppMessaging(ctx)
  await expect(syncMessages(ctx)).rejects.toMatchObject({
    name: 'NoAppId',
    message: expect.stringContaining('Notifications.InAppMessaging.Pinpoint.appId'),
  })
  await expect(dispatchEvent({} as never, ctx)).rejects.toMatchObject({ name: 'InvalidEvent' })
  await expect(identifyUser({ userId: '' }, ctx)).rejects.toMatchObject({ name: 'InvalidUser' })
  const message = { id: 'x', layout: 'MODAL' as const, content: [] }
  expect(() => notifyMessageInteraction({ type: 'seen' as never, message }, ctx)).toThrow(
    "'seen' is none of messageReceived",
  )
  expect(() => notifyMessageInteraction({ type: 'messageDisplayed' } as never, ctx)).toThrow(
    'needs the message',
  )
})

test('over the Pinpoint wire: messages of the sandbox are synced, the user is known, what became of a message is told', async () => {
  const sandbox = await startStage([
    campaign('shown'),
    campaign('over', { schedule: { EndDate: '2020-01-01' } }),
  ])
  onTestFinished(() => sandbox.stop())
  const { ctx, received, heard } = device({ outputs: sandbox.outputs })
  await syncMessages(ctx)
  await identifyUser(
    {
      userId: 'ada',
      userProfile: {
        ...{ plan: 'premium', name: 'Ada', email: 'ada@example.com', metrics: { visits: 3 } },
        customProperties: { hobbies: ['chess'] },
        demographic: { locale: 'en_GB', make: 'Apple' },
        location: { city: 'Leipzig', postalCode: '04109' },
      },
      options: { optOut: 'NONE', address: 'token', userAttributes: { roles: ['admin'] } },
    },
    ctx,
  )
  await dispatchEvent({ name: 'opened' }, ctx)
  expect(received.map(({ id }) => id)).toEqual(['shown'])
  for (const type of [
    'messageReceived',
    'messageDisplayed',
    'messageActionTaken',
    'messageDismissed',
  ] as const)
    notifyMessageInteraction({ type, message: received[0]! }, ctx)
  const told = () => sandbox.received('mobiletargeting').map(({ event }: any) => event)
  await expect.poll(() => told().length).toBe(3)
  expect(told()).toMatchObject([
    {
      EventType: '_inapp.message_displayed',
      Attributes: { campaign_id: 'shown', delivery_type: 'IN_APP_MESSAGE' },
    },
    { EventType: '_inapp.message_clicked' },
    { EventType: '_inapp.message_dismissed' },
  ])
  expect(heard).toEqual([])

  const sdk = new PinpointClient({
    ...{ region: 'us-east-1', endpoint: sandbox.url },
    credentials: { ...sandbox.credentials },
  })
  onTestFinished(() => sdk.destroy())
  const { endpoint: EndpointId } = told()[0]
  const { EndpointResponse } = await sdk.send(new GetEndpointCommand({ ApplicationId: 'app', EndpointId }))
  expect(EndpointResponse).toMatchObject({
    ...{ ChannelType: 'IN_APP', OptOut: 'NONE', Address: 'token' },
    User: { UserId: 'ada', UserAttributes: { roles: ['admin'] } },
    Attributes: { plan: ['premium'], name: ['Ada'], email: ['ada@example.com'], hobbies: ['chess'] },
    Metrics: { visits: 3 },
    Demographic: { Locale: 'en_GB', Make: 'Apple' },
    Location: { City: 'Leipzig', PostalCode: '04109' },
  })
})

test('what cannot be told while the network is gone is told when it is back, once', async () => {
  const sandbox = await startStage([campaign('it')])
  onTestFinished(() => sandbox.stop())
  let isCut = false
  const cut = async (input: string | URL | Request, init?: RequestInit) => {
    if (isCut) throw new TypeError('network')
    return fetch(input, init)
  }
  const { ctx, received, setOnline } = device({
    outputs: sandbox.outputs,
    options: { platform: { fetch: cut } },
  })
  await syncMessages(ctx)
  await dispatchEvent({ name: 'opened' }, ctx)
  isCut = true
  notifyMessageInteraction({ type: 'messageDisplayed', message: received[0]! }, ctx)
  await expect(syncMessages(ctx)).rejects.toMatchObject({ name: 'NetworkError' })
  expect(sandbox.received('mobiletargeting')).toEqual([])
  isCut = false
  setOnline(true)
  setOnline(true)
  await expect.poll(() => sandbox.received('mobiletargeting').length).toBe(1)
  await syncMessages(ctx)
  expect(sandbox.received('mobiletargeting')).toHaveLength(1)
})

test('messages come from a document as well, and a document that is none says so', async () => {
  const sandbox = await startStage([campaign('filed')])
  onTestFinished(() => sandbox.stop())
  let body = '<html>'
  let status = 200
  const server = createServer((_, answer) => answer.writeHead(status).end(body))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const from = async (url: string) => {
    const provider = httpsMessages({ url, headers: () => ({ 'x-token': 't' }) })
    const { ctx, ids } = device({ options: { Notifications: { InAppMessaging: { provider } } } })
    await syncMessages(ctx)
    await dispatchEvent({ name: 'opened' }, ctx)
    return ids()
  }
  expect(await from(`${sandbox.url}/in-app-messages.json`)).toEqual(['filed'])
  const { port } = server.address() as AddressInfo
  const own = `http://127.0.0.1:${port}/messages.json`
  await expect(from(own)).rejects.toMatchObject({ name: 'InvalidMessages' })
  body = '"text"'
  await expect(from(own)).rejects.toMatchObject({
    message: expect.stringContaining('must be a list of campaigns'),
  })
  body = JSON.stringify([campaign('bare')])
  expect(await from(own)).toEqual(['bare'])
  status = 404
  await expect(from(own)).rejects.toMatchObject({ name: 'EndpointRefused', status: 404 })
  await expect(from('http://127.0.0.1:1/')).rejects.toMatchObject({ name: 'NetworkError' })
})

test('a sandbox refuses campaigns that nobody could show', async () => {
  await expect(startStage([{ CampaignId: 'a' }])).rejects.toThrow(
    'defineLocal: pinpoint.messages[0].InAppMessage.Layout must be a text.',
  )
  await expect(startStage([campaign('a'), campaign('a')])).rejects.toThrow(
    "CampaignId 'a' is another campaign's",
  )
})
