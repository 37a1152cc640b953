// UTF-8 (https://encoding.spec.whatwg.org/#utf-8) and base64 (RFC 4648) for engines that have neither: Hermes before React Native 0.74.

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

export function encodeUtf8(text: string): Uint8Array {
  const bytes: number[] = []
  for (const character of text) {
    let code = character.codePointAt(0)!
    // Half of a pair is no character.
    if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd
    if (code < 0x80) bytes.push(code)
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63))
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
    else
      bytes.push(
        0xf0 | (code >> 18),
        0x80 | ((code >> 12) & 63),
        0x80 | ((code >> 6) & 63),
        0x80 | (code & 63),
      )
  }
  return Uint8Array.from(bytes)
}

/** What is malformed becomes U+FFFD, each longest beginning of a character once. A mark of the byte order in front is left out. */
export function decodeUtf8(bytes: Uint8Array): string {
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  const units: number[] = []
  let text = ''
  for (let at = marked ? 3 : 0; at < bytes.length; ) {
    const lead = bytes[at++]!
    let left = lead < 0x80 ? 0 : lead < 0xc2 ? -1 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : -1
    let code = left < 1 ? lead : lead & (63 >> left)
    // The second byte tells longer forms than needed, halves of pairs, and what is beyond U+10FFFF.
    let low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
    let high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
    while (left > 0 && bytes[at]! >= low && bytes[at]! <= high) {
      code = (code << 6) | (bytes[at++]! & 63)
      left--
      low = 0x80
      high = 0xbf
    }
    if (left) code = 0xfffd
    if (code > 0xffff) units.push(0xd7c0 + (code >> 10), 0xdc00 | (code & 0x3ff))
    else units.push(code)
    // In slices: an argument list has a limit.
    if (units.length > 0x1000) text += String.fromCharCode(...units.splice(0))
  }
  return text + String.fromCharCode(...units)
}

/** `btoa`. @throws {RangeError} for a character that is no byte. */
export function toBase64(binary: string): string {
  let text = ''
  for (let at = 0; at < binary.length; at += 3) {
    const [a, b, c] = [binary.charCodeAt(at), binary.charCodeAt(at + 1), binary.charCodeAt(at + 2)]
    if (a > 255 || b > 255 || c > 255) throw new RangeError('btoa takes characters up to U+00FF only.')
    text += alphabet[a >> 2]! + alphabet[((a & 3) << 4) | (b >> 4)]!
    text += at + 1 < binary.length ? alphabet[((b & 15) << 2) | (c >> 6)]! : '='
    text += at + 2 < binary.length ? alphabet[c & 63]! : '='
  }
  return text
}

/** The bytes that base64 stands for. @throws {RangeError} for what is not base64. */
export function bytesOfBase64(text: string): Uint8Array {
  let bare = /\s/.test(text) ? text.replace(/[\t\n\f\r ]/g, '') : text
  if (bare.length % 4 === 0) bare = bare.replace(/==?$/, '')
  if (bare.length % 4 === 1) throw notBase64()
  const values = new Uint8Array(128).fill(64)
  for (let index = 0; index < 64; index++) values[alphabet.charCodeAt(index)] = index
  const bytes = new Uint8Array(Math.floor((bare.length * 3) / 4))
  let [bits, held, at] = [0, 0, 0]
  for (let index = 0; index < bare.length; index++) {
    const value = values[bare.charCodeAt(index)]
    if (value === undefined || value > 63) throw notBase64()
    held = ((held << 6) | value) & 0xffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes[at++] = held >> bits
  }
  return bytes
}

/** `atob`. @throws {RangeError} for what is not base64. */
export function fromBase64(text: string): string {
  const bytes = bytesOfBase64(text)
  let binary = ''
  // In slices: an argument list has a limit.
  for (let at = 0; at < bytes.length; at += 0x1000)
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x1000))
  return binary
}

function notBase64(): RangeError {
  return new RangeError('This is not base64.')
}
