import { afterAll, beforeAll, expect, test } from 'vitest'
import { startLocation } from './location.fixture.js'
import { getAvailableMaps, getDefaultMap, transformRequest } from './maps.js'

let location: Awaited<ReturnType<typeof startLocation>>
beforeAll(async () => {
  location = await startLocation()
})
afterAll(() => location.sandbox.stop())

/** The style of a map, and everything that a map loads because of it. */
async function load(ctx: Parameters<typeof transformRequest>[2], style: string) {
  const get = async (url: string, type: string) => {
    const response = await fetch((await transformRequest(url, type, ctx)).url)
    return { status: response.status, bytes: new Uint8Array(await response.arrayBuffer()) }
  }
  const descriptor = await get(style, 'Style')
  const { sources, glyphs, sprite } = JSON.parse(new TextDecoder().decode(descriptor.bytes))
  const tile = (z: number, x: number, y: number) =>
    get(sources.world.tiles[0].replace('{z}', z).replace('{x}', x).replace('{y}', y), 'Tile')
  return {
    attribution: sources.world.attribution as string,
    tiles: [await tile(0, 0, 0), await tile(6, 33, 21)],
    glyphs: await get(
      glyphs.replace('{fontstack}', 'Open Sans Regular').replace('{range}', '0-255'),
      'Glyphs',
    ),
    sprites: [await get(`${sprite}.json`, 'SpriteJSON'), await get(`${sprite}@2x.png`, 'SpriteImage')],
  }
}

test.each([
  ['a map of the configuration', {}, 'night'],
  ['a style of the second generation', { apiVersion: 2, maps: undefined }, 'Standard?color-scheme=Dark'],
])('%s loads with everything in it, each address signed', async (_, change, style) => {
  const { ctx } = location.open(change)
  const { attribution, tiles, glyphs, sprites } = await load(ctx, style)
  expect(attribution).toContain('GeoNames (CC BY 4.0)')
  for (const { status, bytes } of [...tiles, glyphs, ...sprites]) {
    expect(status).toBe(200)
    expect(bytes.length).toBeGreaterThan(50)
  }
})

test('other addresses are left alone, and nothing is signed for them', async () => {
  const { ctx } = location.open()
  const elsewhere = 'https://tiles.example.com/1/2/3.pbf'
  expect(await transformRequest(elsewhere, 'Tile', ctx)).toEqual({ url: elsewhere })
  expect(await transformRequest('/style.json', 'Style', ctx)).toEqual({ url: '/style.json' })
  const { endpoint } = ctx.config.Geo!.LocationService!
  // One that only begins alike.
  expect(await transformRequest(`${endpoint}0/x`, 'Tile', ctx)).toEqual({ url: `${endpoint}0/x` })
})

test('on AWS the addresses are those of the region', async () => {
  const { ctx } = location.open({ endpoint: undefined, region: 'eu-west-1' })
  const { url } = await transformRequest('world', 'Style', ctx)
  expect(url).toMatch(
    /^https:\/\/maps\.geo\.eu-west-1\.amazonaws\.com\/maps\/v0\/maps\/world\/style-descriptor\?.*X-Amz-Signature=[0-9a-f]{64}/,
  )
  expect(url).toContain('eu-west-1%2Fgeo%2Faws4_request')
  const second = location.open({ endpoint: undefined, apiVersion: 2, region: 'eu-west-1' })
  expect((await transformRequest('Standard', 'Style', second.ctx)).url).toMatch(
    /^https:\/\/maps\.geo\.eu-west-1\.amazonaws\.com\/v2\/styles\/Standard\/descriptor\?.*eu-west-1%2Fgeo-maps%2F/,
  )
})

test('a map that is not configured is told', () => {
  const { ctx } = location.open({ maps: undefined })
  for (const call of [getAvailableMaps, getDefaultMap]) {
    expect(() => call(ctx)).toThrow(expect.objectContaining({ name: 'NoMap' }))
  }
  const second = location.open({ maps: undefined, apiVersion: 2 })
  expect(getDefaultMap(second.ctx)).toMatchObject({ mapName: 'Standard', style: 'Standard' })
  expect(getAvailableMaps(second.ctx)).toHaveLength(4)
})

test('who may not call is told by the map', async () => {
  const closed = await startLocation({ access: ['authenticated'] })
  const { ctx } = closed.open()
  const refused = await fetch((await transformRequest('world', 'Style', ctx)).url)
  expect(refused.status).toBe(403)
  expect(await refused.json()).toEqual({
    message: 'User: the guest role is not authorized to perform: geo:GetMapStyleDescriptor',
  })
  await closed.sandbox.stop()
})
