/// <reference path="./data.d.ts" />
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { GeoJSONVT } from '@maplibre/geojson-vt'
import { fromGeojsonVt } from '@maplibre/vt-pbf'
import type { Box, Gazetteer, Position } from './gazetteer.js'

// Vector tiles of a simple world: countries of Natural Earth (public domain, by way of world-atlas) and the towns of the gazetteer.
// https://github.com/mapbox/vector-tile-spec/tree/master/2.1

/** Deeper than this, tiles are the same ones enlarged. */
export const DEEPEST = 12
const EXTENT = 4096
/** A tile holds so many names of towns at most, the largest of them. */
const TOWNS = 40

export interface WorldMap {
  /** Layers `countries`, `names` (of countries) and `towns`. Undefined where there is no such tile. */
  tile(z: number, x: number, y: number): Uint8Array | undefined
}

interface Country {
  type: 'Feature'
  properties: { name: string }
  geometry: { type: 'Polygon' | 'MultiPolygon'; coordinates: unknown }
}

export async function openWorldMap(gazetteer: Gazetteer): Promise<WorldMap> {
  const { feature } = await import('topojson-client')
  // Not imported: bundlers drop the attribute that Node wants for it.
  const file = createRequire(import.meta.url).resolve('world-atlas/countries-50m.json')
  const atlas = JSON.parse(await readFile(file, 'utf8')) as { objects: { countries: object } }
  const { features } = feature(atlas, atlas.objects.countries) as unknown as { features: Country[] }
  for (const { geometry } of features) {
    for (const polygon of polygonsOf(geometry)) {
      for (const [at, ring] of polygon.entries()) polygon[at] = unwrapped(ring)
    }
  }
  const options = { maxZoom: DEEPEST, indexMaxZoom: 4, extent: EXTENT, buffer: 64, tolerance: 1 }
  const countries = new GeoJSONVT({ type: 'FeatureCollection', features } as never, options)
  const names = features.map((country) => ({ name: country.properties.name, at: middleOf(country) }))

  return {
    tile(z, x, y) {
      const across = 2 ** z
      if (z < 0 || z > DEEPEST || x < 0 || y < 0 || x >= across || y >= across) return undefined
      const box = boxOf(z, x, y)
      const points = (list: { at: Position; tags: Record<string, string | number> }[]) => ({
        features: list.map(({ at, tags }) => ({ type: 1, geometry: [inTile(at, z, x, y)], tags })),
      })
      const layers = {
        countries: countries.getTile(z, x, y) ?? { features: [] },
        names: points(
          names.filter(({ at }) => inside(box, at)).map(({ name, at }) => ({ at, tags: { name } })),
        ),
        towns: points(
          gazetteer.inBox(box, TOWNS).map(({ name, population, position }) => ({
            at: position,
            tags: { name, population },
          })),
        ),
      }
      return fromGeojsonVt(layers as never, { version: 2, extent: EXTENT } as never)
    },
  }
}

const inside = ([west, south, east, north]: Box, [longitude, latitude]: Position) =>
  longitude >= west && longitude < east && latitude >= south && latitude < north

/** https://wiki.openstreetmap.org/wiki/Slippy_map_tilenames */
function boxOf(z: number, x: number, y: number): Box {
  const across = 2 ** z
  const longitude = (column: number) => (column / across) * 360 - 180
  const latitude = (row: number) => (Math.atan(Math.sinh(Math.PI * (1 - (2 * row) / across))) * 180) / Math.PI
  return [longitude(x), latitude(y + 1), longitude(x + 1), latitude(y)]
}

function inTile([longitude, latitude]: Position, z: number, x: number, y: number): [number, number] {
  const across = 2 ** z
  const column = ((longitude + 180) / 360) * across
  const row = ((1 - Math.asinh(Math.tan((latitude * Math.PI) / 180)) / Math.PI) / 2) * across
  return [Math.round((column - x) * EXTENT), Math.round((row - y) * EXTENT)]
}

const polygonsOf = ({ type, coordinates }: Country['geometry']) =>
  (type === 'Polygon' ? [coordinates] : coordinates) as Position[][][]

/**
 * The atlas knows a sphere: a ring that crosses the antimeridian leaps from 180 to -180, which on a flat map is a line around the world.
 * Here it goes on beyond 180. One around a pole, as Antarctica's, is closed along the pole.
 */
function unwrapped(ring: Position[]): Position[] {
  let turn = 0
  const flat = ring.map(([longitude, latitude], at): Position => {
    const leap = at ? longitude - ring[at - 1]![0] : 0
    if (Math.abs(leap) > 180) turn -= 360 * Math.sign(leap)
    return [longitude + turn, latitude]
  })
  if (!turn) return flat
  const [first, last] = [flat[0]!, flat.at(-1)!]
  const pole = 89.9 * Math.sign(first[1])
  return [...flat, [last[0], pole], [first[0], pole], first]
}

/** Where a country's name stands: the centroid of its largest part. */
function middleOf({ geometry }: Country): Position {
  const polygons = polygonsOf(geometry)
  let largest = 0
  let middle: Position = [0, 0]
  for (const [ring] of polygons) {
    let [area, x, y] = [0, 0, 0]
    for (let at = 1; at < ring!.length; at++) {
      const [a, b] = [ring![at - 1]!, ring![at]!]
      const part = a[0] * b[1] - b[0] * a[1]
      area += part
      x += (a[0] + b[0]) * part
      y += (a[1] + b[1]) * part
    }
    if (Math.abs(area) > largest) {
      largest = Math.abs(area)
      middle = [x / (3 * area), y / (3 * area)]
    }
  }
  return middle
}
