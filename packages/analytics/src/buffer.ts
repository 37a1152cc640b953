import { type AmplifyError, type Context, changedContext, perContext } from '@backline/core/internal'
import { type Journal, openJournal } from '@backline/core/journal'
import { livePlatform } from '@backline/core/livePlatform'
import { AnalyticsError } from './errors.js'
import { drain, type Lane, type Ledger, sendSome } from './lane.js'
import type { Outlet, Row, Settings } from './outlet.js'
import { greet, type Owner, onOwnerChange, ownerOf } from './owner.js'

// One buffer for every provider. `record` only writes down; everything that takes time comes later. Rows are kept on the device from the
// end of the task that recorded them until the service has taken them, so each is delivered at least once.

/** What has become of the events of one provider since the program began. */
export interface EventCounts {
  recorded: number
  delivered: number
  /** Of those recorded, written to the device: from here on a page that is killed loses them no more. Stays 0 where nothing outlives the program. */
  kept: number
  /** Not yet delivered. */
  waiting: number
  /** Refused because the buffer was full. */
  overflowed: number
  /** Refused by the service for good. */
  dropped: number
}

/** Rows that were recorded together and share a place on the device. */
interface Page {
  key: number
  rows: KeptRow[]
  /** How many have not been delivered. */
  left: number
}
type KeptRow = [to: string, owner: string, id: string, key: string, data: string]

interface BufferedRow extends Row {
  page?: Page
}

interface Buffer {
  readonly outlet: Outlet
  readonly counts: EventCounts
  readonly lanes: Map<string, Lane>
  /** The lane of the last event. */
  latest?: Lane
  settings?: Required<Settings> & { written: Settings }
  readonly journal: Journal<KeptRow[]> | undefined
  readonly ledger: Ledger
  /** The page that is being filled. */
  page?: Page
  pages: number
  /** In front of the numbers of this life's rows. */
  readonly life: string
  /** Characters that wait. */
  size: number
  isOnline: boolean
  /** Has a lane failed, or is there no network? Then `bufferSize` counts. */
  isStuck: boolean
  /** Rows of lives before have been taken over. */
  restored: Promise<void>
}

/** Characters in memory, whatever `bufferSize` says: about what a tab can spare. */
const MOST = 64 * 1024 * 1024
const PAGE = 1000
/** Bytes that may be under way when a page closes, before base64: https://fetch.spec.whatwg.org/#http-network-or-cache-fetch */
const FAREWELL = 40_000

/** Every buffer of a context, by the outlet's name. */
const buffers = /* @__PURE__ */ perContext('analytics.buffers', () => new Map<string, Buffer>())

/** Writes an event down. @throws {AnalyticsError} `InvalidFlushSize` */
export function append(ctx: Context, outlet: Outlet, to: string, key: string, data: string): void {
  const buffer = bufferOf(ctx, outlet)
  const { bufferSize, flushSize, flushInterval } = settingsOf(ctx, buffer)
  const { counts, life } = buffer
  counts.recorded++
  if (buffer.size + data.length > MOST || (buffer.isStuck && counts.waiting >= bufferSize)) {
    counts.overflowed++
    ctx.events.emit('analytics', 'overflow', { provider: outlet.name, overflowed: counts.overflowed })
    return
  }
  const row: BufferedRow = { id: counts.recorded, key, data }
  const owner = ownerOf(ctx)
  // One stream after another is seldom: its lane is looked up once.
  let lane = buffer.latest
  if (lane?.to !== to || lane.owner !== owner) lane = buffer.latest = laneOf(ctx, buffer, to, owner)
  if (buffer.journal) keep(ctx, buffer, row, [to, owner.name, life + counts.recorded, key, data])
  add(buffer, lane, row)
  schedule(ctx, buffer, lane, lane.rows.length >= flushSize ? 0 : flushInterval)
}

/** Sends what waits. Resolves when it has been delivered, or a call has failed; it is tried again by itself then. */
export async function flush(ctx: Context, outlet: Outlet): Promise<void> {
  const buffer = bufferOf(ctx, outlet)
  await buffer.restored
  await Promise.all([...buffer.lanes.values()].map((lane) => drain(ctx, lane, buffer.ledger)))
}

export function countsOf(ctx: Context): Record<string, EventCounts> {
  return Object.fromEntries([...buffers(ctx)].map(([name, { counts }]) => [name, { ...counts }]))
}

/** Settings as they are now, worked out again only where they are others. @throws {AnalyticsError} `InvalidFlushSize` */
function settingsOf(ctx: Context, buffer: Buffer): Required<Settings> {
  const { outlet, settings } = buffer
  const written = outlet.settings(ctx)
  if (settings?.written === written) return settings
  const { bufferSize = 1000, flushInterval = 5000, resendLimit = 5 } = written
  const { flushSize = Math.min(outlet.flushSize ?? 100, bufferSize) } = written
  if (flushSize > bufferSize) {
    throw new AnalyticsError(
      'InvalidFlushSize',
      `${outlet.name}: flushSize ${flushSize} is larger than bufferSize ${bufferSize}.`,
      { recoverySuggestion: 'Configure a flushSize of at most bufferSize.' },
    )
  }
  buffer.settings = { written, bufferSize, flushSize, flushInterval, resendLimit }
  return buffer.settings
}

function bufferOf(ctx: Context, outlet: Outlet): Buffer {
  const all = buffers(ctx)
  let buffer = all.get(outlet.name)
  if (!buffer) all.set(outlet.name, (buffer = open(ctx, outlet)))
  return buffer
}

function open(ctx: Context, outlet: Outlet): Buffer {
  const platform = livePlatform(ctx)
  const buffer: Buffer = {
    ...{ outlet, lanes: new Map(), pages: 0, size: 0, isStuck: false, isOnline: platform.isOnline() },
    counts: { recorded: 0, delivered: 0, kept: 0, waiting: 0, overflowed: 0, dropped: 0 },
    life: `${[...platform.randomBytes(9)].map((byte) => byte.toString(36)).join('')}-`,
    journal: openJournal(ctx, `backline ${outlet.name} ${outlet.place(ctx)}`),
    ledger: {
      get resendLimit() {
        return settingsOf(ctx, buffer).resendLimit
      },
      idOf: ({ id }) => (typeof id === 'number' ? buffer.life + id : id),
      isOnline: () => buffer.isOnline,
      changed: () => look(buffer),
      delivered(rows) {
        buffer.counts.delivered += rows.length
        forget(buffer, rows)
      },
      dropped(rows, error) {
        buffer.counts.dropped += rows.length
        ctx.events.emit('analytics', 'dropped', { provider: outlet.name, events: rows.length, error })
        forget(buffer, rows)
      },
    },
    restored: Promise.resolve(),
  }
  const sendAll = () => {
    for (const lane of buffer.lanes.values()) void drain(ctx, lane, buffer.ledger)
  }
  platform.watchOnline((online) => {
    buffer.isOnline = online
    look(buffer)
    if (online) sendAll()
  })
  platform.watchVisible((visible) => (visible ? sendAll() : farewell(ctx)))
  onOwnerChange(ctx, sendAll)
  look(buffer)
  buffer.restored = restore(ctx, buffer)
  return buffer
}

function laneOf(ctx: Context, buffer: Buffer, to: string, owner: Owner): Lane {
  const { outlet, lanes } = buffer
  const name = `${owner.name} ${to}`
  let lane = lanes.get(name)
  if (!lane) {
    lane = {
      outlet,
      to,
      owner,
      rows: [],
      phase: { at: 'idle' },
      failures: 0,
      refusals: 0,
      most: outlet.maxRecords,
    }
    lanes.set(name, lane)
    // Nobody is told: sending asks again, and says what is wrong.
    if (!outlet.isUnsigned && owner.isCurrent) greet(ctx, owner).catch(() => undefined)
  }
  return lane
}

function add(buffer: Buffer, lane: Lane, row: Row) {
  lane.rows.push(row)
  buffer.counts.waiting++
  buffer.size += row.data.length
}

function schedule(ctx: Context, buffer: Buffer, lane: Lane, delay: number) {
  const { phase } = lane
  if (phase.at === 'sending' || phase.at === 'resting' || !buffer.isOnline) return
  if (phase.at === 'waiting') {
    if (phase.due || delay) return
    clearTimeout(phase.timer)
  }
  const timer = setTimeout(() => void drain(ctx, lane, buffer.ledger), delay)
  lane.phase = { at: 'waiting', timer, due: !delay }
}

function look(buffer: Buffer) {
  const lanes = [...buffer.lanes]
  buffer.isStuck = !buffer.isOnline || lanes.some(([, { phase }]) => phase.at === 'resting')
  // Those of owners who are gone for good.
  for (const [name, { rows, phase, owner }] of lanes) {
    if (!owner.isCurrent && !rows.length && phase.at === 'idle') buffer.lanes.delete(name)
  }
}

/** The page may never come back: what fits goes out in calls that outlive it, and the rest is on the device. */
function farewell(ctx: Context) {
  // Nothing may be waited for here but what is there already. The platform's hashes are made in tasks of their own; the signature has one of its own that is not.
  const sha256 = () => Promise.reject(new Error('There is no time.'))
  const hurried = changedContext(ctx, { platform: { ...ctx.platform, sha256 } })
  const budget = { left: FAREWELL }
  for (const { lanes, ledger } of buffers(ctx).values()) {
    for (const lane of lanes.values()) {
      // Where the page stays, it goes on as usual.
      void sendSome(hurried, lane, ledger, budget).then(() => drain(ctx, lane, ledger))
    }
  }
}

// ---------------------------------------------------------------------------------------------------------- on the device

function keep(ctx: Context, buffer: Buffer, row: BufferedRow, kept: KeptRow) {
  if (!buffer.page || buffer.page.rows.length >= PAGE) {
    const page: Page = { key: buffer.pages++, rows: [], left: 0 }
    buffer.page = page
    queueMicrotask(() => write(ctx, buffer, page))
  }
  buffer.page.rows.push(kept)
  buffer.page.left++
  row.page = buffer.page
}

function write(ctx: Context, buffer: Buffer, page: Page) {
  if (buffer.page === page) buffer.page = undefined
  const { length } = page.rows
  buffer.journal!.put(page.key, page.rows).then(
    () => {
      buffer.counts.kept += length
    },
    (error) => notPersisted(ctx, buffer, error),
  )
  page.rows = []
}

function forget(buffer: Buffer, rows: BufferedRow[]) {
  buffer.counts.waiting -= rows.length
  for (const { page, data } of rows) {
    buffer.size -= data.length
    if (page && !--page.left) buffer.journal!.remove(page.key)
  }
}

/** Takes over what lives before left on the device. */
async function restore(ctx: Context, buffer: Buffer): Promise<void> {
  const owners = new Map<string, Owner>()
  try {
    await buffer.journal?.orphans((rows) => {
      const page: Page = { key: buffer.pages++, rows: [], left: rows.length }
      for (const [to, name, id, key, data] of rows) {
        const owner = owners.get(name) ?? { name, isCurrent: false }
        owners.set(name, owner)
        const lane = laneOf(ctx, buffer, to, owner)
        add(buffer, lane, { id, key, data, page } as BufferedRow)
        schedule(ctx, buffer, lane, 0)
      }
      return page.key
    })
  } catch (error) {
    notPersisted(ctx, buffer, error as Error)
  }
}

function notPersisted(ctx: Context, { outlet }: Buffer, cause: AmplifyError | Error) {
  const error = new AnalyticsError('NotPersisted', 'Events could not be kept on the device.', {
    cause,
    recoverySuggestion:
      'Free some of its storage. They are in memory, and lost if the app ends before they are sent.',
  })
  ctx.events.emit('analytics', 'notPersisted', { provider: outlet.name, error })
}
