import type { RestTable } from '../restJson.js'
import type { WireRequest, WireResponse, World } from '../service.js'
import { ATTRIBUTION, type Gazetteer } from './gazetteer.js'
import { FONT, openGlyphs } from './glyphs.js'
import { invalid, notFound } from './input.js'
import { spriteFile } from './sprites.js'
import { DEEPEST, openWorldMap } from './worldMap.js'

// Maps of both generations: style, tiles, glyphs and sprites. One map of the world is all there is, in a light and a dark dress.
// https://docs.aws.amazon.com/location/previous/APIReference/API_Operations_Amazon_Location_Service_Maps.html
// https://docs.aws.amazon.com/location/latest/APIReference/API_Operations_Amazon_Location_Service_Maps_V2.html

interface Dress {
  sea: string
  land: string
  border: string
  text: string
  halo: string
}

const LIGHT: Dress = {
  ...{ sea: '#bcd7e8', land: '#f5f2ea', border: '#b8ad9c', text: '#3c3a36', halo: '#ffffff' },
}
const DARK: Dress = {
  ...{ sea: '#12202e', land: '#26323f', border: '#4d5b6a', text: '#dbe3ea', halo: '#12202e' },
}

/** What the first generation's maps have. */
export function mapTable(
  world: World,
  parts: MapParts,
  styleOf: (map: string) => string | undefined,
): RestTable {
  const known = (name: string) => styleOf(name) ?? missing(name)
  const root = '/maps/v0/maps'
  return {
    [`GetMapStyleDescriptor GET ${root}/{MapName}/style-descriptor`]: async ({ request, path }) => {
      const style = known(path.MapName!)
      const base = `${originOf(request, world)}${root}/${encodeURIComponent(path.MapName!)}`
      return styleReply(/dark/i.test(style) ? DARK : LIGHT, {
        tiles: `${base}/tiles/{z}/{x}/{y}`,
        glyphs: `${base}/glyphs/{fontstack}/{range}.pbf`,
        sprite: `${base}/sprites/sprites`,
      })
    },
    [`GetMapTile GET ${root}/{MapName}/tiles/{Z}/{X}/{Y}`]: async ({ path }) => {
      known(path.MapName!)
      return parts.tile(path)
    },
    [`GetMapGlyphs GET ${root}/{MapName}/glyphs/{FontStack}/{FontUnicodeRange}`]: async ({ path }) => {
      known(path.MapName!)
      return parts.glyphs(path)
    },
    [`GetMapSprites GET ${root}/{MapName}/sprites/{FileName}`]: async ({ path }) => {
      known(path.MapName!)
      return parts.sprites(path)
    },
  }
}

/** The second generation's, which have styles instead of resources. `root` is `/v2` on AWS, and nothing where an SDK is given an endpoint. */
export function mapsTable(world: World, parts: MapParts, root: '' | '/v2'): RestTable {
  return {
    [`GetStyleDescriptor GET ${root}/styles/{Style}/descriptor`]: async ({ request, path, query }) => {
      const scheme = query.get('color-scheme') ?? 'Light'
      drawn(path.Style!, scheme)
      const base = `${originOf(request, world)}${root}`
      return styleReply(scheme === 'Dark' ? DARK : LIGHT, {
        tiles: `${base}/tiles/vector.basemap/{z}/{x}/{y}`,
        glyphs: `${base}/glyphs/{fontstack}/{range}.pbf`,
        sprite: `${base}/styles/${path.Style}/${scheme}/Default/sprites/sprites`,
      })
    },
    [`GetTile GET ${root}/tiles/{Tileset}/{Z}/{X}/{Y}`]: async ({ path }) => {
      if (path.Tileset !== 'vector.basemap')
        throw invalid(`Tileset: the sandbox has vector.basemap only, not ${path.Tileset}.`)
      return parts.tile(path)
    },
    [`GetGlyphs GET ${root}/glyphs/{FontStack}/{FontUnicodeRange}`]: async ({ path }) => parts.glyphs(path),
    [`GetSprites GET ${root}/styles/{Style}/{ColorScheme}/{Variant}/sprites/{FileName}`]: async ({
      path,
    }) => {
      drawn(path.Style!, path.ColorScheme!)
      return parts.sprites(path)
    },
  }
}

function drawn(style: string, scheme: string): void {
  if (!/^(Standard|Monochrome)$/.test(style)) {
    throw invalid(`Style: the sandbox draws Standard and Monochrome; it has no pictures for ${style}.`)
  }
  if (!/^(Light|Dark)$/.test(scheme)) throw invalid(`ColorScheme must be Light or Dark, not ${scheme}.`)
}

function missing(name: string): never {
  throw notFound('Map', name)
}

type Path = Record<string, string>
export type MapParts = ReturnType<typeof mapParts>

/** What both generations answer alike. Opened when it is first asked for. */
export function mapParts(gazetteer: () => Promise<Gazetteer>) {
  let map: ReturnType<typeof openWorldMap> | undefined
  let letters: ReturnType<typeof openGlyphs> | undefined
  return {
    async tile({ Z, X, Y }: Path): Promise<WireResponse> {
      map ??= gazetteer().then(openWorldMap)
      const bytes = [Z, X, Y].every((each) => /^\d{1,7}$/.test(each!))
        ? (await map).tile(Number(Z), Number(X), Number(Y))
        : undefined
      if (!bytes) throw invalid(`There is no tile ${Z}/${X}/${Y}.`)
      return file('application/vnd.mapbox-vector-tile', bytes)
    },
    async glyphs({ FontStack, FontUnicodeRange }: Path): Promise<WireResponse> {
      const [, start, end] = /^(\d+)-(\d+)\.pbf$/.exec(FontUnicodeRange!) ?? []
      if (!start || Number(end) !== Number(start) + 255 || Number(start) % 256 || Number(start) > 65_280) {
        throw invalid(`FontUnicodeRange must be 256 characters, such as 0-255.pbf, not ${FontUnicodeRange}.`)
      }
      if (!FontStack!.split(',').some((font) => font.trim() === FONT)) throw notFound('Font', FontStack!)
      letters ??= openGlyphs()
      return file('application/octet-stream', (await letters).range(Number(start)))
    },
    async sprites({ FileName }: Path): Promise<WireResponse> {
      const found = spriteFile(FileName!)
      if (!found)
        throw invalid(`FileName: there are sprites.json, sprites.png and their @2x, not ${FileName}.`)
      return file(found.type, found.body)
    },
  }
}

function file(type: string, body: string | Uint8Array): WireResponse {
  return {
    status: 200,
    headers: {
      ...{ 'content-type': type, 'cache-control': 'private, max-age=3600' },
      // Members of the answer that the second generation has in headers.
      'x-amz-geo-pricing-bucket': 'Core',
    },
    body,
  }
}

/** Where the client found us, so that what a style names is found there as well. */
function originOf({ headers }: WireRequest, { url, region }: World): string {
  return /\.amazonaws\.com(:\d+)?$/i.test(headers.host ?? '')
    ? `https://maps.geo.${region}.amazonaws.com`
    : url
}

function styleReply(dress: Dress, at: { tiles: string; glyphs: string; sprite: string }): WireResponse {
  const text = (size: unknown) => ({
    ...{ 'text-field': ['get', 'name'], 'text-font': [FONT], 'text-size': size },
  })
  const paint = { 'text-color': dress.text, 'text-halo-color': dress.halo, 'text-halo-width': 1.2 }
  const style = {
    version: 8,
    name: 'Backline sandbox',
    sources: {
      world: {
        ...{ type: 'vector', tiles: [at.tiles], minzoom: 0, maxzoom: DEEPEST },
        attribution: `Natural Earth, ${ATTRIBUTION}`,
      },
    },
    glyphs: at.glyphs,
    sprite: at.sprite,
    layers: [
      { id: 'sea', type: 'background', paint: { 'background-color': dress.sea } },
      {
        ...{ id: 'land', type: 'fill', source: 'world', 'source-layer': 'countries' },
        paint: { 'fill-color': dress.land },
      },
      {
        ...{ id: 'borders', type: 'line', source: 'world', 'source-layer': 'countries' },
        paint: { 'line-color': dress.border, 'line-width': 0.8 },
      },
      {
        ...{ id: 'towns', type: 'symbol', source: 'world', 'source-layer': 'towns', minzoom: 3 },
        layout: {
          ...text(11),
          ...{ 'icon-image': 'town', 'icon-size': 0.6, 'text-anchor': 'left', 'text-offset': [0.5, 0] },
          'symbol-sort-key': ['-', 0, ['get', 'population']],
        },
        paint,
      },
      {
        ...{ id: 'countries', type: 'symbol', source: 'world', 'source-layer': 'names', maxzoom: 6 },
        layout: { ...text(['interpolate', ['linear'], ['zoom'], 1, 9, 5, 16]), 'text-max-width': 6 },
        paint,
      },
    ],
  }
  return file('application/json', JSON.stringify(style))
}
