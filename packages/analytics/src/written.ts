import { toBase64, utf8 } from '@backline/core/internal'
import { AnalyticsError } from './errors.js'

// What an app records, as it was at that moment: the app may change or reuse it afterwards.

/**
 * JSON of any value. `name` is what the app calls the event, or the stream that it is for.
 *
 * @throws {AnalyticsError} `InvalidEvent` that says why there is none, `EventTooLarge`
 */
export function json(name: string, value: unknown, most = Number.POSITIVE_INFINITY): string {
  let text: string | undefined
  let cause: unknown
  try {
    text = JSON.stringify(value)
  } catch (error) {
    cause = error
  }
  if (text === undefined) {
    const why = cause ? (cause as Error).message.split('\n')[0] : `it is ${kindOf(value)}`
    throw new AnalyticsError('InvalidEvent', `${recorded(name)} cannot be written as JSON: ${why}.`, {
      cause,
      recoverySuggestion: 'Record plain values, no cycles and no BigInt, or bytes as a Uint8Array.',
    })
  }
  // A character is at most three bytes, so most texts need no counting.
  if (text.length * 3 > most) checkSize(name, utf8(text).length, most)
  return text
}

function checkSize(name: string, bytes: number, most: number): void {
  if (bytes <= most) return
  throw new AnalyticsError(
    'EventTooLarge',
    `${recorded(name)} is ${bytes} bytes; the service takes at most ${most}.`,
    {
      recoverySuggestion: 'Record less, or upload it and record where it is.',
    },
  )
}

const recorded = (name: string) => `The event '${name}'`

export const kindOf = (value: unknown) =>
  value === null ? 'null' : value === undefined ? 'missing' : `a ${typeof value}`

/** In front of bytes that are no text. */
const BINARY = '\0'

/** The data of a stream's record. */
export function recordData(stream: string, data: unknown, most: number): string {
  if (!(data instanceof Uint8Array)) return json(stream, data, most - ROOM)
  checkSize(stream, data.length, most)
  return BINARY + toBase64(data)
}

/** What an id may add. */
const ROOM = 256

/** The same in base64, with its id where one is asked for, and how many bytes that stands for. */
export function recordPiece(data: string, id: string, idField?: string): { base64: string; bytes: number } {
  if (data[0] === BINARY) return { base64: data.slice(1), bytes: (data.length - 1) * 0.75 }
  const text = idField && data[0] === '{' ? withField(data, idField, id) : data
  const bytes = utf8(text)
  return { base64: toBase64(bytes), bytes: bytes.length }
}

/** A row that goes over the wire as the text that it is. */
export const asText = (piece: string) => ({ piece, bytes: utf8(piece).length })

/** A field more in front of the JSON of an object. One of the same name in it wins. */
export function withField(object: string, name: string, value: string): string {
  const field = `${JSON.stringify(name)}:${JSON.stringify(value)}`
  return object === '{}' ? `{${field}}` : `{${field},${object.slice(1)}`
}
