import { crc32, deflateSync } from 'node:zlib'

// The one picture of the sandbox's style, a dot for a town, as a sheet of sprites: https://maplibre.org/maplibre-style-spec/sprite/

const NAME = 'town'
const SIZE = 12
const FILE = /^sprites(@2x)?\.(json|png)$/

/** A file of the sheet by its name, such as `sprites@2x.png`. */
export function spriteFile(name: string): { type: string; body: string | Uint8Array } | undefined {
  const [, retina, ending] = FILE.exec(name) ?? []
  if (!ending) return undefined
  const ratio = retina ? 2 : 1
  const size = SIZE * ratio
  return ending === 'json'
    ? {
        type: 'application/json',
        body: JSON.stringify({ [NAME]: { width: size, height: size, x: 0, y: 0, pixelRatio: ratio } }),
      }
    : { type: 'image/png', body: png(size, dot(size)) }
}

/** A white disc with a dark rim, four bytes a pixel. */
function dot(size: number): Uint8Array {
  const pixels = new Uint8Array(size * size * 4)
  const middle = size / 2
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const away = Math.hypot(column + 0.5 - middle, row + 0.5 - middle) / middle
      const opaque = Math.max(0, Math.min(1, (0.9 - away) * middle + 0.5))
      const shade = away > 0.55 ? 70 : 255
      pixels.set([shade, shade, shade, Math.round(opaque * 255)], (row * size + column) * 4)
    }
  }
  return pixels
}

/** https://www.w3.org/TR/png-3/ */
function png(size: number, pixels: Uint8Array): Uint8Array {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(size, 0)
  head.writeUInt32BE(size, 4)
  // Eight bits a sample, with alpha.
  head.set([8, 6, 0, 0, 0], 8)
  const rows = Buffer.alloc(size * (size * 4 + 1))
  for (let row = 0; row < size; row++) {
    rows.set(pixels.subarray(row * size * 4, (row + 1) * size * 4), row * (size * 4 + 1) + 1)
  }
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data])
  const ends = Buffer.alloc(8)
  ends.writeUInt32BE(data.length, 0)
  ends.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)])
}
