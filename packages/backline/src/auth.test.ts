import * as official from 'aws-amplify/auth'
import * as officialCognito from 'aws-amplify/auth/cognito'
import * as officialCognitoServer from 'aws-amplify/auth/cognito/server'
import * as officialServer from 'aws-amplify/auth/server'
import { expect, test } from 'vitest'
import * as ours from './auth.js'
import * as oursCognito from './auth-cognito.js'
import * as oursCognitoServer from './auth-cognito-server.js'
import * as oursServer from './auth-server.js'

test.each([
  ['auth', official, ours],
  ['auth/cognito', officialCognito, oursCognito],
  ['auth/server', officialServer, oursServer],
  ['auth/cognito/server', officialCognitoServer, oursCognitoServer],
] as [string, object, object][])('every value of aws-amplify/%s is here', (_, theirs, mine) => {
  const kinds = (of: object) =>
    Object.fromEntries(Object.entries(of).map(([name, value]) => [name, typeof value]))
  expect(kinds(mine)).toMatchObject(kinds(theirs))
})
