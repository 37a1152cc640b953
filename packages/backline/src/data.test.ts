import * as official from 'aws-amplify/api'
import * as officialInternals from 'aws-amplify/api/internals'
import * as officialServer from 'aws-amplify/api/server'
import * as officialData from 'aws-amplify/data'
import * as officialDataServer from 'aws-amplify/data/server'
import { expect, test } from 'vitest'
import * as oursInternals from './api-internals.js'
import * as ours from './data.js'
import * as oursServer from './data-server.js'

test.each([
  ['api', official, ours],
  ['data', officialData, ours],
  ['api/server', officialServer, oursServer],
  ['data/server', officialDataServer, oursServer],
  ['api/internals', officialInternals, oursInternals],
] as [string, object, object][])('every value of aws-amplify/%s is here', (_, theirs, mine) => {
  const kinds = (of: object) =>
    Object.fromEntries(Object.entries(of).map(([name, value]) => [name, typeof value]))
  expect(kinds(mine)).toMatchObject(kinds(theirs))
})

// A line that does not compile names a type that is missing.
export type Types = [
  ours.Client,
  ours.EventsChannel,
  ours.EventsOptions,
  ours.GraphQLAuthError,
  ours.GraphQLQuery<object>,
  ours.GraphQLResult,
  ours.GraphQLReturnType<object>,
  ours.GraphQLSubscription<object>,
  ours.SelectionSet<object, []>,
  oursInternals.CommonPublicClientOptions,
  oursInternals.DefaultCommonClientOptions,
  oursInternals.V6ClientSSRCookies,
  oursInternals.V6ClientSSRRequest,
]
