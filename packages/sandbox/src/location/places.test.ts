import {
  AutocompleteCommand,
  GeocodeCommand,
  GeoPlacesClient,
  GetPlaceCommand as GetPlaceV2Command,
  ReverseGeocodeCommand,
  SearchNearbyCommand,
  SearchTextCommand,
  SuggestCommand,
} from '@aws-sdk/client-geo-places'
import { CalculateRoutesCommand, GeoRoutesClient } from '@aws-sdk/client-geo-routes'
import {
  GetPlaceCommand,
  LocationClient,
  SearchPlaceIndexForPositionCommand,
  SearchPlaceIndexForSuggestionsCommand,
  SearchPlaceIndexForTextCommand,
} from '@aws-sdk/client-location'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openGazetteer } from './gazetteer.js'
import { startLocation } from './location.fixture.js'

let location: Awaited<ReturnType<typeof startLocation>>
let client: LocationClient
let places: GeoPlacesClient

beforeAll(async () => {
  location = await startLocation()
  client = new LocationClient(location.options)
  places = new GeoPlacesClient(location.options)
})
afterAll(async () => {
  client.destroy()
  places.destroy()
  await location.sandbox.stop()
})

const IndexName = 'towns'
const search = (input: object) =>
  client.send(new SearchPlaceIndexForTextCommand({ IndexName, Text: 'paris', ...input }))

test('"san fran" finds San Francisco first, and the answer says whose data it is', async () => {
  const { Results, Summary } = await search({ Text: 'san fran', MaxResults: 3 })
  expect(Results![0]).toMatchObject({
    Place: {
      Label: 'San Francisco, CA, USA',
      Geometry: { Point: [-122.41942, 37.77493] },
      Municipality: 'San Francisco',
      Region: 'California',
      Country: 'USA',
    },
    PlaceId: expect.any(String),
  })
  expect(Summary).toMatchObject({ Text: 'san fran', MaxResults: 3, DataSource: 'GeoNames (CC BY 4.0)' })
})

test.each([
  ['paris', 'Paris, FRA'],
  ['paris texas', 'Paris, TX, USA'],
  ['Paris, France', 'Paris, FRA'],
  ['springfield, il', 'Springfield, IL, USA'],
  ['york', 'York, GBR'],
  ['new york', 'New York City, NY, USA'],
  ['sao paulo', 'São Paulo, BRA'],
  ['ZÜRICH', 'Zürich, CHE'],
  ['san', 'Santiago, CHL'],
  ['москва', undefined],
])('the text %s means %s', async (Text, label) => {
  const { Results } = await search({ Text, MaxResults: 1 })
  expect(Results![0]?.Place?.Label).toBe(label)
})

test('an area may lie across the antimeridian', async () => {
  const { Results, Summary } = await search({ Text: 's', FilterBBox: [177, -20, -178, -15], MaxResults: 50 })
  expect(new Set(Results!.map(({ Place }) => Place!.Country))).toEqual(new Set(['FJI']))
  expect(Summary!.ResultBBox).toHaveLength(4)
})

test('suggestions, positions and ids lead to the same place', async () => {
  const { Results: suggestions } = await client.send(
    new SearchPlaceIndexForSuggestionsCommand({
      IndexName,
      Text: 'osl',
      FilterCountries: ['NOR'],
      MaxResults: 1,
    }),
  )
  const { Place } = await client.send(new GetPlaceCommand({ IndexName, PlaceId: suggestions![0]!.PlaceId! }))
  expect(suggestions![0]!.Text).toBe(Place!.Label)
  const { Results } = await client.send(
    new SearchPlaceIndexForPositionCommand({ IndexName, Position: Place!.Geometry!.Point, MaxResults: 1 }),
  )
  expect(Results![0]).toMatchObject({ Place: { Label: Place!.Label }, Distance: 0 })
})

test.each([
  [{ Text: '' }, 'Text must be'],
  [{ Text: 'x'.repeat(201) }, 'at most 200'],
  [{ MaxResults: 51 }, 'from 1 to 50'],
  [{ BiasPosition: [200, 0] }, 'longitude 200'],
  [{ BiasPosition: [0, 0], FilterBBox: [0, 0, 1, 1] }, 'exclude each other'],
  [{ FilterBBox: [0, 5, 1, 1] }, 'south 5'],
  [{ FilterCountries: ['Germany'] }, 'not a country code'],
  [{ Language: 'a language' }, 'BCP 47'],
])('%o is a ValidationException that names the member', async (input, message) => {
  await expect(search(input)).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining(message),
    $metadata: expect.objectContaining({ httpStatusCode: 400 }),
  })
})

test('an index that there is not, a wrong key and a throttle have the names that the SDK knows', async () => {
  await expect(search({ IndexName: 'streets' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  const stranger = new LocationClient({
    ...location.options,
    credentials: { ...location.sandbox.credentials, secretAccessKey: 'wrong' },
  })
  await expect(
    stranger.send(new SearchPlaceIndexForTextCommand({ IndexName, Text: 'paris' })),
  ).rejects.toMatchObject({ name: 'InvalidSignatureException', $metadata: { httpStatusCode: 403 } })
  stranger.destroy()
  location.sandbox.failNext({ service: 'geo', status: 429 })
  await expect(search({})).rejects.toMatchObject({ name: 'ThrottlingException' })
})

test('the second generation geocodes, completes, suggests, and knows what is near', async () => {
  const { ResultItems: found } = await places.send(
    new GeocodeCommand({ QueryText: 'san fran', MaxResults: 1 }),
  )
  expect(found![0]).toMatchObject({
    PlaceType: 'Locality',
    Title: 'San Francisco, CA, United States',
    Address: {
      Country: { Code3: 'USA' },
      Region: { Code: 'CA', Name: 'California' },
      Locality: 'San Francisco',
    },
  })
  const german = await places.send(new GetPlaceV2Command({ PlaceId: found![0]!.PlaceId!, Language: 'de' }))
  expect(german.Address!.Country!.Name).toBe('Vereinigte Staaten')
  const { ResultItems: completed } = await places.send(
    new AutocompleteCommand({ QueryText: 'münch', MaxResults: 1 }),
  )
  expect(completed![0]).not.toHaveProperty('Position')
  const { ResultItems: suggested } = await places.send(
    new SuggestCommand({ QueryText: 'spring', BiasPosition: [-89.6, 39.8], MaxResults: 1 }),
  )
  expect(suggested![0]).toMatchObject({
    SuggestResultItemType: 'Place',
    Place: { Address: { Region: { Code: 'IL' } } },
  })
  const { ResultItems: near } = await places.send(
    new SearchNearbyCommand({ QueryPosition: [2.35, 48.85], QueryRadius: 5000, MaxResults: 10 }),
  )
  expect(near!.length).toBeGreaterThan(3)
  expect(near!.every(({ Distance }) => Distance! <= 5000)).toBe(true)
  const { ResultItems: here } = await places.send(
    new ReverseGeocodeCommand({ QueryPosition: [2.3488, 48.8534] }),
  )
  expect(here).toHaveLength(1)
  const { ResultItems: around } = await places.send(
    new SearchTextCommand({ QueryText: 'p', Filter: { Circle: { Center: [2.35, 48.85], Radius: 20_000 } } }),
  )
  expect(around![0]!.Title).toBe('Paris, France')
})

test('a search for text wants one place to look at, as on AWS', async () => {
  await expect(places.send(new SearchTextCommand({ QueryText: 'paris' }))).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining('Exactly one of'),
  })
  await expect(places.send(new GetPlaceV2Command({ PlaceId: 'nothing' }))).rejects.toMatchObject({
    name: 'ValidationException',
  })
})

test('a route is a great circle, told as such', async () => {
  const routes = new GeoRoutesClient(location.options)
  const { Routes } = await routes.send(
    new CalculateRoutesCommand({
      Origin: [-0.13, 51.51],
      Destination: [-74, 40.71],
      Waypoints: [{ Position: [-6.26, 53.35] }],
    }),
  )
  const [route] = Routes!
  expect(route!.Legs).toHaveLength(2)
  expect(Math.round(route!.Summary!.Distance! / 10_000)).toBe(558)
  expect(route!.Legs![1]!.Geometry!.LineString!.length).toBeGreaterThan(50)
  expect(route!.Legs![0]!.VehicleLegDetails!.Notices![0]!.Code).toBe('AccuratePolylineUnavailable')
  await expect(
    routes.send(new CalculateRoutesCommand({ Origin: [0, 0], Destination: [1, 1], TravelMode: 'Transit' })),
  ).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining('TravelMode') })
  routes.destroy()
})

test('the gazetteer holds more than a hundred thousand places', async () => {
  expect((await openGazetteer()).size).toBeGreaterThan(100_000)
})
