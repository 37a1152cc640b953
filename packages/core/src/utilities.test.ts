import { afterEach, expect, test, vi } from 'vitest'
import { createAmplifyContext } from './amplifyContext.js'
import { type CacheConfig, StorageCache } from './cache.js'
import { createConfigurationBuilder } from './configurationBuilder.js'
import { Hub } from './hub.js'
import { I18n } from './i18n.js'
import { ConsoleLogger } from './logger.js'
import { ServiceWorker } from './serviceWorker.js'
import { createMemoryStorage } from './stores.js'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  vi.useRealTimers()
  ConsoleLogger.LOG_LEVEL = null
  delete (globalThis as any)[Symbol.for('backline.context')]
})

test('a listener that throws hurts nobody', () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {})
  const { events } = createAmplifyContext({})
  const heard: unknown[] = []
  events.listen('own', () => {
    throw new Error('mine')
  })
  events.listen('own', (capsule) => heard.push(capsule))
  events.dispatch('own', { event: 'greet', data: 1, message: 'hi' }, 'me')
  expect(heard).toEqual([
    { channel: 'own', payload: { event: 'greet', data: 1, message: 'hi' }, source: 'me', patternInfo: [] },
  ])
  expect(error).toHaveBeenCalledOnce()
})

test('a listener may stop itself, or another, while an event is told', () => {
  const { events } = createAmplifyContext({})
  const heard: string[] = []
  const stop = events.listen('own', () => {
    heard.push('first')
    stop()
  })
  events.listen('own', () => heard.push('second'))
  events.dispatch('own', { event: 'x' })
  events.dispatch('own', { event: 'x' })
  expect(heard).toEqual(['first', 'second', 'second'])
})

test('dispatching on a channel of the library warns, and still works', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  const heard: unknown[] = []
  Hub.listen('auth', ({ payload }) => heard.push(payload.event))
  Hub.dispatch('auth', { event: 'signedOut' })
  expect(heard).toEqual(['signedOut'])
  expect(warn).toHaveBeenCalledOnce()
})

test('listening without a callback is an error with a name', () => {
  expect(() => Hub.listen('auth', undefined as any)).toThrow(
    expect.objectContaining({ name: 'NoHubcallbackProvidedException' }),
  )
})

test('a logger writes from its level up', () => {
  const lines: unknown[][] = []
  for (const method of ['log', 'warn', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation((...line) => void lines.push([method, ...line]))
  }
  const logger = new ConsoleLogger('Mine')
  logger.debug('unheard')
  logger.info('unheard')
  logger.warn('careful')
  logger.error('bad', { code: 1 })
  ConsoleLogger.LOG_LEVEL = 'VERBOSE'
  logger.verbose({ all: true })
  ConsoleLogger.LOG_LEVEL = 'NONE'
  logger.error('unheard')
  expect(lines).toEqual([
    ['warn', expect.stringMatching(/^\[WARN\] \d\d:\d\d\.\d+ Mine - careful$/)],
    ['error', expect.stringMatching(/Mine - bad$/), { code: 1 }],
    ['log', expect.stringMatching(/^\[VERBOSE\]/), { all: true }],
  ])
})

test('a plugin of a logger gets what is written', () => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  const logs: unknown[] = []
  const logger = new ConsoleLogger('Mine')
  logger.addPluggable({
    getProviderName: () => 'own',
    getCategoryName: () => 'Logging',
    configure: () => ({}),
    pushLogs: (lines) => void logs.push(...lines),
  })
  logger.warn('careful')
  expect(logs).toEqual([{ message: expect.stringMatching(/careful$/), timestamp: expect.any(Number) }])
  expect(logger.listPluggables()).toHaveLength(1)
})

test('words come in the language, then in its family, then as given', () => {
  I18n.putVocabularies({ fr: { Hello: 'Bonjour', Bye: 'Au revoir' }, 'fr-CA': { Bye: 'Salut' } })
  I18n.setLanguage('fr-CA')
  expect([I18n.get('Bye'), I18n.get('Hello'), I18n.get('Thanks'), I18n.get('Thanks', 'Merci')]).toEqual([
    'Salut',
    'Bonjour',
    'Thanks',
    'Merci',
  ])
  I18n.putVocabulariesForLanguage('fr', { Thanks: 'Merci bien' })
  expect(I18n.get('Thanks')).toBe('Merci bien')
  expect(I18n.configure({ language: 'de' })).toEqual({ language: 'de' })
  expect(I18n.get('Hello')).toBe('Hello')
})

const cache = (config: Partial<CacheConfig> = {}) =>
  new StorageCache({ keyPrefix: 'test', storage: createMemoryStorage(), ...config })

test('a cache gives back what it was given, until its time is over', async () => {
  vi.useFakeTimers()
  const one = cache()
  await one.setItem('a', { deep: [1] })
  await one.setItem('b', 'short', { expires: Date.now() + 1000 })
  expect([await one.getItem('a'), await one.getItem('b'), await one.getItem('c')]).toEqual([
    { deep: [1] },
    'short',
    null,
  ])
  vi.advanceTimersByTime(1000)
  expect(await one.getItem('b')).toBeNull()
  expect(await one.getAllKeys()).toEqual(['a'])
  await one.removeItem('a')
  expect(await one.getCurrentCacheSize()).toBe(0)
})

test('a cache asks for what it does not have, once', async () => {
  const one = cache()
  const callback = vi.fn(() => 'made')
  expect([await one.getItem('a', { callback }), await one.getItem('a', { callback })]).toEqual([
    'made',
    'made',
  ])
  expect(callback).toHaveBeenCalledOnce()
})

test('a full cache lets go what matters least and was used longest ago', async () => {
  vi.useFakeTimers()
  const one = cache({ capacityInBytes: 1100, itemMaxSize: 600, warningThreshold: 1 })
  for (const [key, priority] of [
    ['important', 1],
    ['old', 5],
    ['used', 5],
    ['new', 5],
  ] as const) {
    await one.setItem(key, 'x'.repeat(150), { priority })
    vi.advanceTimersByTime(10)
    if (key === 'used') await one.getItem('old')
    vi.advanceTimersByTime(10)
  }
  expect((await one.getAllKeys()).sort()).toEqual(['important', 'new', 'old'])
  expect(await one.getCurrentCacheSize()).toBeLessThanOrEqual(1100)
})

test('what cannot be cached is refused with a word', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  const one = cache({ itemMaxSize: 300 })
  await one.setItem('', 1)
  await one.setItem('CurSize', 1)
  await one.setItem('a', undefined)
  await one.setItem('a', 1, { priority: 6 })
  await one.setItem('a', 'x'.repeat(400))
  expect(warn).toHaveBeenCalledTimes(5)
  expect(await one.getAllKeys()).toEqual([])
})

test('a configuration of a cache that makes no sense becomes the default', () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  expect(cache().configure({ warningThreshold: 7, capacityInBytes: 1e9, defaultPriority: 0 })).toMatchObject({
    warningThreshold: 0.8,
    capacityInBytes: 1_048_576,
    defaultPriority: 5,
    keyPrefix: 'test',
  })
})

test('a configuration is built from parts, and the parts stay as they were', () => {
  const base = { Storage: { S3: { bucket: 'a', region: 'r' } } }
  const config = createConfigurationBuilder({ from: base })
    .from({ version: '1', analytics: { amazon_pinpoint: { app_id: 'p', aws_region: 'r' } } })
    .patch('Storage', { S3: { bucket: 'b' } })
    .geo({ LocationService: { region: 'g' } })
    .build()
  expect(config).toEqual({
    Storage: { S3: { bucket: 'b', region: 'r' } },
    Analytics: { Pinpoint: { appId: 'p', region: 'r' } },
    Geo: { LocationService: { region: 'g' } },
  })
  expect(base.Storage.S3.bucket).toBe('a')
  expect(Object.isFrozen(config)).toBe(true)
  expect(
    createConfigurationBuilder()
      .from(createConfigurationBuilder({ from: base }))
      .build(),
  ).toEqual(base)
})

test('where there are no service workers, that is said by name', async () => {
  vi.stubGlobal('navigator', {})
  const worker = new ServiceWorker()
  await expect(worker.register()).rejects.toMatchObject({ name: 'Unavailable' })
  expect(() => worker.serviceWorker).toThrow(expect.objectContaining({ name: 'UndefinedInstance' }))
  await expect(worker.enablePush('key')).rejects.toMatchObject({ name: 'UndefinedRegistration' })
})

test('a service worker is registered, watched and spoken to', async () => {
  const listeners: (() => void)[] = []
  const sent: unknown[] = []
  const active = {
    state: 'activating',
    addEventListener: (_: string, listener: () => void) => listeners.push(listener),
    postMessage: (message: unknown) => sent.push(message),
  }
  vi.stubGlobal('navigator', { serviceWorker: { register: async () => ({ active }) } })
  const states: string[] = []
  const worker = new ServiceWorker()
  await worker.register('/sw.js', '/', { onStateChange: (state) => states.push(state) })
  active.state = 'activated'
  for (const listener of listeners) listener()
  worker.send({ hello: 1 })
  worker.send('text')
  expect(states).toEqual(['activating', 'activated'])
  expect(sent).toEqual(['{"hello":1}', 'text'])
  expect(worker.serviceWorker).toBe(active)
})
