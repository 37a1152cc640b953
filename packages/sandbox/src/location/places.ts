import type { RestCall, RestTable } from '../restJson.js'
import { countryNames, region, threeLetters } from './countries.js'
import { ATTRIBUTION, type City, distance, type Gazetteer, isWithin, type Position } from './gazetteer.js'
import {
  invalid,
  language,
  maxResults,
  notFound,
  optionalBox,
  optionalCountries,
  optionalPosition,
  positionOf,
  requiredText,
} from './input.js'

// Place indexes: the first generation of Amazon Location's places.
// https://docs.aws.amazon.com/location/previous/APIReference/API_Operations_Amazon_Location_Service_Places.html

/** Metres within which a position is still at a place: there are no streets between the towns. */
const AROUND = 100_000

export function placeIndexTable(
  gazetteer: () => Promise<Gazetteer>,
  hasIndex: (name: string) => boolean,
): RestTable {
  const open = async ({ path }: RestCall) => {
    if (!hasIndex(path.IndexName!)) throw notFound('Place index', path.IndexName!)
    return gazetteer()
  }
  return {
    'SearchPlaceIndexForText POST /places/v0/indexes/{IndexName}/search/text': async (call) => {
      const { query, summary } = await search(call, 50, 50)
      const found = (await open(call)).search(query)
      const Results = found.map(({ city, relevance }) => ({
        Place: placeOf(city),
        PlaceId: placeId(city),
        Relevance: relevance,
        ...(query.bias && { Distance: distance(query.bias, city.position) }),
      }))
      const ResultBBox = boxAround(found.map(({ city }) => city.position))
      return { Summary: { ...summary, ...(ResultBBox && { ResultBBox }) }, Results }
    },

    'SearchPlaceIndexForSuggestions POST /places/v0/indexes/{IndexName}/search/suggestions': async (call) => {
      const { query, summary } = await search(call, 5, 15)
      const found = (await open(call)).search(query)
      return {
        Summary: summary,
        Results: found.map(({ city }) => ({ Text: labelOf(city), PlaceId: placeId(city) })),
      }
    },

    'SearchPlaceIndexForPosition POST /places/v0/indexes/{IndexName}/search/position': async (call) => {
      const input = await call.input()
      const position = positionOf(input.Position, 'Position')
      const MaxResults = maxResults(input, 50, 50)
      const Language = language(input)
      const found = (await open(call)).nearest(position, AROUND, MaxResults)
      return {
        Summary: {
          ...{ Position: position, MaxResults, DataSource: ATTRIBUTION },
          ...(Language && { Language }),
        },
        Results: found.map((city) => ({
          ...{ Place: placeOf(city), PlaceId: placeId(city) },
          Distance: distance(position, city.position),
        })),
      }
    },

    'GetPlace GET /places/v0/indexes/{IndexName}/places/{PlaceId}': async (call) => {
      const city = (await open(call)).find(cityId(call.path.PlaceId!))
      if (!city) throw notFound('Place', call.path.PlaceId!)
      return { Place: placeOf(city) }
    },
  }
}

async function search(call: RestCall, usual: number, most: number) {
  const input = await call.input()
  const Text = requiredText(input, 'Text', 200)
  const bias = optionalPosition(input, 'BiasPosition')
  const box = optionalBox(input, 'FilterBBox')
  if (bias && box) throw invalid('BiasPosition and FilterBBox exclude each other.')
  const countries = optionalCountries(input, 'FilterCountries')
  const limit = maxResults(input, usual, most)
  const Language = language(input)
  return {
    query: {
      ...{ text: Text, countries, bias, limit },
      ...(box && { within: (position: Position) => isWithin(box, position) }),
    },
    summary: {
      Text,
      ...(bias && { BiasPosition: bias }),
      ...(box && { FilterBBox: box }),
      ...(countries && { FilterCountries: countries.map(threeLetters) }),
      ...(Language && { Language }),
      MaxResults: limit,
      DataSource: ATTRIBUTION,
    },
  }
}

export const placeId = ({ id }: City): string => Buffer.from(`geonames:${id}`).toString('base64url')

/** NaN for what is no id of ours. */
export function cityId(id: string): number {
  return Number(/^geonames:(\d+)$/.exec(Buffer.from(id, 'base64url').toString())?.[1])
}

function placeOf(city: City) {
  const state = region(city.country, city.adminCode)
  return {
    Label: labelOf(city),
    Geometry: { Point: city.position },
    Municipality: city.name,
    ...(state && { Region: state.Name }),
    Country: threeLetters(city.country),
    Interpolated: false,
    Categories: ['MunicipalityType'],
  }
}

/** Such as `San Francisco, CA, USA`. */
function labelOf({ name, country, adminCode }: City): string {
  return [name, region(country, adminCode)?.Code, threeLetters(country)].filter(Boolean).join(', ')
}

function boxAround(positions: Position[]): number[] | undefined {
  if (!positions.length) return undefined
  const [longitudes, latitudes] = [positions.map(([each]) => each), positions.map(([, each]) => each)]
  return [
    ...[Math.min(...longitudes), Math.min(...latitudes)],
    ...[Math.max(...longitudes), Math.max(...latitudes)],
  ]
}

/** The address of a city as the second generation has it. */
export function addressOf(city: City, language?: string) {
  const state = region(city.country, city.adminCode)
  const country = countryNames(language)(city.country)
  return {
    Label: [city.name, state?.Code, country].filter(Boolean).join(', '),
    Country: { Code2: city.country, Code3: threeLetters(city.country), Name: country },
    ...(state && { Region: state }),
    Locality: city.name,
  }
}
