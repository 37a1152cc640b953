import { type Context, currentContext } from '@backline/core/internal'
import { GeoError } from './errors.js'
import { location, locationService, type WireItem } from './location.js'
import { type BoundingBox, type Coordinates, coordinatesProblem } from './shapes.js'

export interface SearchByTextOptionsBase {
  /** Codes of ISO 3166, such as `USA`. */
  countries?: string[]
  maxResults?: number
  /** The default one of the configuration where left out. */
  searchIndexName?: string
  providerName?: string
  /** A tag of BCP 47, such as `de`. */
  language?: string
}
export interface SearchByTextOptionsWithBiasPosition extends SearchByTextOptionsBase {
  /** What is near here comes first. */
  biasPosition?: Coordinates
}
export interface SearchByTextOptionsWithSearchAreaConstraints extends SearchByTextOptionsBase {
  /** Nothing outside of this is found. */
  searchAreaConstraints?: BoundingBox
}
export type SearchByTextOptions =
  | SearchByTextOptionsWithBiasPosition
  | SearchByTextOptionsWithSearchAreaConstraints

export interface SearchByCoordinatesOptions {
  maxResults?: number
  searchIndexName?: string
  providerName?: string
  language?: string
}
export interface searchByPlaceIdOptions {
  searchIndexName?: string
}

export interface PlaceGeometry {
  point: Coordinates
}

export interface Place {
  addressNumber?: string
  country?: string
  geometry: PlaceGeometry | undefined
  interpolated?: boolean
  label?: string
  municipality?: string
  neighborhood?: string
  postalCode?: string
  region?: string
  street?: string
  subRegion?: string
}

export interface SearchForSuggestionsResult {
  text: string
  placeId?: string
}
export type SearchForSuggestionsResults = SearchForSuggestionsResult[]

/**
 * The places that a text means, best first.
 *
 * @example
 * const [place] = await searchByText('san fran', { countries: ['USA'], maxResults: 5 })
 *
 * @throws {GeoError} `NoSearchIndex`, `InvalidSearchOptions`, `ValidationException`, `NoCredentials`, `NetworkError`
 */
export async function searchByText(
  text: string,
  options: SearchByTextOptions = {},
  ctx: Context = currentContext(),
): Promise<Place[]> {
  checkText('searchByText', text)
  if (isSecond(ctx)) {
    const { input, inArea } = secondInput(text, options)
    const { ResultItems = [] } = await location(ctx, inArea ? 'v2.SearchText' : 'v2.Geocode', [], input)
    return ResultItems.map(placeOf)
  }
  const { Results } = await location(ctx, 'SearchPlaceIndexForText', [index(ctx, options)], {
    ...firstInput(options),
    Text: text,
  })
  return Results.map(({ Place }) => camelCase(Place) as Place)
}

/**
 * What somebody may be about to type, for a list below a field. An entry's `placeId` goes to {@link searchByPlaceId}.
 *
 * @throws {GeoError} `NoSearchIndex`, `InvalidSearchOptions`, `ValidationException`, `NoCredentials`, `NetworkError`
 */
export async function searchForSuggestions(
  text: string,
  options: SearchByTextOptions = {},
  ctx: Context = currentContext(),
): Promise<SearchForSuggestionsResults> {
  checkText('searchForSuggestions', text)
  if (isSecond(ctx)) {
    const { ResultItems = [] } = await location(ctx, 'v2.Autocomplete', [], secondInput(text, options).input)
    return ResultItems.map(({ Title, Address, PlaceId }) => ({
      text: Address?.Label ?? Title,
      placeId: PlaceId,
    }))
  }
  const { Results } = await location(ctx, 'SearchPlaceIndexForSuggestions', [index(ctx, options)], {
    ...firstInput(options),
    Text: text,
  })
  return Results.map(({ Text, PlaceId }) => ({ text: Text, placeId: PlaceId }))
}

/**
 * The place that a suggestion or an earlier search named.
 *
 * @throws {GeoError} `InvalidInput`, `ResourceNotFoundException`, `NoSearchIndex`, `NoCredentials`, `NetworkError`
 */
export async function searchByPlaceId(
  placeId: string,
  options: searchByPlaceIdOptions = {},
  ctx: Context = currentContext(),
): Promise<Place | undefined> {
  if (!placeId) throw new GeoError('InvalidInput', 'PlaceId cannot be an empty string.')
  if (isSecond(ctx)) return placeOf(await location(ctx, 'v2.GetPlace', [placeId]))
  const { Place } = await location(ctx, 'GetPlace', [index(ctx, options), placeId])
  return Place && (camelCase(Place) as Place)
}

/**
 * The place at a position.
 *
 * @example
 * const { label } = await searchByCoordinates([-122.42, 37.77]) // the longitude comes first
 *
 * @throws {GeoError} `NoPlaceFound`, `InvalidCoordinates`, `NoSearchIndex`, `NoCredentials`, `NetworkError`
 */
export async function searchByCoordinates(
  coordinates: Coordinates,
  options: SearchByCoordinatesOptions = {},
  ctx: Context = currentContext(),
): Promise<Place> {
  checkCoordinates('The coordinates', coordinates)
  const { maxResults: MaxResults, language: Language } = options
  let found: Place | undefined
  if (isSecond(ctx)) {
    const { ResultItems = [] } = await location(ctx, 'v2.ReverseGeocode', [], {
      ...{ QueryPosition: coordinates, MaxResults, Language },
    })
    found = ResultItems[0] && placeOf(ResultItems[0])
  } else {
    const { Results } = await location(ctx, 'SearchPlaceIndexForPosition', [index(ctx, options)], {
      ...{ Position: coordinates, MaxResults, Language },
    })
    found = Results[0] && (camelCase(Results[0].Place) as Place)
  }
  if (found) return found
  throw new GeoError('NoPlaceFound', `There is no place near [${coordinates}].`)
}

const isSecond = (ctx: Context) => locationService(ctx).apiVersion === 2

function index(ctx: Context, { searchIndexName }: { searchIndexName?: string }): string {
  const name = searchIndexName ?? locationService(ctx).searchIndices?.default
  if (name) return name
  throw new GeoError(
    'NoSearchIndex',
    'No place index is configured: Geo.LocationService.searchIndices.default is missing.',
    {
      recoverySuggestion: 'Configure it, pass searchIndexName, or set Geo.LocationService.apiVersion to 2.',
    },
  )
}

function checkText(call: string, text: unknown): void {
  if (typeof text !== 'string' || !text.trim())
    throw new GeoError('InvalidInput', `${call} needs a text that is not empty.`)
}

export function checkCoordinates(what: string, coordinates: unknown): void {
  const problem = coordinatesProblem(coordinates)
  if (problem)
    throw new GeoError('InvalidCoordinates', `${what} ${JSON.stringify(coordinates)} are wrong: ${problem}.`)
}

type AllOptions = SearchByTextOptionsWithBiasPosition & SearchByTextOptionsWithSearchAreaConstraints

function checked(options: SearchByTextOptions): AllOptions {
  const { biasPosition, searchAreaConstraints: area } = options as AllOptions
  if (biasPosition && area) {
    throw new GeoError(
      'InvalidSearchOptions',
      'biasPosition and searchAreaConstraints are mutually exclusive: remove one of them from the options.',
    )
  }
  if (biasPosition) checkCoordinates('biasPosition', biasPosition)
  if (area) {
    checkCoordinates('The south-west of searchAreaConstraints', area.slice(0, 2))
    checkCoordinates('The north-east of searchAreaConstraints', area.slice(2))
  }
  return options
}

function firstInput(options: SearchByTextOptions) {
  const { countries, maxResults, language, biasPosition, searchAreaConstraints } = checked(options)
  return {
    ...{ FilterCountries: countries, MaxResults: maxResults, Language: language },
    ...{ BiasPosition: biasPosition, FilterBBox: searchAreaConstraints },
  }
}

/** Where there is an area, only the search for texts knows of it; without area and bias, only the geocoder answers. */
function secondInput(text: string, options: SearchByTextOptions) {
  const { countries, maxResults, language, biasPosition, searchAreaConstraints } = checked(options)
  return {
    inArea: !!searchAreaConstraints,
    input: {
      ...{ QueryText: text, MaxResults: maxResults, Language: language, BiasPosition: biasPosition },
      Filter: (countries || searchAreaConstraints) && {
        ...{ IncludeCountries: countries, BoundingBox: searchAreaConstraints },
      },
    },
  }
}

/** A place of the second generation in the words of the first. */
function placeOf({ Title, Position, Address = {} }: WireItem): Place {
  return {
    addressNumber: Address.AddressNumber,
    country: Address.Country?.Code3,
    geometry: Position && { point: Position },
    label: Address.Label ?? Title,
    municipality: Address.Locality,
    neighborhood: Address.District,
    postalCode: Address.PostalCode,
    region: Address.Region?.Name,
    street: Address.Street,
    subRegion: Address.SubRegion?.Name,
  }
}

/** `AddressNumber` → `addressNumber`, all the way down. */
function camelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCase)
  if (typeof value !== 'object' || !value) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key[0]!.toLowerCase() + key.slice(1), camelCase(each)]),
  )
}
