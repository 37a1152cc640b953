import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Bucket, megabytes, startBucket } from './bucket.fixture.js'
import { copy, downloadData, getProperties, getUrl, list, remove, uploadData } from './index.js'

let bucket: Bucket
beforeAll(async () => {
  bucket = await startBucket()
})
afterAll(() => bucket.sandbox.stop())

const nameOf = (promise: PromiseLike<unknown>) =>
  promise.then(
    () => undefined,
    (error: Error) => error.name,
  )

test.each([
  'two words',
  ' leading and trailing ',
  'plus+sign',
  'per%cent %20 %2F',
  'hash#mark',
  'question?mark=1&b',
  `quotes'"\``,
  '<xml>&amp;]]>',
  'back\\slash',
  'semi;colon,comma=equals@at:$',
  '(round)[square]{curly}*!~^|',
  'tab\tnew\nline\rreturn',
  'control\u0001\u001f\u007f',
  'Grüße/日本/العربية',
  'emoji 😀/👩‍👩‍👧',
  'e\u0301 and \u00e9',
  'deep//double///slash/',
  'dots/...and/.hidden/a..b',
  'x'.repeat(1024),
  '😀'.repeat(256),
])('a key lives its whole life: %j', async (path) => {
  const { ctx } = bucket.watch()
  const content = `content of ${path}`
  await uploadData({ path, data: content }, ctx)
  expect((await list({ path }, ctx)).items.map((item) => item.path)).toEqual([path])
  expect(await (await downloadData({ path }, ctx)).body.text()).toBe(content)
  expect(await getProperties({ path }, ctx)).toMatchObject({ path, size: Buffer.byteLength(content) })
  const { url } = await getUrl({ path }, ctx)
  expect(await (await fetch(url)).text()).toBe(content)
  const put = await getUrl({ path, options: { method: 'PUT', contentType: 'text/plain' } }, ctx)
  const sent = await fetch(put.url, {
    method: 'PUT',
    body: 'linked',
    headers: { 'content-type': 'text/plain' },
  })
  expect(sent.status).toBe(200)
  const copied = path.length > 200 ? 'copy' : `copies/${path}`
  await copy({ source: { path }, destination: { path: copied } }, ctx)
  expect(await (await downloadData({ path: copied }, ctx)).body.text()).toBe('linked')
  await remove({ path }, ctx)
  await remove({ path: copied }, ctx)
  expect((await list({ path: '' }, ctx)).items).toEqual([])
})

test('a key that is too long, begins with a slash or climbs is refused', async () => {
  const { ctx, sent } = bucket.watch()
  expect(await nameOf(uploadData({ path: 'x'.repeat(1025), data: '' }, ctx))).toBe('KeyTooLongError')
  sent.length = 0
  for (const path of ['/a', '../a', 'a/../../b', 'a/./b', '..', '.'])
    expect(await nameOf(uploadData({ path, data: '' }, ctx))).toBe('InvalidStoragePathInput')
  expect(sent).toEqual([])
})

test.each(['/../../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/..%2f..%2fetc%2fpasswd', '/..\\..\\etc'])(
  'a path that climbs out of the bucket meets nothing of the machine: %s',
  async (tail) => {
    const { hostname, port } = new URL(bucket.sandbox.url)
    // By hand: no client would send it.
    const { status, text } = await new Promise<{ status?: number; text: string }>((resolve, reject) => {
      const sent = request({ hostname, port, path: `/${bucket.bucket}${tail}` }, async (answer) => {
        let text = ''
        for await (const chunk of answer) text += chunk
        resolve({ status: answer.statusCode, text })
      })
      sent.on('error', reject).end()
    })
    expect(status).toBeGreaterThanOrEqual(400)
    expect(text).not.toContain('root:')
  },
)

const MiB = 1024 * 1024
test.each([0, 1, 5 * MiB - 1, 5 * MiB, 5 * MiB + 1, 10 * MiB, 15 * MiB])(
  'an object of %i bytes goes up and comes down equal',
  async (length) => {
    const { ctx, sent } = bucket.watch()
    const data = megabytes(15).subarray(0, length)
    const seen: number[] = []
    const options = { onProgress: (event: { transferredBytes: number }) => seen.push(event.transferredBytes) }
    const { size } = await uploadData({ path: 'sized.bin', data, options }, ctx)
    expect(sent.filter(({ target }) => target.includes('partNumber'))).toHaveLength(
      length > 5 * MiB ? Math.ceil(length / (5 * MiB)) : 0,
    )
    expect([size, seen.at(-1)]).toEqual([length, length])
    const { body } = await downloadData({ path: 'sized.bin' }, ctx)
    expect(Buffer.from(await (await body.blob()).arrayBuffer()).equals(data)).toBe(true)
    await remove({ path: 'sized.bin' }, ctx)
  },
)
