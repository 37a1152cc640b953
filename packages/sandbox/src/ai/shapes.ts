import {
  type GraphQLInputType,
  type GraphQLOutputType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'

const SCALARS: Record<string, object> = {
  Int: { type: 'integer' },
  AWSTimestamp: { type: 'integer' },
  Float: { type: 'number' },
  Boolean: { type: 'boolean' },
  AWSDate: { type: 'string', format: 'date' },
  AWSTime: { type: 'string', format: 'time' },
  AWSDateTime: { type: 'string', format: 'date-time' },
  AWSEmail: { type: 'string', format: 'email' },
  AWSURL: { type: 'string', format: 'uri' },
  AWSPhone: { type: 'string', format: 'phone' },
  AWSIPAddress: { type: 'string', format: 'ip' },
  AWSJSON: { type: 'string', format: 'json' },
}

/** A type of GraphQL as a JSON schema, no deeper than a model needs it. */
export function shapeOf(type: GraphQLOutputType | GraphQLInputType, depth = 6): object {
  const nullable = getNullableType(type)
  if (isListType(nullable))
    return { type: 'array', items: shapeOf(nullable.ofType as GraphQLOutputType, depth) }
  if (isEnumType(nullable)) return { type: 'string', enum: nullable.getValues().map(({ name }) => name) }
  if (isObjectType(nullable) || isInputObjectType(nullable)) {
    const fields = depth > 0 ? Object.values(nullable.getFields()) : []
    return {
      type: 'object',
      properties: Object.fromEntries(fields.map((field) => [field.name, shapeOf(field.type, depth - 1)])),
      required: fields.filter((field) => isNonNullType(field.type)).map((field) => field.name),
    }
  }
  return SCALARS[String(nullable)] ?? { type: 'string' }
}
