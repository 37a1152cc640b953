import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  GeoMapsClient,
  GetGlyphsCommand,
  GetSpritesCommand,
  GetStyleDescriptorCommand,
  GetTileCommand,
} from '@aws-sdk/client-geo-maps'
import {
  BatchDeleteGeofenceCommand,
  BatchEvaluateGeofencesCommand,
  BatchPutGeofenceCommand,
  GetGeofenceCommand,
  GetMapGlyphsCommand,
  GetMapSpritesCommand,
  GetMapStyleDescriptorCommand,
  GetMapTileCommand,
  ListGeofencesCommand,
  LocationClient,
  PutGeofenceCommand,
} from '@aws-sdk/client-location'
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { startLocation } from './location.fixture.js'

let location: Awaited<ReturnType<typeof startLocation>>
let client: LocationClient

beforeAll(async () => {
  location = await startLocation()
  client = new LocationClient(location.options)
})
beforeEach(() => location.sandbox.reset())
afterEach(() => vi.restoreAllMocks())
afterAll(async () => {
  client.destroy()
  await location.sandbox.stop()
})

const CollectionName = 'fences'
const SQUARE = {
  Polygon: [
    [
      [0, 0],
      [2, 0],
      [2, 2],
      [0, 2],
      [0, 0],
    ],
  ],
}
const put = (Entries: { GeofenceId: string; Geometry: object }[]) =>
  client.send(new BatchPutGeofenceCommand({ CollectionName, Entries }))

test('what is put is got, listed page by page, and deleted', async () => {
  const { Successes, Errors } = await put([
    { GeofenceId: 'square', Geometry: SQUARE },
    { GeofenceId: 'circle', Geometry: { Circle: { Center: [10, 10], Radius: 500 } } },
  ])
  expect(Errors).toEqual([])
  expect(Successes!.map(({ GeofenceId }) => GeofenceId)).toEqual(['square', 'circle'])
  await client.send(
    new PutGeofenceCommand({
      CollectionName,
      GeofenceId: 'third',
      Geometry: SQUARE,
      GeofenceProperties: { kind: 'park' },
    }),
  )
  expect(await client.send(new GetGeofenceCommand({ CollectionName, GeofenceId: 'third' }))).toMatchObject({
    Geometry: SQUARE,
    Status: 'ACTIVE',
    GeofenceProperties: { kind: 'park' },
    CreateTime: expect.any(Date),
  })
  const first = await client.send(new ListGeofencesCommand({ CollectionName, MaxResults: 2 }))
  const { NextToken } = first
  const rest = await client.send(new ListGeofencesCommand({ CollectionName, NextToken }))
  expect([...first.Entries!, ...rest.Entries!].map(({ GeofenceId }) => GeofenceId)).toEqual([
    'circle',
    'square',
    'third',
  ])
  expect(rest.NextToken).toBeUndefined()
  const { Errors: kept } = await client.send(
    new BatchDeleteGeofenceCommand({ CollectionName, GeofenceIds: ['square', 'ghost'] }),
  )
  expect(kept).toEqual([
    { GeofenceId: 'ghost', Error: { Code: 'ResourceNotFoundError', Message: 'Geofence not found: ghost' } },
  ])
})

test.each([
  [
    {
      Polygon: [
        [
          [0, 0],
          [2, 0],
          [2, 2],
        ],
      ],
    },
    'at least 4 positions',
  ],
  [
    {
      Polygon: [
        [
          [0, 0],
          [2, 0],
          [2, 2],
          [0, 2],
        ],
      ],
    },
    'the first and the last',
  ],
  [
    {
      Polygon: [
        [
          [0, 0],
          [0, 2],
          [2, 2],
          [2, 0],
          [0, 0],
        ],
      ],
    },
    'counter-clockwise',
  ],
  [
    {
      Polygon: [
        [
          [0, 0],
          [3, 3],
          [3, 1],
          [0, 2],
          [0, 0],
        ],
      ],
    },
    'cross',
  ],
  [
    {
      Polygon: [
        [
          [0, 0],
          [200, 0],
          [2, 2],
          [0, 0],
        ],
      ],
    },
    'Polygon[0][1] is out of range',
  ],
  [{ Circle: { Center: [0, 0], Radius: 100_001 } }, 'Circle.Radius'],
  [{ ...SQUARE, Circle: { Center: [0, 0], Radius: 1 } }, 'either Polygon or Circle'],
])('%j is an error of its entry alone', async (Geometry, message) => {
  const { Successes, Errors } = await put([
    { GeofenceId: 'bad', Geometry },
    { GeofenceId: 'good', Geometry: SQUARE },
  ])
  expect(Successes).toHaveLength(1)
  expect(Errors).toEqual([
    { GeofenceId: 'bad', Error: { Code: 'ValidationError', Message: expect.stringContaining(message) } },
  ])
})

test('geofences survive a restart, and those of a collection that has left the definition do not', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'backline-location-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const inLife = async (
    geofenceCollections: { name: string }[],
    work: (sdk: LocationClient) => Promise<unknown>,
  ) => {
    const life = await startLocation({ geofenceCollections }, { dataDir })
    const sdk = new LocationClient(life.options)
    const result = await work(sdk)
    sdk.destroy()
    await life.sandbox.stop()
    return result
  }
  const names = (of: string) => async (sdk: LocationClient) =>
    (await sdk.send(new ListGeofencesCommand({ CollectionName: of }))).Entries!.map(
      ({ GeofenceId }) => GeofenceId,
    )
  const both = [{ name: 'fences' }, { name: 'others' }]
  await inLife(both, async (sdk) => {
    for (const each of ['fences', 'others']) {
      const Entries = [{ GeofenceId: `of-${each}`, Geometry: SQUARE }]
      await sdk.send(new BatchPutGeofenceCommand({ CollectionName: each, Entries }))
    }
  })
  expect(await inLife([{ name: 'fences' }], names('fences'))).toEqual(['of-fences'])
  expect(await inLife(both, names('fences'))).toEqual(['of-fences'])
})

test('a call takes ten', async () => {
  const eleven = Array.from({ length: 11 }, (_, at) => ({ GeofenceId: `g${at}`, Geometry: SQUARE }))
  await expect(put(eleven)).rejects.toMatchObject({
    name: 'ValidationException',
    message: 'Entries must be a list of 1 to 10.',
  })
  await expect(
    client.send(new ListGeofencesCommand({ CollectionName, NextToken: '?' })),
  ).rejects.toMatchObject({
    name: 'ValidationException',
  })
  await expect(client.send(new ListGeofencesCommand({ CollectionName: 'none' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  })
})

test('who comes into a geofence and leaves it is in the log', async () => {
  await put([
    { GeofenceId: 'square', Geometry: SQUARE },
    { GeofenceId: 'circle', Geometry: { Circle: { Center: [10, 10], Radius: 5000 } } },
  ])
  const log = vi.spyOn(console, 'error').mockImplementation(() => {})
  for (const Position of [
    [1, 1],
    [1.5, 1.5],
    [10.01, 10.01],
  ]) {
    await client.send(
      new BatchEvaluateGeofencesCommand({
        CollectionName,
        DevicePositionUpdates: [{ DeviceId: 'van', SampleTime: new Date(), Position }],
      }),
    )
  }
  expect(log.mock.calls.flat()).toEqual([
    '[sandbox] geo: ENTER fences/square by van',
    '[sandbox] geo: ENTER fences/circle by van',
    '[sandbox] geo: EXIT fences/square by van',
  ])
})

const text = (bytes?: Uint8Array) => new TextDecoder().decode(bytes)

test('the SDK reads style, tiles, glyphs and sprites of a map', async () => {
  const MapName = 'world'
  const style = await client.send(new GetMapStyleDescriptorCommand({ MapName }))
  expect(JSON.parse(text(style.Blob))).toMatchObject({ version: 8, sources: { world: { type: 'vector' } } })
  const tile = await client.send(new GetMapTileCommand({ MapName, Z: '2', X: '1', Y: '1' }))
  expect(tile.ContentType).toBe('application/vnd.mapbox-vector-tile')
  expect(text(tile.Blob)).toContain('countries')
  const glyphs = await client.send(
    new GetMapGlyphsCommand({ MapName, FontStack: 'Open Sans Regular', FontUnicodeRange: '0-255.pbf' }),
  )
  expect(text(glyphs.Blob!.slice(0, 40))).toContain('Open Sans Regular')
  const sprites = await client.send(new GetMapSpritesCommand({ MapName, FileName: 'sprites.png' }))
  expect(text(sprites.Blob!.slice(1, 4))).toBe('PNG')
  await expect(client.send(new GetMapTileCommand({ MapName, Z: '1', X: '2', Y: '0' }))).rejects.toMatchObject(
    {
      name: 'ValidationException',
    },
  )
  await expect(
    client.send(new GetMapTileCommand({ MapName: 'mars', Z: '0', X: '0', Y: '0' })),
  ).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  })
})

test('and those of the second generation', async () => {
  const maps = new GeoMapsClient(location.options)
  const style = await maps.send(new GetStyleDescriptorCommand({ Style: 'Standard', ColorScheme: 'Dark' }))
  expect(JSON.parse(text(style.Blob))).toMatchObject({ version: 8 })
  const tile = await maps.send(new GetTileCommand({ Tileset: 'vector.basemap', Z: '0', X: '0', Y: '0' }))
  expect(tile.PricingBucket).toBe('Core')
  const glyphs = await maps.send(
    new GetGlyphsCommand({ FontStack: 'Open Sans Regular', FontUnicodeRange: '256-511.pbf' }),
  )
  expect(glyphs.Blob!.length).toBeGreaterThan(10_000)
  const sprites = await maps.send(
    new GetSpritesCommand({
      Style: 'Standard',
      ColorScheme: 'Light',
      Variant: 'Default',
      FileName: 'sprites@2x.json',
    }),
  )
  expect(JSON.parse(text(sprites.Blob))).toMatchObject({ town: { pixelRatio: 2 } })
  await expect(maps.send(new GetStyleDescriptorCommand({ Style: 'Satellite' }))).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining('no pictures'),
  })
  maps.destroy()
})
