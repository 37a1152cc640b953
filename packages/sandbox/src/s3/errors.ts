import { randomBytes } from 'node:crypto'
import type { WireResponse } from '../service.js'
import type { SignatureError, SignatureFault } from '../sigv4.js'
import { type Content, writeBareXml } from './xml.js'

/** An answer that S3 gives instead of what was asked for. `code` is S3's own word for it. */
export class S3Error extends Error {
  readonly status: number
  readonly code: string
  readonly details: Record<string, Content>
  readonly headers: Record<string, string>

  constructor(
    status: number,
    code: string,
    message: string,
    details: Record<string, Content> = {},
    headers: Record<string, string> = {},
  ) {
    super(message)
    this.status = status
    this.code = code
    this.details = details
    this.headers = headers
  }
}

export const accessDenied = () => new S3Error(403, 'AccessDenied', 'Access Denied')
export const noSuchKey = (key: string) =>
  new S3Error(404, 'NoSuchKey', 'The specified key does not exist.', { Key: key })
export const noSuchUpload = (id: string) =>
  new S3Error(
    404,
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { UploadId: id },
  )
export const preconditionFailed = (condition: string) =>
  new S3Error(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    Condition: condition,
  })
export const invalidRequest = (message: string) => new S3Error(400, 'InvalidRequest', message)
export const invalidArgument = (message: string, name: string, value: string) =>
  new S3Error(400, 'InvalidArgument', message, { ArgumentName: name, ArgumentValue: value })
export const malformedXml = () =>
  new S3Error(
    400,
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  )
export const notImplemented = (operation: string) =>
  new S3Error(501, 'NotImplemented', `The sandbox's S3 does not implement ${operation}.`)
export const entityTooLarge = (limit: number) =>
  new S3Error(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', {
    MaxSizeAllowed: limit,
  })

/** A disk that takes no more, as the system or SQLite (by its own number) says it. S3 has no word for that: its disks are never full. */
export function fromDisk(error: unknown): S3Error | undefined {
  const { code = '', errcode } = error as { code?: string; errcode?: number }
  if (!/^(ENOSPC|EDQUOT|EFBIG)$/.test(code) && errcode !== 13) return undefined
  return new S3Error(
    507,
    'InsufficientStorage',
    'The disk of the sandbox is full. Nothing of this request was kept.',
  )
}

/** S3's name for what is wrong with a signature. */
export function fromSignature(error: SignatureError, presigned: boolean): S3Error {
  const names: Record<SignatureFault, [status: number, code: string]> = {
    MissingAuthenticationToken: [403, 'AccessDenied'],
    IncompleteSignature: [
      400,
      presigned ? 'AuthorizationQueryParametersError' : 'AuthorizationHeaderMalformed',
    ],
    InvalidAccessKeyId: [403, 'InvalidAccessKeyId'],
    SignatureDoesNotMatch: [403, 'SignatureDoesNotMatch'],
    RequestTimeTooSkewed: [403, 'RequestTimeTooSkewed'],
    RequestExpired: [403, 'AccessDenied'],
    ExpiredToken: [400, 'ExpiredToken'],
    InvalidToken: [400, 'InvalidToken'],
    XAmzContentSHA256Mismatch: [400, 'XAmzContentSHA256Mismatch'],
  }
  const [status, code] = names[error.fault]
  return new S3Error(status, code, code === 'AccessDenied' && !presigned ? 'Access Denied' : error.message)
}

/** The code that goes with a bare status, for faults ordered from the sandbox. */
export function fromStatus(status: number, message: string): S3Error {
  const codes: Record<number, string> = {
    400: 'InvalidRequest',
    403: 'AccessDenied',
    404: 'NoSuchKey',
    408: 'RequestTimeout',
    409: 'OperationAborted',
    412: 'PreconditionFailed',
    413: 'EntityTooLarge',
    429: 'SlowDown',
    503: 'SlowDown',
  }
  return new S3Error(status, codes[status] ?? (status < 500 ? 'InvalidRequest' : 'InternalError'), message)
}

export const requestIds = () => ({
  'x-amz-request-id': randomBytes(8).toString('hex').toUpperCase(),
  'x-amz-id-2': randomBytes(32).toString('base64'),
})

export function errorResponse(error: S3Error, resource: string): WireResponse {
  const ids = requestIds()
  return {
    status: error.status,
    headers: { ...ids, ...error.headers, 'content-type': 'application/xml' },
    // A 304 has no body in HTTP, whatever it is about.
    body:
      error.status === 304
        ? undefined
        : writeBareXml('Error', {
            Code: error.code,
            Message: error.message,
            ...error.details,
            Resource: resource,
            RequestId: ids['x-amz-request-id'],
            HostId: ids['x-amz-id-2'],
          }),
  }
}
