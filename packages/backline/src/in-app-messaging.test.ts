import * as official from 'aws-amplify/in-app-messaging'
import * as officialPinpoint from 'aws-amplify/in-app-messaging/pinpoint'
import { expect, test } from 'vitest'
import * as ours from './in-app-messaging.js'

test.each([
  ['in-app-messaging', official],
  ['in-app-messaging/pinpoint', officialPinpoint],
])('every value of aws-amplify/%s is here', (_, theirs: object) => {
  const kinds = (of: object) =>
    Object.fromEntries(Object.entries(of).map(([name, value]) => [name, typeof value]))
  expect(kinds(ours)).toMatchObject(kinds(theirs))
})
