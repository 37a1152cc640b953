import { isIP } from 'node:net'
import { GraphQLError, GraphQLScalarType, type GraphQLSchema, Kind, type ValueNode } from 'graphql'

// AppSync's scalars: https://docs.aws.amazon.com/appsync/latest/devguide/scalars.html

interface Scalar {
  /** What the service calls it in its messages. */
  isValid(value: string): boolean
  /** From the store to the client, where it is not the same. */
  write?(value: unknown): unknown
  read?(value: string): unknown
}

const OFFSET = '(?:Z|[+-](?:0\\d|1[0-4]):[0-5]\\d(?::[0-5]\\d)?)'
const TIME = '(?:[01]\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d(?:\\.\\d{1,9})?)?'
const DATE = /^(-?\d{4,})-(\d\d)-(\d\d)$/
const ONLY_TIME = new RegExp(`^${TIME}${OFFSET}?$`)
const DATE_PART = new RegExp(`^(.+?)T(${TIME})(${OFFSET})$`)
const DATE_OFFSET = new RegExp(`^(-?\\d{4,}-\\d\\d-\\d\\d)(?:${OFFSET})?$`)

function isDay(text: string): boolean {
  const [, year, month, day] = DATE.exec(text) ?? []
  if (!year) return false
  const date = new Date(0)
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day)
}

const SCALARS: Record<string, Scalar> = {
  AWSDate: { isValid: (text) => isDay(DATE_OFFSET.exec(text)?.[1] ?? '') },
  AWSTime: { isValid: (text) => ONLY_TIME.test(text) },
  AWSDateTime: { isValid: (text) => isDay(DATE_PART.exec(text)?.[1] ?? '') },
  AWSEmail: { isValid: (text) => /^[^\s@<>()[\],;:"]+@[^\s@.]+(\.[^\s@.]+)*$/.test(text) },
  AWSURL: {
    isValid: (text) => /^[a-z][a-z\d+.-]*:/i.test(text) && (URL.parse(text)?.hostname ?? '') !== '',
  },
  AWSPhone: {
    isValid: (text) => /^\+?[\d\s().-]+$/.test(text) && /^\d{4,15}$/.test(text.replace(/\D/g, '')),
  },
  AWSIPAddress: {
    isValid: (text) => {
      const [address = '', bits, ...rest] = text.split('/')
      const version = isIP(address)
      if (version === 0 || rest.length > 0) return false
      return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
    },
  },
  // Clients send and get JSON as text; it is kept parsed, so that the text is always normal.
  AWSJSON: {
    isValid: (text) => {
      try {
        return isStorable(JSON.parse(text))
      } catch {
        return false
      }
    },
    read: (text) => JSON.parse(text),
    write: (value) => JSON.stringify(value),
  },
}

/** `1e400` is JSON, and a number that neither DynamoDB nor JavaScript can hold. Nothing here may go as deep as the text does. */
function isStorable(value: unknown): boolean {
  const left = [value]
  while (left.length) {
    const each = left.pop()
    if (each === Number.POSITIVE_INFINITY || each === Number.NEGATIVE_INFINITY) return false
    if (typeof each === 'object' && each) for (const inner of Object.values(each)) left.push(inner)
  }
  return true
}

/** Gives the scalars of a built schema their meaning. */
export function teachScalars(schema: GraphQLSchema): void {
  for (const [name, scalar] of Object.entries(SCALARS)) {
    const type = schema.getType(name)
    if (type instanceof GraphQLScalarType) teach(type, scalar)
  }
  const timestamp = schema.getType('AWSTimestamp')
  if (timestamp instanceof GraphQLScalarType) teachTimestamp(timestamp)
}

function teach(
  type: GraphQLScalarType,
  { isValid, read = (text) => text, write = (value) => value }: Scalar,
) {
  const input = (value: unknown) => {
    if (typeof value !== 'string' || !isValid(value)) throw unreadable(value, type.name)
    return read(value)
  }
  const output = (value: unknown) => {
    const text = write(value)
    if (typeof text !== 'string' || !isValid(text)) throw unwritable(value, type.name)
    return text
  }
  replace(type, input, output, (node) => input(node.kind === Kind.STRING ? node.value : undefined))
}

function teachTimestamp(type: GraphQLScalarType) {
  const input = (value: unknown) => {
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw unreadable(value, type.name)
    return value
  }
  const output = (value: unknown) => {
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw unwritable(value, type.name)
    return value
  }
  replace(type, input, output, (node) => input(node.kind === Kind.INT ? Number(node.value) : undefined))
}

function replace(
  type: GraphQLScalarType,
  input: (value: unknown) => unknown,
  output: (value: unknown) => unknown,
  literal: (node: ValueNode) => unknown,
) {
  type.coerceInputValue = input
  type.parseValue = input
  type.coerceOutputValue = output
  type.serialize = output
  type.coerceInputLiteral = literal
  type.parseLiteral = literal
}

const unreadable = (value: unknown, type: string) =>
  new GraphQLError(
    `Unable to parse \`${typeof value === 'string' ? value : JSON.stringify(value)}\` as a valid ${type}.`,
  )

const unwritable = (value: unknown, type: string) =>
  new GraphQLError(
    `Unable to serialize \`${typeof value === 'string' ? value : JSON.stringify(value)}\` as a valid ${type}.`,
  )
