import { Amplify } from '@backline/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Geo, GeoError } from './index.js'
import { startLocation } from './location.fixture.js'
import { AmazonLocationServiceProvider } from './location-service.js'

let location: Awaited<ReturnType<typeof startLocation>>
beforeAll(async () => {
  location = await startLocation()
  Amplify.configure(location.sandbox.outputs as never)
})
afterAll(() => location.sandbox.stop())

test('Geo does for the app what v6 does', async () => {
  expect(Geo.getAvailableMaps()).toEqual([
    { mapName: 'world', style: 'VectorEsriStreets', region: 'us-east-1' },
    { mapName: 'night', style: 'VectorEsriDarkGrayCanvas', region: 'us-east-1' },
  ])
  expect(Geo.getDefaultMap()).toEqual({ mapName: 'world', style: 'VectorEsriStreets', region: 'us-east-1' })
  expect((await Geo.searchByText('reykjavik', { maxResults: 1 }))[0]).toMatchObject({ country: 'ISL' })
  const [suggestion] = await Geo.searchForSuggestions('reyk', { maxResults: 1 })
  expect(await Geo.searchByPlaceId(suggestion!.placeId!)).toMatchObject({ municipality: 'Reykjavík' })
  expect(await Geo.searchByCoordinates([-21.9, 64.14])).toMatchObject({ country: 'ISL' })

  const polygon: [number, number][][] = [
    [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 0],
    ],
  ]
  expect((await Geo.saveGeofences({ geofenceId: 'a', geometry: { polygon } })).successes).toHaveLength(1)
  expect((await Geo.saveGeofences([{ geofenceId: 'b', geometry: { polygon } }])).successes).toHaveLength(1)
  expect((await Geo.getGeofence('a')).geometry).toEqual({ polygon })
  expect((await Geo.listGeofences()).entries).toHaveLength(2)
  expect((await Geo.deleteGeofences('a')).successes).toEqual(['a'])
  expect((await Geo.deleteGeofences(['b'])).successes).toEqual(['b'])
})

test('another provider answers under its name, and ours is one like it', async () => {
  class Elsewhere extends AmazonLocationServiceProvider {
    override getProviderName() {
      return 'Elsewhere'
    }
    override async searchByText() {
      return [{ label: 'Nowhere', geometry: undefined }]
    }
  }
  Geo.addPluggable(new Elsewhere())
  expect(await Geo.searchByText('x', { providerName: 'Elsewhere' })).toEqual([
    { label: 'Nowhere', geometry: undefined },
  ])
  expect(Geo.getPluggable('Elsewhere').getCategory()).toBe('Geo')
  Geo.removePluggable('Elsewhere')
  await expect(Geo.searchByText('x', { providerName: 'Elsewhere' })).rejects.toThrow(GeoError)
  await expect(Geo.searchByText('x', { providerName: 'Elsewhere' })).rejects.toMatchObject({
    name: 'NoProvider',
  })
  expect(Geo.getPluggable('AmazonLocationService')).toBeInstanceOf(AmazonLocationServiceProvider)
  expect(Geo.getModuleName()).toBe('Geo')
})
