import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import type { CredentialAuthority, WireRequest } from '../service.js'
import { createChunkSigner, unchunk } from './chunked.js'

// The examples of https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and …/sigv4-streaming-trailers.html
const authority: CredentialAuthority = {
  find: (accessKeyId) => ({
    accessKeyId,
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    principal: { role: 'root' },
  }),
}
const requestSigned = (seed: string) =>
  ({
    headers: {
      'x-amz-date': '20130524T000000Z',
      authorization: `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host,Signature=${seed}`,
    },
  }) as unknown as WireRequest

const DATA = 'a'.repeat(66_560)
const chunk = (text: string, signature: string) =>
  `${text.length.toString(16)};chunk-signature=${signature}\r\n${text}${text && '\r\n'}`
const SIGNED = [
  chunk(DATA.slice(0, 65_536), 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648'),
  chunk(DATA.slice(65_536), '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497'),
  chunk('', 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9'),
  '\r\n',
].join('')
const SEED = '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9'
const WITH_TRAILER = [
  chunk(DATA.slice(0, 65_536), 'b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2'),
  chunk(DATA.slice(65_536), '1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7'),
  chunk('', '2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992'),
  'x-amz-checksum-crc32c:sOO8/Q==\r\n',
  'x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n',
].join('')
const TRAILER_SEED = '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e'

async function read(body: string, { seed, pieces = 1 }: { seed?: string; pieces?: number } = {}) {
  const bytes = Buffer.from(body, 'latin1')
  const size = Math.ceil(bytes.length / pieces)
  const parts = Array.from({ length: pieces }, (_, index) => bytes.subarray(index * size, (index + 1) * size))
  const trailers = new Map<string, string>()
  const signer = seed === undefined ? undefined : createChunkSigner(requestSigned(seed), authority)
  const chunks: Buffer[] = []
  for await (const piece of unchunk(Readable.from(parts), trailers, signer)) chunks.push(piece)
  return { text: Buffer.concat(chunks).toString('latin1'), trailers: Object.fromEntries(trailers) }
}

test.each([1, 7, 5000])('signed chunks are read and verified, arriving in %i pieces', async (pieces) => {
  expect((await read(SIGNED, { seed: SEED, pieces })).text).toBe(DATA)
  expect(await read(WITH_TRAILER, { seed: TRAILER_SEED, pieces })).toEqual({
    text: DATA,
    trailers: { 'x-amz-checksum-crc32c': 'sOO8/Q==' },
  })
})

test('a changed byte, chunk signature, seed or trailer is refused', async () => {
  const refused = { code: 'SignatureDoesNotMatch', status: 403 }
  await expect(read(SIGNED.replace('aaa', 'aab'), { seed: SEED })).rejects.toMatchObject(refused)
  await expect(read(SIGNED.replace('=0055', '=0056'), { seed: SEED })).rejects.toMatchObject(refused)
  await expect(read(SIGNED.replace('=b6c6', '=b6c7'), { seed: SEED })).rejects.toMatchObject(refused)
  await expect(read(SIGNED, { seed: TRAILER_SEED })).rejects.toMatchObject(refused)
  await expect(read(SIGNED.replaceAll(/;chunk-signature=\w+/g, ''), { seed: SEED })).rejects.toMatchObject(
    refused,
  )
  await expect(read(WITH_TRAILER.replace('sOO8', 'sOO9'), { seed: TRAILER_SEED })).rejects.toMatchObject(
    refused,
  )
  await expect(
    read(WITH_TRAILER.replace(/x-amz-trailer-signature.*\r\n/, ''), { seed: TRAILER_SEED }),
  ).rejects.toMatchObject(refused)
})

test('unsigned chunks are read, with and without a trailer', async () => {
  expect(await read('3\r\nabc\r\n2\r\nde\r\n0\r\nX-Amz-Checksum-Crc32: abc=\r\n\r\n')).toEqual({
    text: 'abcde',
    trailers: { 'x-amz-checksum-crc32': 'abc=' },
  })
  expect((await read('0\r\n\r\n')).text).toBe('')
  expect((await read('1\r\na\r\n0\r\n')).text).toBe('a')
})

test.each([
  '',
  '3\r\nab',
  '3\r\nabcd\r\n0\r\n\r\n',
  '3\r\nabc\r\n',
  'x\r\n',
  '-1\r\na\r\n',
  `${'f'.repeat(20)}\r\n`,
  'z'.repeat(40_000),
])('chunks that break off or cannot be read are an incomplete body: %.20j', async (body) => {
  await expect(read(body)).rejects.toMatchObject({ code: 'IncompleteBody', status: 400 })
})
