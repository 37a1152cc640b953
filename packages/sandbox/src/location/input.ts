import { type Input, ServiceError } from '../awsJson.js'
import { twoLetters } from './countries.js'
import type { Box, Position } from './gazetteer.js'

// Reading what a client of Amazon Location sent. Whatever is missing or out of range is a ValidationException that names the member.

export const invalid = (message: string) => new ServiceError('ValidationException', message)

export function notFound(kind: string, name: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', `${kind} not found: ${name}`, 404)
}

export function requiredText(input: Input, name: string, most: number): string {
  const value = input[name]
  if (typeof value !== 'string' || !value) throw invalid(`${name} must be a text that is not empty.`)
  if (value.length > most) throw invalid(`${name} must have at most ${most} characters.`)
  return value
}

export function optionalPosition(input: Input, name: string): Position | undefined {
  return input[name] === undefined || input[name] === null ? undefined : positionOf(input[name], name)
}

/** Longitude, then latitude. */
export function positionOf(value: unknown, name: string): Position {
  if (!Array.isArray(value) || value.length !== 2 || !value.every(Number.isFinite)) {
    throw invalid(`${name} must be a list of two numbers, longitude and latitude.`)
  }
  const [longitude, latitude] = value as Position
  if (Math.abs(longitude) > 180) throw invalid(`${name}: the longitude ${longitude} is not in -180 to 180.`)
  if (Math.abs(latitude) > 90) throw invalid(`${name}: the latitude ${latitude} is not in -90 to 90.`)
  return [longitude, latitude]
}

export function optionalBox(input: Input, name: string): Box | undefined {
  const value = input[name]
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value) || value.length !== 4) {
    throw invalid(`${name} must be a list of four numbers: west, south, east, north.`)
  }
  const [west, south] = positionOf(value.slice(0, 2), name)
  const [east, north] = positionOf(value.slice(2), name)
  if (south > north) throw invalid(`${name}: the south ${south} is beyond the north ${north}.`)
  return [west, south, east, north]
}

/** Codes of countries, told in either form, as the gazetteer has them. */
export function optionalCountries(input: Input, name: string): string[] | undefined {
  const value = input[name]
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value) || !value.length || value.length > 100) {
    throw invalid(`${name} must be a list of 1 to 100 country codes.`)
  }
  return value.map((code: unknown) => {
    const two = typeof code === 'string' ? twoLetters(code) : undefined
    if (!two)
      throw invalid(`${name}: ${JSON.stringify(code)} is not a country code of ISO 3166, such as USA.`)
    return two
  })
}

export function maxResults(input: Input, usual: number, most: number): number {
  const value = input.MaxResults ?? usual
  if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > most) {
    throw invalid(`MaxResults must be a whole number from 1 to ${most}.`)
  }
  return value as number
}

export function language(input: Input): string | undefined {
  const { Language } = input
  if (Language === undefined || Language === null) return undefined
  if (typeof Language !== 'string' || !/^[\w-]{2,35}$/.test(Language)) {
    throw invalid('Language must be a tag of BCP 47, such as en or pt-BR.')
  }
  return Language
}
