import { Fault } from '../appsync/fault.js'
import type { Definition } from '../appsync/sdl.js'
import type { Field } from '../appsync/sdlFields.js'

// Values of fields and of columns: AppSync's scalars on one side, what drivers take and give on the other.

type Engine = 'mysql' | 'postgresql'
type Typed = Pick<Field, 'type'>

/** What a column takes for a value of a field. */
export function toColumn(value: unknown, { type }: Typed, engine: Engine, definition: Definition): unknown {
  if (value === null || value === undefined) return null
  if (isDocument(type.name, definition)) return JSON.stringify(value)
  if (!type.list) return scalarToColumn(value, type.name, engine)
  // MySQL has no arrays.
  if (engine === 'mysql') return JSON.stringify(value)
  return (value as unknown[]).map((each) => scalarToColumn(each, type.name, engine))
}

function scalarToColumn(value: unknown, type: string, engine: Engine): unknown {
  if (type !== 'AWSDateTime' || typeof value !== 'string') return value
  const at = new Date(value)
  if (Number.isNaN(at.getTime()))
    throw new Fault(
      'InvalidArgumentsError',
      `'${value}' is no date and time: 2027-01-31T09:00:00.000Z is one.`,
    )
  const iso = at.toISOString()
  return engine === 'mysql' ? iso.replace('T', ' ').replace('Z', '') : iso
}

/** What a field shows of a column; undefined where it holds nothing. */
export function toField(value: unknown, { type }: Typed, definition: Definition): unknown {
  if (value === null || value === undefined) return undefined
  if (type.list) {
    const list = typeof value === 'string' ? parsed(value) : value
    return Array.isArray(list)
      ? list.map((each) => (each === null ? null : scalarToField(each, type.name, definition)))
      : list
  }
  return scalarToField(value, type.name, definition)
}

function scalarToField(value: unknown, type: string, definition: Definition): unknown {
  if (isDocument(type, definition)) return typeof value === 'string' ? parsed(value) : value
  switch (type) {
    case 'Int':
    case 'Float':
    case 'AWSTimestamp':
      return numberOf(value)
    case 'Boolean':
      return typeof value === 'boolean' ? value : numberOf(value) !== 0
    case 'AWSDate':
      return value instanceof Date ? dayOf(value) : String(value).slice(0, 10)
    case 'AWSDateTime':
      return momentOf(value)
    default:
      if (Buffer.isBuffer(value)) return value.toString('base64')
      if (value instanceof Date) return value.toISOString()
      return typeof value === 'object' ? JSON.stringify(value) : String(value)
  }
}

/** Numbers that a double may not hold come as text, amounts of money with their sign, bits as bytes. */
function numberOf(value: unknown): number {
  if (Buffer.isBuffer(value)) return value.readUIntBE(0, value.length)
  return typeof value === 'string' ? Number(value.replace(/[^\d.eE+-]/g, '')) : Number(value)
}

/** A time without a zone is one of UTC. */
function momentOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString()
  const [, day, time, zone = 'Z'] =
    /^(\d{4,}-\d\d-\d\d)(?:[ T]([\d:.]+))?(Z|[+-]\d\d(?::?\d\d)?)?$/.exec(String(value)) ?? []
  if (!day) return String(value)
  const at = new Date(`${day}T${time ?? '00:00:00'}${zone.length === 3 ? `${zone}:00` : zone}`)
  return Number.isNaN(at.getTime()) ? String(value) : at.toISOString()
}

const dayOf = (date: Date) =>
  [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-')

/** Kept as JSON: values of no type, and those of custom types. */
const isDocument = (type: string, { customTypes }: Definition) => type === 'AWSJSON' || customTypes.has(type)

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
