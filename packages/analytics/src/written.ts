import { toBase64, utf8 } from '@backline/core/internal'
import { AnalyticsError } from './errors.js'

// What an app records, as it was at that moment: the app may change or reuse it afterwards.

/** JSON of any value. @throws {AnalyticsError} `InvalidEvent` that says why there is none. */
export function json(what: string, value: unknown): string {
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch (cause) {
    const { message } = cause as Error
    throw new AnalyticsError(
      'InvalidEvent',
      `${what} cannot be written as JSON: ${message.split('\n')[0]}.`,
      {
        cause,
        recoverySuggestion: 'Record plain values: no cycles, no BigInt.',
      },
    )
  }
  if (text !== undefined) return text
  throw new AnalyticsError('InvalidEvent', `${what} cannot be written as JSON: it is ${kindOf(value)}.`, {
    recoverySuggestion: 'Record an object, or bytes as a Uint8Array.',
  })
}

/** @throws {AnalyticsError} `EventTooLarge` */
export function checkSize(what: string, text: string, most: number): void {
  // A character is at most three bytes, so most texts need no counting.
  if (text.length * 3 <= most) return
  const bytes = utf8(text).length
  if (bytes <= most) return
  throw new AnalyticsError('EventTooLarge', `${what} is ${bytes} bytes; the service takes at most ${most}.`, {
    recoverySuggestion: 'Record less, or upload it and record where it is.',
  })
}

export const kindOf = (value: unknown) =>
  value === null ? 'null' : value === undefined ? 'missing' : `a ${typeof value}`

/** In front of bytes that are no text. */
const BINARY = '\0'

/** The data of a stream's record. */
export function recordData(what: string, data: unknown, most: number): string {
  if (data instanceof Uint8Array) {
    const text = BINARY + toBase64(data)
    checkSize(what, ' '.repeat(data.length), most)
    return text
  }
  const text = json(what, data)
  checkSize(what, text, most - ROOM)
  return text
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

/** A field more in front of the JSON of an object. One of the same name in it wins. */
export function withField(object: string, name: string, value: string): string {
  const field = `${JSON.stringify(name)}:${JSON.stringify(value)}`
  return object === '{}' ? `{${field}}` : `{${field},${object.slice(1)}`
}
