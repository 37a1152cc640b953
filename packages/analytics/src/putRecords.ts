import { awsJson, type Context } from '@backline/core/internal'
import { AnalyticsError } from './errors.js'
import type { Refusal } from './outlet.js'
import { type SignedCall, signedCall } from './signedCall.js'

// Kinesis Data Streams and Data Firehose, one operation each. See docs/protocols/kinesis.md and firehose.md. Not HTTP/2, not CBOR.

/** As on the wire. */
interface Answer {
  Records?: { ErrorCode?: string; ErrorMessage?: string }[]
  RequestResponses?: { ErrorCode?: string; ErrorMessage?: string }[]
}

/** `body` is what comes after the name of the operation. Resolves with the records that were not taken. */
export async function putRecords(
  ctx: Context,
  service: 'kinesis' | 'firehose',
  input: object,
  call: SignedCall,
): Promise<Refusal[]> {
  const target = service === 'kinesis' ? 'Kinesis_20131202.PutRecords' : 'Firehose_20150804.PutRecordBatch'
  const { Records, RequestResponses = Records } = await awsJson<Answer>(ctx, {
    ...(await signedCall(service, service, call)),
    ...{ target, input, error: AnalyticsError },
  })
  // A call that was taken may have been taken in part: every code there is for a record passes by itself.
  return (RequestResponses ?? []).flatMap(({ ErrorCode }, index) => (ErrorCode ? [{ index }] : []))
}
