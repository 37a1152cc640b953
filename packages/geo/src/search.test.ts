import { afterAll, beforeAll, expect, test } from 'vitest'
import { startLocation } from './location.fixture.js'
import { calculateRoute } from './routes.js'
import { searchByCoordinates, searchByPlaceId, searchByText, searchForSuggestions } from './search.js'

let location: Awaited<ReturnType<typeof startLocation>>
beforeAll(async () => {
  location = await startLocation()
})
afterAll(() => location.sandbox.stop())

const SAN_FRANCISCO = {
  label: 'San Francisco, CA, USA',
  geometry: { point: [-122.41942, 37.77493] },
  municipality: 'San Francisco',
  region: 'California',
  country: 'USA',
}

/** Both generations answer the same questions alike, but for their words in the label. */
const generations = [
  { name: 'place indexes', change: {}, label: 'San Francisco, CA, USA', suggestion: 'Berlin, DEU' },
  {
    name: 'the second generation',
    change: { apiVersion: 2 },
    label: 'San Francisco, CA, United States',
    suggestion: 'Berlin, Germany',
  },
]

test.each(generations)('$name: a text finds places, best first', async ({ change, label }) => {
  const { ctx } = location.open(change)
  const places = await searchByText('san fran', { maxResults: 3 }, ctx)
  expect(places).toHaveLength(3)
  expect(places[0]).toMatchObject({ ...SAN_FRANCISCO, label })
})

test.each(generations)(
  '$name: a text is searched within countries, an area, or near a place',
  async ({ change }) => {
    const { ctx } = location.open(change)
    const inCountry = await searchByText('paris', { countries: ['USA'] }, ctx)
    expect(inCountry[0]).toMatchObject({ municipality: 'Paris', region: 'Texas', country: 'USA' })
    const inArea = await searchByText('paris', { searchAreaConstraints: [-90, 36, -82, 39] }, ctx)
    expect(inArea.map(({ region }) => region)).toEqual(['Tennessee', 'Kentucky'])
    const near = await searchByText('springfield', { biasPosition: [-89.6, 39.8], maxResults: 1 }, ctx)
    expect(near[0]).toMatchObject({ region: 'Illinois' })
  },
)

test.each(generations)('$name: every option of a search is sent', async ({ change, name }) => {
  const { ctx, sent } = location.open(change)
  const isFirst = name === 'place indexes'
  const options = { maxResults: 2, countries: ['DEU', 'CHE'], language: 'de', searchIndexName: 'towns' }
  await searchByText('bern', { ...options, biasPosition: [7.4, 46.9] }, ctx)
  await searchForSuggestions('bern', { ...options, biasPosition: [7.4, 46.9] }, ctx)
  await searchByCoordinates([7.4, 46.9], { maxResults: 1, searchIndexName: 'towns' }, ctx)
  const said = { MaxResults: 2, Language: 'de', BiasPosition: [7.4, 46.9] }
  for (const { body } of sent.slice(0, 2)) {
    expect(body).toMatchObject(
      isFirst
        ? { ...said, FilterCountries: options.countries }
        : { ...said, Filter: { IncludeCountries: options.countries } },
    )
  }
  expect(sent[2]!.body.MaxResults).toBe(1)
  if (isFirst) for (const { target } of sent) expect(target).toContain('/indexes/towns/')
  expect((await searchByText('bern', options, ctx))[0]!.label).toBe(isFirst ? 'Bern, CHE' : 'Bern, Schweiz')
})

test.each(generations)('$name: a suggestion leads to its place', async ({ change, suggestion }) => {
  const { ctx } = location.open(change)
  const [first] = await searchForSuggestions('berl', { countries: ['DEU'], maxResults: 2 }, ctx)
  expect(first).toEqual({ text: suggestion, placeId: expect.any(String) })
  const place = await searchByPlaceId(first!.placeId!, {}, ctx)
  expect(place).toMatchObject({
    municipality: 'Berlin',
    country: 'DEU',
    geometry: { point: [13.41053, 52.52437] },
  })
})

test.each(generations)(
  '$name: a position is at the nearest place, and nowhere in the middle of the sea',
  async ({ change }) => {
    const { ctx } = location.open(change)
    expect(await searchByCoordinates([2.3488, 48.8534], {}, ctx)).toMatchObject({ municipality: 'Paris' })
    // On the other side of the antimeridian, and at the pole.
    expect(await searchByCoordinates([-179.99, -16.8], {}, ctx)).toMatchObject({ country: 'FJI' })
    await expect(searchByCoordinates([-140, -40], {}, ctx)).rejects.toMatchObject({ name: 'NoPlaceFound' })
  },
)

test('bad input is refused before anything is sent', async () => {
  const { ctx, sent } = location.open()
  await expect(searchByText('  ', {}, ctx)).rejects.toMatchObject({ name: 'InvalidInput' })
  await expect(searchForSuggestions(undefined as never, {}, ctx)).rejects.toMatchObject({
    name: 'InvalidInput',
  })
  await expect(searchByPlaceId('', {}, ctx)).rejects.toMatchObject({
    name: 'InvalidInput',
    message: 'PlaceId cannot be an empty string.',
  })
  await expect(searchByCoordinates([48.85, 190], {}, ctx)).rejects.toMatchObject({
    name: 'InvalidCoordinates',
    message:
      'The coordinates [48.85,190] are wrong: the latitude 190 is not between -90 and 90 (the longitude comes first).',
  })
  const both = {
    biasPosition: [0, 0] as [number, number],
    searchAreaConstraints: [0, 0, 1, 1] as [number, number, number, number],
  }
  await expect(searchByText('paris', both, ctx)).rejects.toMatchObject({ name: 'InvalidSearchOptions' })
  await expect(searchByText('paris', { searchAreaConstraints: [0, 0, 1, 91] }, ctx)).rejects.toMatchObject({
    name: 'InvalidCoordinates',
    message: expect.stringContaining('north-east'),
  })
  expect(sent).toEqual([])
})

test('what the configuration lacks is named, and so is an index that there is not', async () => {
  const { ctx } = location.open({ searchIndices: undefined })
  await expect(searchByText('paris', {}, ctx)).rejects.toMatchObject({
    name: 'NoSearchIndex',
    message: expect.stringContaining('Geo.LocationService.searchIndices.default'),
  })
  await expect(searchByText('paris', { searchIndexName: 'streets' }, ctx)).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: expect.stringContaining('streets'),
    status: 404,
  })
  ctx.config = { ...ctx.config, Geo: undefined }
  await expect(searchByText('paris', {}, ctx)).rejects.toMatchObject({ name: 'NoGeoConfig' })
})

test('a throttle is waited out, and a service that stays down is told', async () => {
  const { ctx, sent } = location.open()
  location.sandbox.failNext({ service: 'geo', status: 429 })
  expect(await searchByText('oslo', { maxResults: 1 }, ctx)).toHaveLength(1)
  expect(sent).toHaveLength(2)
  location.sandbox.failNext({ service: 'geo', status: 500, times: 3 })
  await expect(searchByText('oslo', {}, ctx)).rejects.toMatchObject({
    name: 'InternalServerException',
    status: 500,
  })
})

test('a route has its legs, and says that it follows no roads', async () => {
  const { ctx } = location.open()
  const route = await calculateRoute(
    { from: [13.41, 52.52], waypoints: [[10, 53.55]], to: [4.9, 52.37] },
    ctx,
  )
  expect(route.legs).toHaveLength(2)
  expect(Math.round(route.distance / 1000)).toBe(621)
  expect(route.distance).toBe(route.legs[0]!.distance + route.legs[1]!.distance)
  expect(route.legs[0]!.line[0]).toEqual([13.41, 52.52])
  expect(route.legs[1]!.line.at(-1)).toEqual([4.9, 52.37])
  expect(route.notices).toContain('AccuratePolylineUnavailable')
  const onFoot = await calculateRoute(
    { from: [13.41, 52.52], to: [13.45, 52.5], travelMode: 'Pedestrian' },
    ctx,
  )
  expect(onFoot.duration).toBeGreaterThan(1800)
  await expect(
    calculateRoute(
      {
        from: [1, 2],
        to: [3, 4],
        waypoints: [
          [5, 6],
          [700, 8],
        ],
      },
      ctx,
    ),
  ).rejects.toMatchObject({
    name: 'InvalidCoordinates',
    message: expect.stringContaining('waypoints[1]'),
  })
})
