import { type Context, fromBase64, toBase64, utf8 } from '@backline/core/internal'
import { InteractionsError } from './errors.js'

// Lex puts JSON into headers: V1 in Base64, V2 compressed by gzip before that.

/** @throws {InteractionsError} `PlatformNotSupported` */
export async function toGzipHeader(ctx: Context, value: unknown): Promise<string> {
  return toBase64(await squeeze(ctx, 'gzip', utf8(JSON.stringify(value))))
}

/** @throws {InteractionsError} `InvalidBotResponse` where the header is not what it should be, `PlatformNotSupported` */
export function fromGzipHeader<T>(ctx: Context, { headers }: Response, name: string): Promise<T | undefined> {
  return read(headers, name, async (text) => {
    const bytes = await squeeze(ctx, 'gunzip', fromBase64(text))
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  })
}

export const toJsonHeader = (value: unknown): string => toBase64(utf8(JSON.stringify(value)))

/** @throws {InteractionsError} `InvalidBotResponse` */
export function fromJsonHeader<T>({ headers }: Response, name: string): Promise<T | undefined> {
  return read(headers, name, async (text) => JSON.parse(decoded(text)))
}

/** @throws {InteractionsError} `InvalidBotResponse` */
export function fromTextHeader({ headers }: Response, name: string): Promise<string | undefined> {
  return read(headers, name, async (text) => decoded(text))
}

const decoded = (text: string) => new TextDecoder('utf-8', { fatal: true }).decode(fromBase64(text))

async function read<T>(
  headers: Headers,
  name: string,
  parse: (text: string) => Promise<T>,
): Promise<T | undefined> {
  const text = headers.get(name)
  if (!text) return undefined
  try {
    return await parse(text)
  } catch (cause) {
    if ((cause as Error).name === 'PlatformNotSupported') throw cause
    throw new InteractionsError(
      'InvalidBotResponse',
      `The bot's answer cannot be read: its header ${name} is malformed.`,
      { cause },
    )
  }
}

async function squeeze(
  { platform }: Context,
  direction: 'gzip' | 'gunzip',
  bytes: Uint8Array,
): Promise<Uint8Array> {
  const own = platform[direction]
  if (own) return own(bytes)
  const Stream = direction === 'gzip' ? globalThis.CompressionStream : globalThis.DecompressionStream
  if (!Stream) {
    throw new InteractionsError(
      'PlatformNotSupported',
      `This platform has no ${direction}, which messages that are not mere texts need.`,
      { recoverySuggestion: `Give one to Amplify.configure: { platform: { ${direction} } }.` },
    )
  }
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new Stream('gzip'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}
