import * as officialGeo from '@aws-amplify/geo'
import * as officialLocation from '@aws-amplify/geo/location-service'
import * as officialInteractions from '@aws-amplify/interactions'
import * as officialLexV1 from '@aws-amplify/interactions/lex-v1'
import * as officialLexV2 from '@aws-amplify/interactions/lex-v2'
import * as officialAnalytics from 'aws-amplify/analytics'
import * as officialKinesis from 'aws-amplify/analytics/kinesis'
import * as officialFirehose from 'aws-amplify/analytics/kinesis-firehose'
import * as officialPersonalize from 'aws-amplify/analytics/personalize'
import * as officialPinpoint from 'aws-amplify/analytics/pinpoint'
import * as officialMessages from 'aws-amplify/in-app-messaging'
import * as officialMessagesPinpoint from 'aws-amplify/in-app-messaging/pinpoint'
import { expect, test } from 'vitest'

// What `exports` in package.json calls by these names, and not the files behind them.
const named = (name: string) => import(/* @vite-ignore */ `backline/${name}`) as Promise<object>

/** The name and kind of everything in an object, and in those of its own making that it holds, as `Geo` is. */
function kinds(of: object): Record<string, unknown> {
  const own = Object.entries(of).map(([name, value]) => [
    name,
    typeof value === 'object'
      ? Object.fromEntries(methods(value).map((each) => [each, 'function']))
      : typeof value,
  ])
  return Object.fromEntries(own)
}

const methods = (value: object) =>
  [...Object.keys(value), ...Object.getOwnPropertyNames(Object.getPrototypeOf(value))].filter(
    (name) => name !== 'constructor' && typeof (value as Record<string, unknown>)[name] === 'function',
  )

test.each<[string, object]>([
  ['analytics', officialAnalytics],
  ['analytics/pinpoint', officialPinpoint],
  ['analytics/kinesis', officialKinesis],
  ['analytics/kinesis-firehose', officialFirehose],
  ['analytics/personalize', officialPersonalize],
  ['in-app-messaging', officialMessages],
  ['in-app-messaging/pinpoint', officialMessagesPinpoint],
  ['geo', officialGeo],
  ['geo/location-service', officialLocation],
  ['interactions', officialInteractions],
  ['interactions/lex-v1', officialLexV1],
  ['interactions/lex-v2', officialLexV2],
])('every value of the official %s is here', async (name, official) => {
  expect(kinds(await named(name))).toMatchObject(kinds(official))
})

test('a provider of Geo has the methods of the official one', () => {
  const [ours, theirs] = [named('geo/location-service'), officialLocation] as const
  return expect(
    ours.then((all) => methods((all as typeof theirs).AmazonLocationServiceProvider.prototype).toSorted()),
  ).resolves.toEqual(
    expect.arrayContaining(
      methods(theirs.AmazonLocationServiceProvider.prototype).filter((name) => !name.startsWith('_')),
    ),
  )
})
