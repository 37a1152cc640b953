import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { Amplify } from 'aws-amplify'
import { copy, downloadData, getProperties, getUrl, list, remove, uploadData } from 'aws-amplify/storage'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { authPlan } from '../pool.fixture.js'
import { type Sandbox, serve } from '../sandbox.js'

let sandbox: Sandbox

/** The hosts of AWS are wired into aws-amplify. `fetch` cannot send a Host of our choice, which the signature covers; node:http can. */
async function redirected(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const url = new URL(String(input))
  const body = init.body ? Buffer.from(await new Response(init.body).arrayBuffer()) : undefined
  const headers = { ...Object.fromEntries(new Headers(init.headers)), host: url.host }
  return new Promise((resolve, reject) => {
    const sent = request(
      `${sandbox.url}${url.pathname}${url.search}`,
      {
        method: init.method ?? 'GET',
        headers: body ? { ...headers, 'content-length': body.length } : headers,
      },
      async (answer) => {
        const chunks = await answer.toArray()
        const status = answer.statusCode!
        const bodiless = status === 204 || init.method === 'HEAD'
        const answered = Object.entries(answer.headers).map(
          ([name, value]) => [name, String(value)] as [string, string],
        )
        resolve(new Response(bodiless ? null : Buffer.concat(chunks), { status, headers: answered }))
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

/** aws-amplify hashes parts with it; Node has none. */
class FileReader {
  result: string | ArrayBuffer | undefined
  onload: ((event: { target: FileReader }) => void) | undefined
  async readAsArrayBuffer(blob: Blob) {
    this.result = await blob.arrayBuffer()
    this.onload?.({ target: this })
  }
}

beforeAll(async () => {
  sandbox = await serve({
    auth: authPlan,
    extraOutputs: {},
    storages: [
      {
        ...{ name: 'drive', isDefault: true, bucketName: 'drive-bucket' },
        rules: [{ path: 'public/*', who: { kind: 'guest' }, may: ['get', 'list', 'write', 'delete'] }],
      },
    ],
  })
  vi.stubGlobal('fetch', redirected)
  vi.stubGlobal('FileReader', FileReader)
  const auth = sandbox.outputs.auth as Record<string, string>
  Amplify.configure({
    Auth: {
      Cognito: {
        userPoolId: auth.user_pool_id!,
        userPoolClientId: auth.user_pool_client_id!,
        identityPoolId: auth.identity_pool_id!,
        allowGuestAccess: true,
      },
    },
    Storage: { S3: { bucket: 'drive-bucket', region: 'us-east-1' } },
  })
})
afterAll(async () => {
  vi.unstubAllGlobals()
  await sandbox.stop()
})

test('aws-amplify uploads, lists, reads, links, copies and removes as a guest', async () => {
  const path = 'public/ä b+c.txt'
  const options = { contentType: 'text/plain', metadata: { a: 'b' } }
  await uploadData({ path, data: 'hello', options }).result
  expect(await (await downloadData({ path }).result).body.text()).toBe('hello')
  expect(await getProperties({ path })).toMatchObject({
    size: 5,
    contentType: 'text/plain',
    metadata: { a: 'b' },
  })
  const { url } = await getUrl({ path, options: { validateObjectExistence: true } })
  expect(await (await fetch(url)).text()).toBe('hello')
  await copy({ source: { path: encodeURIComponent(path) }, destination: { path: 'public/sub/copied' } })
  const strategy = { strategy: 'exclude' } as const
  const listed = await list({ path: 'public/', options: { subpathStrategy: strategy } })
  expect(listed.items.map((item) => item.path)).toEqual([path])
  expect(listed.excludedSubpaths).toEqual(['public/sub/'])
  const again = uploadData({ path, data: 'other', options: { preventOverwrite: true } })
  await expect(again.result).rejects.toMatchObject({ name: 'PreconditionFailed' })
  await remove({ path })
  const { items } = await list({ path: 'public/', options: { listAll: true } })
  expect(items.map((item) => item.path)).toEqual(['public/sub/copied'])
  await expect(downloadData({ path }).result).rejects.toMatchObject({ name: 'NoSuchKey' })
  await expect(downloadData({ path: 'private/x' }).result).rejects.toMatchObject({ name: 'AccessDenied' })
})

test('aws-amplify uploads twelve megabytes in parts with a checksum of the whole', async () => {
  const data = randomBytes(12_000_000)
  await uploadData({ path: 'public/big', data, options: { checksumAlgorithm: 'crc-32' } }).result
  const { body } = await downloadData({ path: 'public/big' }).result
  expect(Buffer.from(await (await body.blob()).arrayBuffer()).equals(data)).toBe(true)
})
