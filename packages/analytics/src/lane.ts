import type { AmplifyError, Context } from '@backline/core/internal'
import { AnalyticsError } from './errors.js'
import type { Outlet, Refusal, Row } from './outlet.js'
import { credentialsFor, type Owner } from './owner.js'

// Events of one owner for one stream, first in, first out, one call at a time: so order is kept, and a stream in trouble holds up no other.

export interface Lane {
  readonly outlet: Outlet
  readonly to: string
  readonly owner: Owner
  rows: Row[]
  phase:
    | { at: 'idle' }
    /** For company, until the flush interval is over; `due` when the next task sends. */
    | { at: 'waiting'; timer: ReturnType<typeof setTimeout>; due: boolean }
    | { at: 'sending'; done: Promise<void> }
    /** After a failure. */
    | { at: 'resting'; timer: ReturnType<typeof setTimeout> }
  /** Failures in a row. */
  failures: number
  /** How often the service has refused what is in front. */
  refusals: number
  /** Fewer than the service takes, while looking for the one record that it does not. */
  most: number
}

/** What the buffer hears from a lane. */
export interface Ledger {
  idOf(row: Row): string
  resendLimit: number
  delivered(rows: Row[]): void
  dropped(rows: Row[], error: AmplifyError): void
  /** Tells whether the device has a network. */
  isOnline(): boolean
  changed(): void
}

const LONGEST_REST = 30_000
/** Smaller calls outlive a page that closes meanwhile: browsers allow 64 KiB for all of them. */
const SMALL = 12_000

/** Sends what is there, and rests after a failure. Joins what is under way. */
export function drain(ctx: Context, lane: Lane, ledger: Ledger): Promise<void> {
  const { phase } = lane
  if (phase.at === 'sending') return phase.done
  if (phase.at !== 'idle') clearTimeout(phase.timer)
  const done = work(ctx, lane, ledger)
  lane.phase = { at: 'sending', done }
  return done
}

async function work(ctx: Context, lane: Lane, ledger: Ledger): Promise<void> {
  // What is recorded in the same task goes along.
  await undefined
  while (lane.rows.length && ledger.isOnline()) {
    if (await sendSome(ctx, lane, ledger)) continue
    const rest = Math.min(LONGEST_REST, 200 * 2 ** lane.failures++) * (0.5 + Math.random() / 2)
    const timer = setTimeout(() => void drain(ctx, lane, ledger), rest)
    lane.phase = { at: 'resting', timer }
    ledger.changed()
    return
  }
  lane.phase = { at: 'idle' }
  ledger.changed()
}

/**
 * Sends one call of what is in front. False where a rest is due before the next. With a budget it is a call that outlives the page, and the
 * bytes of it are taken from there.
 */
export async function sendSome(
  ctx: Context,
  lane: Lane,
  ledger: Ledger,
  budget?: { left: number },
): Promise<boolean> {
  const { outlet, to, owner } = lane
  const { rows, pieces, ids, bytes } = take(ctx, lane, ledger, budget)
  if (!rows.length) return true
  if (budget) budget.left -= bytes
  const batch = {
    ...{ to, rows, pieces, ids, keepalive: !!budget || bytes < SMALL },
    credentials: () => credentialsFor(ctx, owner),
  }
  let refused: Refusal[]
  try {
    refused = await outlet.send(ctx, batch)
  } catch (error) {
    return onFailure(lane, ledger, rows, error as AmplifyError)
  }
  lane.refusals = 0
  lane.most = outlet.maxRecords
  const again: Row[] = []
  const taken = new Set(rows)
  for (const { index, error } of refused) {
    const row = rows[index]!
    taken.delete(row)
    if (error) ledger.dropped([row], error)
    else again.push(row)
  }
  // A shard that takes nothing is in trouble as much as a service that does not answer.
  if (taken.size) lane.failures = 0
  ledger.delivered([...taken])
  lane.rows.unshift(...again)
  return !again.length
}

function take(ctx: Context, { rows, outlet, most }: Lane, ledger: Ledger, budget?: { left: number }) {
  const maxBytes = Math.min(outlet.maxBytes, budget?.left ?? Infinity)
  const pieces: string[] = []
  const ids: string[] = []
  let total = 0
  for (const row of rows) {
    if (pieces.length >= most) break
    const id = ledger.idOf(row)
    const { piece, bytes } = outlet.encode(ctx, row, id)
    // What is too large by itself goes alone: the service says so, and it does not stand in front for ever.
    if (total + bytes > maxBytes && (budget || total)) break
    total += bytes
    pieces.push(piece)
    ids.push(id)
  }
  return { rows: rows.splice(0, pieces.length), pieces, ids, bytes: total }
}

/** Says which failures pass by themselves: no answer, a service in trouble or under pressure, credentials that are being renewed. */
const PASSING =
  /Throttl|TooMany|LimitExceeded|SlowDown|ProvisionedThroughput|Expired|Token|Signature|Credential|NotAuthorized|Session/

/** Says which are about what was sent, and not about who sent it or where. */
const CONTENT = /Validation|InvalidArgument|InvalidInput|Serialization|BadRequest|TooLarge/

function onFailure(lane: Lane, ledger: Ledger, rows: Row[], error: AmplifyError): boolean {
  const { name, status = 0 } = error
  if (status < 400 || status >= 500 || status === 408 || status === 429 || PASSING.test(name)) {
    lane.rows.unshift(...rows)
    return false
  }
  if (CONTENT.test(name) && rows.length > 1) {
    // One of them spoils the call: halves find it, and the others go through.
    lane.rows.unshift(...rows)
    lane.most = Math.ceil(rows.length / 2)
    return true
  }
  if (CONTENT.test(name) || lane.refusals >= ledger.resendLimit) {
    lane.refusals = 0
    ledger.dropped(rows, told(lane, error))
    return true
  }
  lane.refusals++
  lane.rows.unshift(...rows)
  return false
}

function told({ outlet, to }: Lane, error: AmplifyError): AnalyticsError {
  const where = to ? `${outlet.name} stream '${to}'` : outlet.name
  return new AnalyticsError(error.name, `${where}: ${error.message}`, {
    ...{ cause: error, status: error.status, requestId: error.requestId },
    recoverySuggestion: /NotFound/.test(error.name)
      ? 'Check the name and the region in the configuration, or create it.'
      : /AccessDenied|Forbidden/.test(error.name)
        ? 'Give the roles of the identity pool the permission to put records.'
        : 'Check what was recorded against the limits of the service.',
  })
}
