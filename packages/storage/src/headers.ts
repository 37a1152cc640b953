import { fromBase64, toBase64, utf8 } from '@backline/core/internal'

export interface ContentDisposition {
  type: 'attachment' | 'inline'
  filename?: string
}

/** `Content-Disposition` of RFC 6266: names beyond ASCII go in `filename*`, with a plain one for old readers. */
export function contentDispositionOf(value: ContentDisposition | string | undefined): string | undefined {
  if (!value || typeof value === 'string') return value || undefined
  const { type, filename } = value
  if (filename === undefined) return type
  const plain = filename.replace(/[^\x20-\x7e]/g, '_').replace(/["\\]/g, '\\$&')
  const full = encodeURIComponent(filename).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  )
  return `${type}; filename="${plain}"${plain.includes('_') && !isAscii(filename) ? `; filename*=UTF-8''${full}` : ''}`
}

/** User metadata as headers. What is not ASCII is wrapped as RFC 2047 says, since headers cannot carry it. */
export function metadataHeaders(metadata: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata).map(([name, value]) => [
      `x-amz-meta-${name}`,
      isAscii(value) ? `${value}` : `=?UTF-8?B?${toBase64(utf8(value))}?=`,
    ]),
  )
}

export function metadataOf(headers: Headers): Record<string, string> {
  const metadata: Record<string, string> = {}
  headers.forEach((value, name) => {
    if (name.startsWith('x-amz-meta-')) metadata[name.slice(11)] = decodeWords(value)
  })
  return metadata
}

function decodeWords(value: string): string {
  return value.replace(/=\?UTF-8\?B\?([\w+/=]*)\?=/gi, (_, base64) =>
    new TextDecoder().decode(fromBase64(base64)),
  )
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text)
}
