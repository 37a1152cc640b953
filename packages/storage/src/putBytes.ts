// The S3 wire, bytes on their way up: sent with their CRC-32, and sent again where S3 has received something else.

import type { Context } from '@backline/core/internal'
import { crc32, toChecksum } from './crc32.js'
import { StorageError } from './errors.js'
import type { Location } from './location.js'
import { type S3Call, s3 } from './s3.js'

const most = 3

/** @throws {StorageError} `IntegrityError` where what S3 receives is not what was read, again and again. */
export async function putBytes(
  ctx: Context,
  location: Location,
  call: Omit<S3Call, 'method'> & { body: Uint8Array },
): Promise<{ response: Response; checksum: string }> {
  const checksum = toChecksum(crc32(call.body))
  const sent: S3Call = {
    ...call,
    method: 'PUT',
    headers: { ...call.headers, 'x-amz-checksum-crc32': checksum },
    // AWS's own hosts are reached by TLS.
    unsignedPayload: !/^http:/i.test(location.endpoint ?? ''),
  }
  for (let attempt = 1; ; attempt++) {
    let cause: unknown
    try {
      const response = await s3(ctx, location, sent)
      if ((response.headers.get('x-amz-checksum-crc32') ?? checksum) === checksum)
        return { response, checksum }
    } catch (error) {
      if (!/^(BadDigest|XAmzContentSHA256Mismatch)$/.test((error as Error).name)) throw error
      cause = error
    }
    if (attempt === most) {
      throw new StorageError('IntegrityError', 'What S3 has received is not what was sent.', {
        cause,
        recoverySuggestion: 'Leave the data as it is while it is being uploaded.',
      })
    }
  }
}
