import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Bucket, startBucket } from './bucket.fixture.js'
import { downloadData, getUrl, uploadData } from './index.js'

let bucket: Bucket
beforeAll(async () => {
  bucket = await startBucket()
})
beforeEach(async () => {
  await bucket.sandbox.reset()
  await uploadData({ path: 'public/a.txt', data: 'linked' }, bucket.watch().ctx).result
})
afterAll(() => bucket.sandbox.stop())

const parameter = (url: URL, name: string) => url.searchParams.get(`X-Amz-${name}`)
const nameOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: Error) => error.name,
  )

test('a link works for whoever holds it, for a quarter of an hour', async () => {
  const { ctx, sent } = bucket.watch()
  const { url, expiresAt } = await getUrl({ path: 'public/a.txt' }, ctx)
  expect(sent).toEqual([])
  expect(parameter(url, 'Expires')).toBe('900')
  expect(Math.abs(expiresAt.getTime() - Date.now() - 900_000)).toBeLessThan(5_000)
  expect(await (await fetch(url)).text()).toBe('linked')
  bucket.sandbox.clock.advance(901_000)
  expect((await fetch(url)).status).toBe(403)
})

test('a link of a guest carries the session token', async () => {
  const { url } = await getUrl({ path: 'public/a.txt' }, bucket.watch({ guest: true }).ctx)
  expect(parameter(url, 'Security-Token')).toBeTruthy()
  expect(await (await fetch(url)).text()).toBe('linked')
})

test('a link says how its object is to be shown', async () => {
  const options = {
    contentType: 'text/html',
    contentDisposition: { type: 'attachment', filename: 'so "so".html' } as const,
    cacheControl: 'no-store',
  }
  const { url } = await getUrl({ path: 'public/a.txt', options }, bucket.watch().ctx)
  const { headers } = await fetch(url)
  expect(headers.get('content-type')).toBe('text/html')
  expect(headers.get('content-disposition')).toBe('attachment; filename="so \\"so\\".html"')
  expect(headers.get('cache-control')).toBe('no-store')
})

test('a link to upload by takes what was signed, and nothing else', async () => {
  const { ctx } = bucket.watch()
  const options = { method: 'PUT', contentType: 'text/css' } as const
  const { url } = await getUrl({ path: 'public/new.css', options }, ctx)
  const put = (type: string) => fetch(url, { method: 'PUT', body: 'a{}', headers: { 'content-type': type } })
  expect((await put('text/html')).status).toBe(403)
  expect((await put('text/css')).status).toBe(200)
  const { body, contentType } = await downloadData({ path: 'public/new.css' }, ctx).result
  expect(await body.text()).toBe('a{}')
  expect(contentType).toBe('text/css')
})

test('a link to nothing is refused where that is asked for', async () => {
  const { ctx } = bucket.watch()
  const options = { validateObjectExistence: true }
  expect(await nameOf(getUrl({ path: 'public/missing', options }, ctx))).toBe('NotFound')
  expect(await nameOf(getUrl({ path: 'public/a.txt', options }, ctx))).toBeUndefined()
  expect(await nameOf(getUrl({ path: 'public/missing' }, ctx))).toBeUndefined()
})

test('how long a link is good must be a time that S3 allows', async () => {
  const { ctx } = bucket.watch()
  const withTime = (expiresIn: number) =>
    nameOf(getUrl({ path: 'public/a.txt', options: { expiresIn } }, ctx))
  expect(await withTime(7 * 24 * 3600)).toBeUndefined()
  expect(await withTime(7 * 24 * 3600 + 1)).toBe('UrlExpirationMaxLimitExceed')
  for (const wrong of [0, -6, 0.5, Number.NaN]) expect(await withTime(wrong)).toBe('InvalidUrlExpiration')
})

test('a link goes by the accelerated host where that is wanted, and its signature covers that host', async () => {
  const { ctx } = bucket.watch()
  ctx.config = { ...ctx.config, Storage: { S3: { bucket: 'photos', region: 'us-east-1' } } }
  const { url } = await getUrl({ path: 'public/a.txt', options: { useAccelerateEndpoint: true } }, ctx)
  expect(url.origin + url.pathname).toBe('https://photos.s3-accelerate.amazonaws.com/public/a.txt')
  expect(parameter(url, 'SignedHeaders')).toBe('host')
})

/** Credentials that end `lifetimes[n]` seconds after the n-th time they are asked for anew. */
function shortLived(lifetimes: number[]) {
  let fetched = 0
  let expiration = new Date(Date.now() + lifetimes[0]! * 1000)
  const credentialsProvider = {
    async getCredentialsAndIdentityId({ forceRefresh }: { forceRefresh?: boolean }) {
      if (forceRefresh)
        expiration = new Date(Date.now() + lifetimes[Math.min(++fetched, lifetimes.length - 1)]! * 1000)
      return { credentials: { ...bucket.sandbox.credentials, expiration } }
    },
    clearCredentialsAndIdentityId() {},
  }
  const { ctx } = bucket.watch({ options: { Auth: { credentialsProvider } } })
  return { ctx, fetches: () => fetched }
}

test('credentials that would end before the link are replaced first', async () => {
  const { ctx, fetches } = shortLived([60, 3600])
  const { url } = await getUrl({ path: 'public/a.txt' }, ctx)
  expect(parameter(url, 'Expires')).toBe('900')
  expect(fetches()).toBe(1)
})

test('a link is not said to be good for longer than its credentials are', async () => {
  const { ctx } = shortLived([60, 600])
  const { url, expiresAt } = await getUrl({ path: 'public/a.txt', options: { expiresIn: 3600 } }, ctx)
  const seconds = Number(parameter(url, 'Expires'))
  expect(seconds).toBeGreaterThan(590)
  expect(seconds).toBeLessThanOrEqual(600)
  expect(expiresAt.getTime()).toBeLessThanOrEqual(Date.now() + 601_000)
})

test('a page of links fetches credentials once', async () => {
  const { ctx, fetches } = shortLived([60, 600])
  for (let index = 0; index < 20; index++) {
    await getUrl({ path: 'public/a.txt', options: { expiresIn: 3600 } }, ctx)
  }
  expect(fetches()).toBe(1)
})

test('a device whose clock is two hours off makes links that work', async () => {
  const { ctx } = bucket.watch({ now: () => Date.now() + 7_200_000 })
  const options = { validateObjectExistence: true }
  const { url, expiresAt } = await getUrl({ path: 'public/a.txt', options }, ctx)
  expect((await fetch(url)).status).toBe(200)
  expect(Math.abs(expiresAt.getTime() - Date.now() - 900_000)).toBeLessThan(10_000)
})
