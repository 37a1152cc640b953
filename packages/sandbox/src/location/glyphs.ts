/// <reference path="./data.d.ts" />
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Font, PathCommand } from 'opentype.js'
import { PbfWriter } from 'pbf'

// Glyphs as maps want them: 256 characters at a time, each a small picture of how far each pixel is from the outline, made of Open Sans
// (OFL 1.1, by way of @fontsource/open-sans). https://github.com/mapbox/node-fontnik/blob/master/proto/glyphs.proto

export const FONT = 'Open Sans Regular'

const SIZE = 24
/** Pixels around each glyph. */
const BORDER = 3
const RADIUS = 8
const CUTOFF = 0.25
/** The font comes in parts, each for some scripts. */
const PARTS = ['latin', 'latin-ext', 'greek', 'cyrillic']

type Point = [number, number]

export interface Glyphs {
  /** The characters from `start` to `start + 255`. */
  range(start: number): Uint8Array
}

export async function openGlyphs(): Promise<Glyphs> {
  const { default: opentype } = await import('opentype.js')
  const { resolve } = createRequire(import.meta.url)
  const fonts = await Promise.all(
    PARTS.map(async (part) => {
      const bytes = await readFile(resolve(`@fontsource/open-sans/files/open-sans-${part}-400-normal.woff`))
      return opentype.parse(
        bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer,
      )
    }),
  )
  const known = new Map<number, Uint8Array>()
  return {
    range(start) {
      let bytes = known.get(start)
      if (!bytes) known.set(start, (bytes = stackOf(fonts, start)))
      return bytes
    },
  }
}

function stackOf(fonts: Font[], start: number): Uint8Array {
  const writer = new PbfWriter()
  writer.writeMessage(
    1,
    (_, stack) => {
      stack.writeStringField(1, FONT)
      stack.writeStringField(2, `${start}-${start + 255}`)
      for (let code = start; code < start + 256; code++) {
        const character = String.fromCodePoint(code)
        const font = fonts.find((each) => each.charToGlyph(character).index > 0)
        if (font) stack.writeMessage(3, writeGlyph, { code, font })
      }
    },
    undefined,
  )
  return writer.finish()
}

function writeGlyph({ code, font }: { code: number; font: Font }, writer: PbfWriter): void {
  const glyph = font.charToGlyph(String.fromCodePoint(code))
  const scale = SIZE / font.unitsPerEm
  const outline = outlineOf(glyph.getPath(0, 0, SIZE).commands)
  const points = outline.flat()
  const left = points.length ? Math.floor(Math.min(...points.map(([x]) => x))) : 0
  const right = points.length ? Math.ceil(Math.max(...points.map(([x]) => x))) : 0
  const top = points.length ? Math.floor(Math.min(...points.map(([, y]) => y))) : 0
  const bottom = points.length ? Math.ceil(Math.max(...points.map(([, y]) => y))) : 0
  writer.writeVarintField(1, code)
  if (points.length) writer.writeBytesField(2, picture(outline, left, top, right - left, bottom - top))
  writer.writeVarintField(3, right - left)
  writer.writeVarintField(4, bottom - top)
  writer.writeSVarintField(5, left)
  // Counted from the top of the line, downwards less.
  writer.writeSVarintField(6, -top - Math.round(font.ascender * scale))
  writer.writeVarintField(7, Math.round(glyph.advanceWidth * scale))
}

/** Closed lines; curves become eight straight pieces, which at this size nobody can tell. */
function outlineOf(commands: PathCommand[]): Point[][] {
  const lines: Point[][] = []
  for (const { type, x, y, x1, y1, x2, y2 } of commands) {
    const line = lines.at(-1)
    const [x0, y0] = line?.at(-1) ?? [0, 0]
    if (type === 'M') lines.push([[x, y]])
    else if (type === 'L') line!.push([x, y])
    else if (type === 'Z') line!.push(line![0]!)
    else
      for (let step = 1; step <= 8; step++) {
        const t = step / 8
        const s = 1 - t
        const at = (from: number, one: number, two: number, to: number) =>
          type === 'Q'
            ? s * s * from + 2 * s * t * one + t * t * to
            : s ** 3 * from + 3 * s * s * t * one + 3 * s * t * t * two + t ** 3 * to
        line!.push([at(x0, x1, x2, x), at(y0, y1, y2, y)])
      }
  }
  return lines
}

/** 255 deep inside, falling to 0 far outside; the outline itself is at three quarters. */
function picture(outline: Point[][], left: number, top: number, width: number, height: number): Uint8Array {
  const columns = width + 2 * BORDER
  const rows = height + 2 * BORDER
  const edges = Float64Array.from(
    outline.flatMap((line) => line.slice(1).flatMap((point, at) => [...line[at]!, ...point])),
  )
  const bytes = new Uint8Array(columns * rows)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const away = fromOutline(edges, left - BORDER + column + 0.5, top - BORDER + row + 0.5)
      const shade = Math.round(255 - 255 * (away / RADIUS + CUTOFF))
      bytes[row * columns + column] = Math.max(0, Math.min(255, shade))
    }
  }
  return bytes
}

/** Pixels from the nearest edge; less than 0 inside. A million times for a range of glyphs, so on plain numbers only. */
function fromOutline(edges: Float64Array, x: number, y: number): number {
  let nearest = Number.POSITIVE_INFINITY
  let winding = 0
  for (let at = 0; at < edges.length; at += 4) {
    const ax = edges[at]!
    const ay = edges[at + 1]!
    const by = edges[at + 3]!
    const dx = edges[at + 2]! - ax
    const dy = by - ay
    let along = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)
    along = along < 0 ? 0 : Math.min(along, 1)
    const offX = x - ax - along * dx
    const offY = y - ay - along * dy
    const square = offX * offX + offY * offY
    if (square < nearest) nearest = square
    const side = dx * (y - ay) - dy * (x - ax)
    if (ay <= y && by > y && side > 0) winding++
    else if (ay > y && by <= y && side < 0) winding--
  }
  return winding ? -Math.sqrt(nearest) : Math.sqrt(nearest)
}
