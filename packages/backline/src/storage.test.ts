import * as official from 'aws-amplify/storage'
import * as officialS3 from 'aws-amplify/storage/s3'
import * as officialS3Server from 'aws-amplify/storage/s3/server'
import * as officialServer from 'aws-amplify/storage/server'
import { expect, test } from 'vitest'
import * as ours from './storage.js'
import * as oursServer from './storage-server.js'

// `storage/s3` is `storage` here, and so are their servers' entries.
test.each([
  ['storage', official, ours],
  ['storage/s3', officialS3, ours],
  ['storage/server', officialServer, oursServer],
  ['storage/s3/server', officialS3Server, oursServer],
] as [string, object, object][])('every value of aws-amplify/%s is here', (_, theirs, mine) => {
  const kinds = (of: object) =>
    Object.fromEntries(Object.entries(of).map(([name, value]) => [name, typeof value]))
  expect(Object.keys(theirs).length).toBeGreaterThan(5)
  expect(kinds(mine)).toMatchObject(kinds(theirs))
})

test('the numbers are those of aws-amplify', () => {
  expect(ours.DEFAULT_PART_SIZE).toBe(official.DEFAULT_PART_SIZE)
})
