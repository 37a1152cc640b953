import { expect, test } from 'vitest'
import { createInbox, type Message } from './inbox.js'

const message = (to: string, code: string, channel: Message['channel'] = 'email'): Message => ({
  channel,
  to,
  code,
  subject: '',
  body: '',
  at: 0,
})

test('messages come in order, each one once', async () => {
  const inbox = createInbox()
  inbox.deliver(message('ada', '1'))
  inbox.deliver(message('bob', '2'))
  inbox.deliver(message('ada', '3', 'sms'))
  expect((await inbox.next({ to: 'ada' })).code).toBe('1')
  expect((await inbox.next({ channel: 'sms' })).code).toBe('3')
  expect((await inbox.next()).code).toBe('2')
  expect(inbox.all().map(({ code }) => code)).toEqual(['1', '2', '3'])
  await expect(inbox.next({ to: 'ada' }, { timeout: 1 })).rejects.toThrow('No message for ada within 1 ms.')
})

test('whoever waits gets the message that fits when it comes', async () => {
  const inbox = createInbox()
  const [bob, ada] = [inbox.next({ to: 'bob' }), inbox.next({ to: 'ADA' })]
  inbox.deliver(message('ada', '1'))
  inbox.deliver(message('bob', '2'))
  expect([(await ada).code, (await bob).code]).toEqual(['1', '2'])
})

test('waiting can be called off', async () => {
  const inbox = createInbox()
  const gone = new AbortController()
  const waiting = inbox.next({}, { signal: gone.signal })
  gone.abort()
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
  inbox.deliver(message('ada', '1'))
  expect((await inbox.next()).code).toBe('1')
})
