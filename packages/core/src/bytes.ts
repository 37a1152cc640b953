export function toBase64(bytes: Uint8Array): string {
  let text = ''
  // In slices, because an argument list has a limit and concatenation by character is slow.
  for (let at = 0; at < bytes.length; at += 0x2000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x2000))
  }
  return btoa(text)
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}

/** RFC 4648 section 5, without padding. */
export function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

export function fromBase64Url(text: string): Uint8Array {
  return fromBase64(text.replace(/-/g, '+').replace(/_/g, '/'))
}

export function toHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0')
  return text
}

/** @throws {RangeError} when the text is not pairs of hexadecimal digits. */
export function fromHex(text: string): Uint8Array {
  if (!/^([\da-f]{2})*$/i.test(text)) throw new RangeError('Not a hexadecimal text of even length.')
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
