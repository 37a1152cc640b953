import type { AWSCredentials } from './resourcesConfig.js'
import { hmacSha256, sha256 } from './sha256.js'

export { sha256 } from './sha256.js'

// AWS Signature Version 4 as a sum: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
// @smithy/signature-v4 is its judge in the tests. Only what signs needs it, so it is a chunk of its own; it takes nothing from files that
// others use too, because what two chunks share becomes a third.

export interface Signing {
  service: string
  region: string
  credentials: AWSCredentials
  /** By the service's clock: `20130524T000000Z`. */
  time: string
  /** What signs by the keys of before, by what they are for. */
  keys: Map<string, (text: Uint8Array) => Uint8Array>
}

interface Signable {
  method: string
  /** Its path and host are signed. */
  url: URL
  headers: Record<string, string>
}

/** The headers that a request is sent with. Its query is that of the URL. */
export function signHeaders(
  request: Signable,
  payloadHash: string,
  signing: Signing,
): Record<string, string> {
  const { sessionToken } = signing.credentials
  const headers: Record<string, string> = { ...request.headers, 'x-amz-date': signing.time }
  if (sessionToken) headers['x-amz-security-token'] = sessionToken
  if (signing.service === 's3') headers['x-amz-content-sha256'] = payloadHash
  const signed = canonicalHeaders(request.url, headers)
  const query = joined(encoded([...request.url.searchParams]).sort(), '&', '=')
  const signature = signatureOf({ ...request, signed, query, payloadHash }, signing)
  headers.authorization = `${algorithm} Credential=${credential(signing)}, SignedHeaders=${namesOf(signed)}, Signature=${signature}`
  return headers
}

/** The query of a link that is good for so many seconds. Headers of AWS's move into it. It has no body; S3 alone leaves that open. */
export function signQuery(request: Signable, expiresIn: number, signing: Signing): string {
  const { sessionToken } = signing.credentials
  const headers: Record<string, string> = {}
  const query: Pair[] = [...request.url.searchParams]
  for (const [name, value] of Object.entries(request.headers)) {
    if (/^x-amz-/i.test(name)) query.push([name, value])
    else headers[name] = value
  }
  const signed = canonicalHeaders(request.url, headers)
  query.push(
    ['X-Amz-Algorithm', algorithm],
    ['X-Amz-Credential', credential(signing)],
    ['X-Amz-Date', signing.time],
    ['X-Amz-Expires', `${expiresIn}`],
    ['X-Amz-SignedHeaders', namesOf(signed)],
  )
  if (sessionToken) query.push(['X-Amz-Security-Token', sessionToken])
  const parameters = encoded(query)
  const payloadHash = signing.service === 's3' ? 'UNSIGNED-PAYLOAD' : hex(sha256(bytes('')))
  const link = joined(parameters, '&', '=')
  const canonical = { ...request, signed, query: joined(parameters.sort(), '&', '='), payloadHash }
  return `${link}&X-Amz-Signature=${signatureOf(canonical, signing)}`
}

/** Everything but unreserved characters, as RFC 3986 has it. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

const algorithm = 'AWS4-HMAC-SHA256'

/** On their way these may change. */
const unsigned =
  /^(authorization|cache-control|connection|expect|from|keep-alive|max-forwards|pragma|referer|te|trailer|transfer-encoding|upgrade|user-agent|x-amzn-trace-id|(proxy|sec)-.*)$/

type Pair = [name: string, value: string]

/** Between a name and its value: before any sign that may stand in either, so that lines sort by name and then by value. */
const between = '\0'

function canonicalHeaders({ host }: URL, headers: Record<string, string>): string[] {
  const lines = [`host${between}${host}`]
  for (const each in headers) {
    const name = each.toLowerCase()
    if (!unsigned.test(name)) lines.push(name + between + headers[each]!.trim().replace(/\s+/g, ' '))
  }
  return lines.sort()
}

const encoded = (parameters: Pair[]) =>
  parameters.map(([name, value]) => encode(name) + between + encode(value))
const joined = (lines: string[], by: string, sign: string) => lines.join(by).replaceAll(between, sign)

const bytes = (text: string) => new TextEncoder().encode(text)

const digits = '0123456789abcdef'

function hex(data: Uint8Array): string {
  let text = ''
  for (let at = 0; at < 32; at++) text += digits[data[at]! >> 4]! + digits[data[at]! & 15]!
  return text
}

const namesOf = (signed: string[]) => signed.map((line) => line.slice(0, line.indexOf(between))).join(';')

const scopeOf = (signing: Signing) =>
  `${signing.time.slice(0, 8)}/${signing.region}/${signing.service}/aws4_request`

const credential = (signing: Signing) => `${signing.credentials.accessKeyId}/${scopeOf(signing)}`

interface Canonical extends Signable {
  signed: string[]
  query: string
  payloadHash: string
}

function signatureOf({ method, url, signed, query, payloadHash }: Canonical, signing: Signing): string {
  const { pathname } = url
  const canonical = [
    method,
    // S3 takes the path as it is; all others put it in order and escape it a second time.
    signing.service === 's3' ? pathname : encode(pathname.replace(/\/+/g, '/')).replace(/%2F/g, '/'),
    query,
    joined(signed, '\n', ':'),
    '',
    namesOf(signed),
    payloadHash,
  ].join('\n')
  const text = [algorithm, signing.time, scopeOf(signing), hex(sha256(bytes(canonical)))].join('\n')
  return hex(signerOf(signing)(bytes(text)))
}

/** Good for a day, a region and a service. Whoever signs much derives it once. */
function signerOf(signing: Signing): (text: Uint8Array) => Uint8Array {
  const { region, service, credentials, keys } = signing
  const name = `${scopeOf(signing)} ${credentials.secretAccessKey}`
  let signer = keys.get(name)
  if (!signer) {
    signer = hmacSha256(bytes(`AWS4${credentials.secretAccessKey}`))
    for (const part of [signing.time.slice(0, 8), region, service, 'aws4_request'])
      signer = hmacSha256(signer(bytes(part)))
    // Credentials change every hour: those of before are of no use.
    if (keys.size > 15) keys.clear()
    keys.set(name, signer)
  }
  return signer
}
