import { type Context, currentContext } from '@backline/core/internal'
import { presign } from '@backline/core/sigv4'
import { GeoError } from './errors.js'
import { baseOf, type LocationService, locationService } from './location.js'

export interface MapStyle {
  mapName: string
  style: string
}
export interface AmazonLocationServiceMapStyle extends MapStyle {
  region: string
}

/** The styles that the second generation has for everybody. */
const standard = ['Standard', 'Monochrome', 'Hybrid', 'Satellite']

/**
 * The maps of the configuration; those of the second generation where it has none.
 *
 * @throws {GeoError} `NoMap`, `NoGeoConfig`
 */
export function getAvailableMaps(ctx: Context = currentContext()): AmazonLocationServiceMapStyle[] {
  const service = locationService(ctx)
  const { region, maps, apiVersion } = service
  const names = maps ? Object.keys(maps.items) : apiVersion === 2 ? standard : noMap('maps')
  return names.map((mapName) => ({ mapName, style: styleOf(service, mapName), region }))
}

/**
 * The map that the configuration calls the default.
 *
 * @throws {GeoError} `NoMap`, `NoGeoConfig`
 */
export function getDefaultMap(ctx: Context = currentContext()): AmazonLocationServiceMapStyle {
  const service = locationService(ctx)
  const { region, maps, apiVersion } = service
  const mapName = maps?.default ?? (apiVersion === 2 ? standard[0]! : noMap('maps.default'))
  return { mapName, style: styleOf(service, mapName), region }
}

/**
 * Lets `maplibre-gl` draw maps of Amazon Location: it signs what a map loads (style, tiles, glyphs, sprites) with the credentials of
 * whoever is signed in, or of a guest, and leaves every other address alone. A style may be a map's name instead of a URL.
 *
 * @example
 * import { getDefaultMap, transformRequest } from 'backline/geo'
 *
 * new maplibregl.Map({ container, style: getDefaultMap().mapName, transformRequest })
 *
 * @throws {GeoError} `NoCredentials`, `NoGeoConfig`: the map tells it as its `error` event.
 */
export async function transformRequest(
  url: string,
  resourceType?: string,
  ctx: Context = currentContext(),
): Promise<{ url: string }> {
  const service = locationService(ctx)
  const base = `${baseOf(service, 'maps')}/`
  const isName = resourceType === 'Style' && !/^(\w+:|\/|\.)/.test(url)
  const address = isName ? styleUrl(service, base, url) : url
  if (!address.startsWith(base)) return { url }
  const { region, apiVersion } = service
  const signed = await presign(
    ctx,
    { method: 'GET', url: new URL(address), headers: {} },
    { service: apiVersion === 2 ? 'geo-maps' : 'geo', region, expiresIn: 900 },
  )
  return { url: signed.href }
}

function styleUrl(service: LocationService, base: string, name: string): string {
  if (service.apiVersion !== 2) return `${base}maps/v0/maps/${encodeURIComponent(name)}/style-descriptor`
  // Such as `Standard?color-scheme=Dark`.
  const [mapName, query] = name.split('?') as [string, string?]
  return `${base}v2/styles/${encodeURIComponent(styleOf(service, mapName))}/descriptor${query ? `?${query}` : ''}`
}

function styleOf({ maps }: LocationService, mapName: string): string {
  const { style } = (maps?.items[mapName] ?? {}) as { style?: string }
  return style ?? mapName
}

function noMap(path: string): never {
  throw new GeoError('NoMap', `No map is configured: Geo.LocationService.${path} is missing.`, {
    recoverySuggestion: 'Configure it, or set Geo.LocationService.apiVersion to 2.',
  })
}
