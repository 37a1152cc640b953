import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { afterAll, expect, test } from 'vitest'
import { killChildren, startChild } from './child.fixture.js'

const MIB = 1024 * 1024
const folder = mkdtempSync(join(tmpdir(), 'backline-test-'))
afterAll(() => {
  killChildren()
  rmSync(folder, { recursive: true, force: true })
})

// Whoever kept what passes would have more than twice the bound; benchmarks/storage/memory.mjs does the same with 2 GB.
test('a large object goes through the sandbox, up and down, in less than 100 MB of memory', {
  timeout: 60_000,
}, async () => {
  const { url: endpoint, key: accessKeyId, secret: secretAccessKey, memory } = await startChild(folder)
  const s3 = new S3Client({
    ...{ endpoint, region: 'us-east-1', forcePathStyle: true },
    credentials: { accessKeyId, secretAccessKey },
  })
  const object = { Bucket: 'drive-bucket', Key: 'large.bin' }
  const [up, down] = [createHash('md5'), createHash('md5')]
  const idle = await memory()

  const put = request(await getSignedUrl(s3, new PutObjectCommand(object)), {
    method: 'PUT',
    headers: { 'content-length': 256 * MIB },
  })
  const answered = once(put, 'response')
  for (let block = 0; block < 256; block++) {
    const bytes = Buffer.alloc(MIB, block)
    up.update(bytes)
    if (!put.write(bytes)) await once(put, 'drain')
  }
  put.end()
  const [stored] = await answered
  stored.resume()
  expect(stored.statusCode).toBe(200)

  const [fetched] = await once(
    request(await getSignedUrl(s3, new GetObjectCommand(object))).end(),
    'response',
  )
  for await (const chunk of fetched) down.update(chunk)
  expect(down.digest('hex')).toBe(up.digest('hex'))
  expect((await memory()).most - idle.now).toBeLessThan(100)
  s3.destroy()
})
