import { base64, utf8 } from './encodings.js'

// Runs inside the context of a resolver, and outside: how DynamoDB writes values. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html

export type AttributeValue = Record<string, unknown>

/** A set: what a plain list is not told from. */
export class AttributeSet {
  [type: string]: unknown
  constructor(type: 'SS' | 'NS' | 'BS', values: unknown[]) {
    this[type] = values
  }
}

export function toAttribute(value: unknown): AttributeValue {
  if (value instanceof AttributeSet) return value
  if (value === null || value === undefined) return { NULL: null }
  if (typeof value === 'string') return { S: value }
  if (typeof value === 'number' || typeof value === 'bigint') return { N: Number(value) }
  if (typeof value === 'boolean') return { BOOL: value }
  if (Array.isArray(value)) return { L: value.map(toAttribute) }
  return { M: toAttributes(value as Record<string, unknown>) }
}

export const toAttributes = (values: Record<string, unknown>): Record<string, AttributeValue> =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, toAttribute(value)]),
  )

export function fromAttribute(attribute: unknown): unknown {
  const [[type, value] = []] = Object.entries((attribute ?? {}) as AttributeValue)
  switch (type) {
    case 'S':
    case 'B':
    case 'BOOL':
      return value
    case 'N':
      return Number(value)
    case 'NULL':
      return null
    case 'SS':
    case 'BS':
      return value
    case 'NS':
      return (value as unknown[]).map(Number)
    case 'L':
      return (value as unknown[]).map(fromAttribute)
    case 'M':
      return fromAttributes(value as Record<string, unknown>)
    default:
      throw new Error(
        `${JSON.stringify(attribute)} is no value of DynamoDB: it needs a type, as in { S: 'text' }.`,
      )
  }
}

export const fromAttributes = (values: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values ?? {}).map(([name, value]) => [name, fromAttribute(value)]))

const json = JSON.stringify

/** `util.dynamodb`. Each has a twin that gives JSON. */
export const dynamodb = {
  toDynamoDB: toAttribute,
  toDynamoDBJson: (value: unknown) => json(toAttribute(value)),
  toString: (value: unknown) => ({ S: String(value) }),
  toStringJson: (value: unknown) => json({ S: String(value) }),
  toStringSet: (values: unknown[]) => ({ SS: values }),
  toStringSetJson: (values: unknown[]) => json({ SS: values }),
  toNumber: (value: unknown) => ({ N: Number(value) }),
  toNumberJson: (value: unknown) => json({ N: Number(value) }),
  toNumberSet: (values: unknown[]) => ({ NS: values }),
  toNumberSetJson: (values: unknown[]) => json({ NS: values }),
  toBinary: (value: unknown) => ({ B: value }),
  toBinaryJson: (value: unknown) => json({ B: value }),
  toBinarySet: (values: unknown[]) => ({ BS: values }),
  toBinarySetJson: (values: unknown[]) => json({ BS: values }),
  toBoolean: (value: unknown) => ({ BOOL: value === true }),
  toBooleanJson: (value: unknown) => json({ BOOL: value === true }),
  toNull: () => ({ NULL: null }),
  toNullJson: () => json({ NULL: null }),
  toList: (values: unknown[]) => ({ L: values.map(toAttribute) }),
  toListJson: (values: unknown[]) => json({ L: values.map(toAttribute) }),
  toMap: (values: Record<string, unknown>) => ({ M: toAttributes(values) }),
  toMapJson: (values: Record<string, unknown>) => json({ M: toAttributes(values) }),
  toMapValues: toAttributes,
  toMapValuesJson: (values: Record<string, unknown>) => json(toAttributes(values)),
  toS3Object: (key: string, bucket: string, region: string, version?: string) => ({
    S: json({ s3: { key, bucket, region, ...(version ? { version } : {}) } }),
  }),
  fromS3ObjectJson: (text: string) => (JSON.parse(text) as { s3: unknown }).s3,
  toBase64: (text: string) => base64(utf8(text)),
}
