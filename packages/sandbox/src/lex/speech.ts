import type { WireRequest } from '../service.js'

// There is no recognition of speech here, and no voice. In their place, and documented as such: audio that begins with the bytes `text:`
// is what it says after them, and audio that the bot answers with is made the same way. Of any other audio nothing is understood.

const MARK = 'text:'

export type Heard = { mode: 'Speech' | 'Text'; text: string } | { unsupported: string }

/** What a request with a stream says, by its content type. */
export async function heard(request: WireRequest): Promise<Heard> {
  const type = request.headers['content-type'] ?? ''
  const bytes = await request.bytes(5 * 1024 * 1024)
  if (/^text\/plain\b/i.test(type)) return { mode: 'Text', text: bytes.toString('utf8') }
  if (!/^audio\/(x-)?(l16|lpcm|cbr-opus-with-preamble)\b/i.test(type)) return { unsupported: type }
  const carried = bytes.subarray(0, MARK.length).toString() === MARK
  return { mode: 'Speech', text: carried ? bytes.subarray(MARK.length).toString('utf8').trim() : '' }
}

/** What the bot says as a body of the type that was asked for; none where that is text, which is in the headers. */
export function voiced(messages: string[], type: string): Buffer | undefined {
  return /^audio\//i.test(type) && messages.length ? Buffer.from(`${MARK}${messages.join(' ')}`) : undefined
}
