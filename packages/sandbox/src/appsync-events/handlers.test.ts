import { expect, test } from 'vitest'
import { MODES, start, texts } from './backends.fixture.js'

// `onPublish` and `onSubscribe` of namespaces, on the service's wire.

test('a namespace that is written as code decides who hears what', async () => {
  const code = `import { util } from '@aws-appsync/utils'
export function onPublish(ctx) {
  if (ctx.info.channel.segments[1] === 'closed') util.unauthorized()
  if (ctx.info.channel.path === '/default/broken') util.error('Not today.', 'Holiday')
  console.log(ctx.info.operation + ' on ' + ctx.info.channelNamespace.name)
  return ctx.events
    .filter(({ payload }) => payload !== 'dropped')
    .map((event) => (event.payload === 'wrong' ? { ...event, error: 'No such word.' } : { ...event, payload: { said: event.payload, by: ctx.identity?.username ?? 'a key' } }))
}
export function onSubscribe(ctx) {
  if (ctx.info.channel.path === '/default/private/*') util.unauthorized()
}`
  const source = MODES.replace(
    "name: 'default' })",
    `name: 'default', codeHandlers: ${JSON.stringify(code).replaceAll('`', '\\`').replaceAll('${', '\\${')} })`,
  )
  const { publish, connect, withKey } = await start(source)
  const client = await connect(withKey)
  client.subscribe('room', '/default/room')
  await client.next('subscribe_success', 'room')
  client.subscribe('private', '/default/private/*')
  expect(await client.next('subscribe_error', 'private')).toMatchObject({
    errors: [{ errorType: 'UnauthorizedException' }],
  })

  const { body } = await publish(
    { channel: '/default/room', events: texts('one', 'dropped', 'wrong', 'two') },
    withKey,
  )
  expect(body).toEqual({
    successful: [0, 1, 3].map((index) => ({ identifier: expect.any(String), index })),
    failed: [
      { identifier: expect.any(String), index: 2, code: expect.any(Number), message: 'No such word.' },
    ],
  })
  for (const said of ['one', 'two'])
    expect(JSON.parse(String((await client.next('data', 'room')).event))).toEqual({ said, by: 'a key' })

  expect(await publish({ channel: '/default/closed', events: texts(1) }, withKey)).toMatchObject({
    status: 403,
    body: { errors: [{ errorType: 'UnauthorizedException' }] },
  })
  expect(await publish({ channel: '/default/broken', events: texts(1) }, withKey)).toMatchObject({
    status: 403,
    body: { errors: [{ errorType: 'Holiday', message: 'Not today.' }] },
  })
})

test('code may tell everybody nothing, and refuses over the WebSocket in its own words', async () => {
  const code = `import { util } from '@aws-appsync/utils'
export const onPublish = (ctx) => (ctx.info.channel.segments[1] === 'silent' ? null : util.error('Not today.', 'Holiday'))`
  const { connect, withKey } = await start(
    MODES.replace("name: 'default' })", `name: 'default', codeHandlers: ${JSON.stringify(code)} })`),
  )
  const client = await connect(withKey)
  client.subscribe('all', '/default/*')
  await client.next('subscribe_success', 'all')
  const publish = (id: string, channel: string) =>
    client.send({ type: 'publish', id, channel, events: texts(1), authorization: withKey })
  publish('silent', '/default/silent')
  expect(await client.next('publish_success', 'silent')).toMatchObject({
    successful: [{ index: 0 }],
    failed: [],
  })
  publish('loud', '/default/loud')
  expect(await client.next('publish_error', 'loud')).toMatchObject({
    errors: [{ errorType: 'Holiday', message: 'Not today.' }],
  })
  expect(client.received.filter(({ type }) => type === 'data')).toEqual([])
})

test('code may be a file beside the backend, with what it imports', async () => {
  const source = MODES.replace(
    "name: 'default' })",
    "name: 'default' })\nnew ChannelNamespace(stack, 'Files', { api, channelNamespaceName: 'files', code: Code.fromAsset(join(import.meta.dirname, 'events/files.js')) })",
  ).replace('{ AuthorizationType,', '{ AuthorizationType, ChannelNamespace, Code,')
  const { publish, connect, withKey } = await start(`import { join } from 'node:path'\n${source}`, {
    'amplify/events/files.js':
      "import { shout } from './shout.js'\nexport const onPublish = (ctx) => ctx.events.map(({ id, payload }) => ({ id, payload: shout(payload) }))",
    'amplify/events/shout.js': 'export const shout = (text) => text.toUpperCase()',
  })
  const client = await connect(withKey)
  client.subscribe('all', '/files/*')
  await client.next('subscribe_success', 'all')
  await publish({ channel: '/files/one', events: texts('hello') }, withKey)
  expect(await client.next('data', 'all')).toMatchObject({ event: '"HELLO"' })
})

test.each([
  [
    "codeS3Location: 's3://bucket/code.js'",
    /namespace 'default' has its code in a bucket \(codeS3Location\)/,
  ],
  [
    "code: Code.fromAsset('/nowhere/code.js')",
    /namespace default: The resolver \/nowhere\/code\.js does not exist/,
  ],
  ['code: 3', /namespace 'default': its code must be Code\.fromInline\(…\) or Code\.fromAsset\(…\)/],
])('code that is out of reach is refused when the folder is loaded: %s', async (props, message) => {
  const source = MODES.replace("name: 'default' })", `name: 'default', ${props} })`)
  await expect(start(source.replace('{ AuthorizationType,', '{ AuthorizationType, Code,'))).rejects.toThrow(
    message,
  )
})

test('code that cannot be read, or answers to nothing, is said when the folder is loaded', async () => {
  const withCode = (code: string) =>
    start(MODES.replace("name: 'default' })", `name: 'default', codeHandlers: ${JSON.stringify(code)} })`))
  await expect(withCode('export function onPublish(ctx) {')).rejects.toThrow(
    /namespace default.*cannot be read/s,
  )
  await expect(withCode('export const onpublish = 1')).rejects.toThrow(
    /default exports neither onPublish nor onSubscribe/,
  )
})
