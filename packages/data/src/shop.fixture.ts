// One app that uses every part of the schema builder, as the official tools describe it to a client and to AppSync.

import { readFileSync } from 'node:fs'
import { buildSchema, type GraphQLSchema } from 'graphql'
import type { Introspection } from './introspection.js'

/** What the official tools make of the schema of `packages/schema/src/shop.fixture.ts`. */
const read = (name: string) => readFileSync(new URL(`../../schema/src/${name}`, import.meta.url), 'utf8')

export const shop = JSON.parse(read('shop.introspection.json')) as Introspection

/** Tests of the run time say nothing about types. */
export type Shop = any

/** What AppSync serves, its own scalars and directives declared. */
export function shopSchema(): GraphQLSchema {
  const scalars = 'Date Time DateTime Timestamp Email JSON URL Phone IPAddress'.split(' ')
  return buildSchema(
    `${scalars.map((name) => `scalar AWS${name}`).join('\n')}
    directive @aws_api_key on OBJECT | FIELD_DEFINITION
    directive @aws_iam on OBJECT | FIELD_DEFINITION
    directive @aws_lambda on OBJECT | FIELD_DEFINITION
    directive @aws_cognito_user_pools(cognito_groups: [String]) on OBJECT | FIELD_DEFINITION
    directive @aws_subscribe(mutations: [String]) on FIELD_DEFINITION
    ${read('shop.appsync.txt')}`,
  )
}
