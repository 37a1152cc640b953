// What an app has of the official types it can give to ours, and what it gets from ours it can use as the official ones. A type that is
// missing does not compile.

import type * as officialGeo from '@aws-amplify/geo'
import type { Interactions as OfficialInteractions } from '@aws-amplify/interactions'
import type { Interactions as OfficialLexV1 } from '@aws-amplify/interactions/lex-v1'
import type * as officialAnalytics from 'aws-amplify/analytics'
import type * as officialKinesis from 'aws-amplify/analytics/kinesis'
import type * as officialFirehose from 'aws-amplify/analytics/kinesis-firehose'
import type * as officialPersonalize from 'aws-amplify/analytics/personalize'
import type * as officialPinpoint from 'aws-amplify/analytics/pinpoint'
import type * as analytics from './analytics.js'
import type * as kinesis from './analytics-kinesis.js'
import type * as firehose from './analytics-kinesis-firehose.js'
import type * as personalize from './analytics-personalize.js'
import type * as pinpoint from './analytics-pinpoint.js'
import type * as geo from './geo.js'
import type * as messages from './in-app-messaging.js'
import type * as interactions from './interactions.js'
import type * as lexV1 from './interactions-lex-v1.js'

type Fits<From extends To, To> = From
type Given<Function extends (input: never) => unknown> = Parameters<Function>[0]

export type Analytics = [
  Fits<officialAnalytics.RecordInput, analytics.RecordInput>,
  Fits<officialAnalytics.IdentifyUserInput, analytics.IdentifyUserInput>,
  Fits<officialAnalytics.ConfigureAutoTrackInput, analytics.ConfigureAutoTrackInput>,
  Fits<officialPinpoint.RecordInput, pinpoint.RecordInput>,
  Fits<officialPinpoint.IdentifyUserInput, pinpoint.IdentifyUserInput>,
  Fits<officialPinpoint.ConfigureAutoTrackInput, pinpoint.ConfigureAutoTrackInput>,
  Fits<Given<typeof officialKinesis.record>, kinesis.KinesisRecordInput>,
  Fits<officialKinesis.KinesisConfigureAutoTrackInput, kinesis.KinesisConfigureAutoTrackInput>,
  Fits<Given<typeof officialFirehose.record>, firehose.KinesisFirehoseRecordInput>,
  Fits<
    officialFirehose.KinesisFirehoseConfigureAutoTrackInput,
    firehose.KinesisFirehoseConfigureAutoTrackInput
  >,
  Fits<Given<typeof officialPersonalize.record>, personalize.PersonalizeRecordInput>,
]
// @ts-expect-error an event has a name
export type Nameless = Fits<{ attributes: { a: string } }, analytics.RecordInput>

/** Those of `InAppMessage…` are held by the package itself. */
export type Messages = [
  messages.DispatchEventInput,
  messages.IdentifyUserInput,
  messages.NotifyMessageInteractionInput,
  messages.OnMessageActionTakenInput,
  messages.OnMessageActionTakenOutput,
  messages.OnMessageDismissedInput,
  messages.OnMessageDismissedOutput,
  messages.OnMessageDisplayedInput,
  messages.OnMessageDisplayedOutput,
  messages.OnMessageReceivedInput,
  messages.OnMessageReceivedOutput,
  messages.SetConflictHandlerInput,
]

export type Geo = [
  Fits<geo.AmazonLocationServiceGeofence, officialGeo.AmazonLocationServiceGeofence>,
  Fits<officialGeo.AmazonLocationServiceGeofenceOptions, geo.AmazonLocationServiceGeofenceOptions>,
  Fits<geo.AmazonLocationServiceGeofenceStatus, officialGeo.AmazonLocationServiceGeofenceStatus>,
  Fits<officialGeo.AmazonLocationServiceListGeofenceOptions, geo.AmazonLocationServiceListGeofenceOptions>,
  Fits<geo.AmazonLocationServiceMapStyle, officialGeo.AmazonLocationServiceMapStyle>,
  Fits<officialGeo.BoundingBox, geo.BoundingBox>,
  Fits<officialGeo.Coordinates, geo.Coordinates>,
  Fits<geo.DeleteGeofencesResults, officialGeo.DeleteGeofencesResults>,
  Fits<officialGeo.GeoConfig, geo.GeoConfig>,
  Fits<officialGeo.GeoProvider, geo.GeoProvider>,
  Fits<geo.Geofence, officialGeo.Geofence>,
  Fits<geo.GeofenceError, officialGeo.GeofenceError>,
  Fits<officialGeo.GeofenceId, geo.GeofenceId>,
  Fits<officialGeo.GeofenceInput, geo.GeofenceInput>,
  Fits<officialGeo.GeofenceOptions, geo.GeofenceOptions>,
  Fits<officialGeo.GeofencePolygon, geo.GeofencePolygon>,
  Fits<officialGeo.Latitude, geo.Latitude>,
  Fits<officialGeo.LinearRing, geo.LinearRing>,
  Fits<officialGeo.ListGeofenceOptions, geo.ListGeofenceOptions>,
  Fits<geo.ListGeofenceResults, officialGeo.ListGeofenceResults>,
  Fits<officialGeo.Longitude, geo.Longitude>,
  Fits<geo.MapStyle, officialGeo.MapStyle>,
  Fits<officialGeo.NELatitude, geo.NELatitude>,
  Fits<officialGeo.NELongitude, geo.NELongitude>,
  Fits<geo.Place, officialGeo.Place>,
  Fits<geo.PlaceGeometry, officialGeo.PlaceGeometry>,
  Fits<officialGeo.PolygonGeometry, geo.PolygonGeometry>,
  Fits<officialGeo.SWLatitude, geo.SWLatitude>,
  Fits<officialGeo.SWLongitude, geo.SWLongitude>,
  Fits<geo.SaveGeofencesResults, officialGeo.SaveGeofencesResults>,
  Fits<officialGeo.SearchByCoordinatesOptions, geo.SearchByCoordinatesOptions>,
  Fits<officialGeo.SearchByTextOptions, geo.SearchByTextOptions>,
  Fits<officialGeo.SearchByTextOptionsBase, geo.SearchByTextOptionsBase>,
  Fits<officialGeo.SearchByTextOptionsWithBiasPosition, geo.SearchByTextOptionsWithBiasPosition>,
  Fits<
    officialGeo.SearchByTextOptionsWithSearchAreaConstraints,
    geo.SearchByTextOptionsWithSearchAreaConstraints
  >,
  Fits<geo.SearchForSuggestionsResult, officialGeo.SearchForSuggestionsResult>,
  Fits<geo.SearchForSuggestionsResults, officialGeo.SearchForSuggestionsResults>,
  Fits<officialGeo.searchByPlaceIdOptions, geo.searchByPlaceIdOptions>,
]

/** Looser with v6, which names a service's errors only: ours are told by the entry, with a message of their own. */
export type GeofenceErrors = [
  geo.AmazonLocationServiceBatchGeofenceError,
  geo.AmazonLocationServiceBatchGeofenceErrorMessages,
  geo.AmazonLocationServiceDeleteGeofencesResults,
]

export type Interactions = [
  Fits<Given<typeof OfficialInteractions.send>, interactions.SendInput>,
  Fits<Given<typeof OfficialInteractions.onComplete>, interactions.OnCompleteInput>,
  Fits<interactions.SendOutput, Awaited<ReturnType<typeof OfficialInteractions.send>>>,
  Fits<Given<typeof OfficialLexV1.send>, lexV1.SendInput>,
  Fits<Given<typeof OfficialLexV1.onComplete>, lexV1.OnCompleteInput>,
  Fits<lexV1.SendOutput, Awaited<ReturnType<typeof OfficialLexV1.send>>>,
]
