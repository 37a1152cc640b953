import { type Input, ServiceError } from '../awsJson.js'
import type { RestOperation, RestTable } from '../restJson.js'
import { type City, distance, type Gazetteer, isWithin, type Position } from './gazetteer.js'
import {
  invalid,
  language,
  maxResults,
  optionalBox,
  optionalCountries,
  optionalPosition,
  positionOf,
  requiredText,
} from './input.js'
import { addressOf, cityId, placeId } from './places.js'

// The second generation of places, which has no indexes: https://docs.aws.amazon.com/location/latest/APIReference/API_Operations_Amazon_Location_Service_Places_V2.html
// Not here: postal codes, time zones, query components and whatever else a town does not have.

/** What an answer would cost, which each of them says. */
const PRICED = { PricingBucket: 'Core' }

export function placesTable(gazetteer: () => Promise<Gazetteer>): RestTable {
  const byText =
    (
      { usual, most, area }: { usual: number; most: number; area?: true },
      item: (city: City, options: Options) => object,
    ): RestOperation =>
    async (call) => {
      const input = await call.input()
      if (area) checkArea(input)
      const { query, options } = textQuery(input, usual, most)
      const found = (await gazetteer()).search(query)
      return { ...PRICED, ResultItems: found.map(({ city }) => item(city, options)) }
    }
  const byPosition: RestOperation = async (call) => {
    const input = await call.input()
    const position = positionOf(input.QueryPosition, 'QueryPosition')
    const limit = maxResults(input, 1, 100)
    const radius = radiusOf(input.QueryRadius, 100_000)
    const options = { language: language(input), from: position }
    const filter = filterOf(input)
    const found = (await gazetteer()).nearest(position, radius, limit, ({ country, position: at }) =>
      filter.accepts(country, at),
    )
    return { ...PRICED, ResultItems: found.map((city) => itemOf(city, options)) }
  }
  return {
    'Geocode POST /v2/geocode': byText({ usual: 20, most: 100 }, itemOf),
    'SearchText POST /v2/search-text': byText({ usual: 20, most: 100, area: true }, itemOf),
    'Autocomplete POST /v2/autocomplete': byText({ usual: 5, most: 20 }, (city, options) => {
      const { Position: _, MapView: __, ...item } = itemOf(city, options)
      return item
    }),
    'Suggest POST /v2/suggest': byText({ usual: 20, most: 100, area: true }, (city, options) => {
      const { Title, ...Place } = itemOf(city, options)
      return { Title, SuggestResultItemType: 'Place', Place }
    }),
    'ReverseGeocode POST /v2/reverse-geocode': byPosition,
    'SearchNearby POST /v2/search-nearby': byPosition,
    'GetPlace GET /v2/place/{PlaceId}': async ({ path, query }) => {
      const city = (await gazetteer()).find(cityId(path.PlaceId!))
      if (!city) throw invalid(`PlaceId: there is no place '${path.PlaceId}'.`)
      return { ...PRICED, ...itemOf(city, { language: language({ Language: query.get('language') }) }) }
    },
  }
}

interface Options {
  language?: string
  /** Where distances are told from. */
  from?: Position
}

/** These two do not look all over the world: https://docs.aws.amazon.com/location/latest/APIReference/API_geoplaces_SearchText.html */
function checkArea({ BiasPosition, Filter }: Input): void {
  const { BoundingBox, Circle } = (Filter ?? {}) as Input
  if ([BiasPosition, BoundingBox, Circle].filter(Boolean).length !== 1)
    throw invalid('Exactly one of BiasPosition, Filter.BoundingBox and Filter.Circle must be given.')
}

function textQuery(input: Input, usual: number, most: number) {
  if (input.QueryText === undefined && (input.QueryComponents || input.QueryId)) {
    throw new ServiceError('ValidationException', 'The sandbox searches by QueryText only.')
  }
  const text = requiredText(input, 'QueryText', 200)
  const bias = optionalPosition(input, 'BiasPosition')
  const { countries, within } = filterOf(input)
  return {
    query: { text, bias, countries, within, limit: maxResults(input, usual, most) },
    options: { language: language(input), from: bias },
  }
}

function filterOf(input: Input) {
  const filter = (input.Filter ?? {}) as Input
  const box = optionalBox(filter, 'BoundingBox')
  const circle = filter.Circle as Input | undefined
  const center = circle && positionOf(circle.Center, 'Filter.Circle.Center')
  const radius = circle && radiusOf(circle.Radius, 0)
  const countries = optionalCountries(filter, 'IncludeCountries')
  const within = (position: Position) =>
    (!box || isWithin(box, position)) && (!center || distance(center, position) <= radius!)
  return {
    countries,
    within: box || center ? within : undefined,
    accepts: (country: string, position: Position) =>
      (!countries || countries.includes(country)) && within(position),
  }
}

function radiusOf(value: unknown, usual: number): number {
  const radius = value ?? usual
  if (!Number.isFinite(radius) || (radius as number) < 1 || (radius as number) > 21_000_000) {
    throw invalid('A radius must be from 1 to 21000000 metres.')
  }
  return radius as number
}

function itemOf(city: City, { language, from }: Options) {
  const Address = addressOf(city, language)
  const [longitude, latitude] = city.position
  // As far as a town of its size reaches, in degrees.
  const half = 0.01 + Math.sqrt(city.population) / 40_000
  return {
    PlaceId: placeId(city),
    PlaceType: 'Locality',
    Title: Address.Label,
    Address,
    Position: city.position,
    ...(from && { Distance: Math.round(distance(from, city.position)) }),
    MapView: [longitude - half, latitude - half, longitude + half, latitude + half],
  }
}
