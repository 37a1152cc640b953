import { GetObjectCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3'
import { type Sandbox, startSandbox } from '@backline/sandbox'
import { defineAuth, defineBackend, defineStorage } from 'backline/backend'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { openChromium } from './chromium.js'
import { openSite } from './site.js'
import type { StorageSteps } from './storagePage.js'

let sandbox: Sandbox
let s3: S3Client
let Bucket: string
let site: Awaited<ReturnType<typeof openSite>>
let browser: Promise<Browser>

beforeAll(async () => {
  browser = openChromium()
  // Awaited by the tests, so that without a browser they fail.
  browser.catch(() => {})
  site = await openSite('storagePage.ts')
  sandbox = await startSandbox({
    backend: defineBackend({
      auth: defineAuth({ loginWith: { email: true } }),
      storage: defineStorage({
        name: 'drive',
        access: (allow) => ({ 'public/*': [allow.guest.to(['read', 'write', 'delete'])] }),
      }),
    }),
  })
  Bucket = (sandbox.outputs.storage as { bucket_name: string }).bucket_name
  s3 = new S3Client({
    ...{ region: 'us-east-1', endpoint: sandbox.url, forcePathStyle: true },
    credentials: { ...sandbox.credentials },
  })
})
afterAll(async () => {
  await browser.then((opened) => opened.close()).catch(() => {})
  s3?.destroy()
  await site?.close()
  await sandbox?.stop()
})

async function open() {
  const context = await (await browser).newContext()
  onTestFinished(() => context.close())
  const page = await context.newPage()
  await page.goto(site.url)
  await expect.poll(() => page.evaluate('typeof steps')).toBe('object')
  const step = <Name extends keyof StorageSteps>(name: Name, ...args: Parameters<StorageSteps[Name]>) =>
    page.evaluate(
      ([name, args]) =>
        (globalThis as unknown as { steps: Record<string, (...args: unknown[]) => unknown> }).steps[name]!(
          ...args,
        ),
      [name, args] as [string, unknown[]],
    ) as Promise<Awaited<ReturnType<StorageSteps[Name]>>>
  await step('open', sandbox.url)
  return step
}

test('a browser with no room left uploads in parts all the same', async () => {
  const step = await open()
  // Chromium allows a page ten megabytes, two to a character.
  expect(await step('fill')).toBeGreaterThan(5_000_000)
  const { size, seen } = await step('upload', 'public/full.bin', 12)
  expect(size).toBe(12 * 2 ** 20)
  expect(seen).toEqual(seen.toSorted((a, b) => a - b))
  expect(seen.at(-1)).toBe(size)
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'public/full.bin' }))
  const whole = Buffer.alloc(12 * 2 ** 20, 12)
  expect(Buffer.from(await Body!.transformToByteArray()).equals(whole)).toBe(true)
  expect((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads ?? []).toEqual([])
})

test('a link to upload by agrees with what the browser sends of a blob, whatever its type', async () => {
  const step = await open()
  const type = async (Key: string) => (await s3.send(new GetObjectCommand({ Bucket, Key }))).ContentType
  expect(await step('put', 'public/any.css', { sent: 'text/css' })).toBe(200)
  expect(await type('public/any.css')).toBe('text/css')
  expect(await step('put', 'public/bare.bin', { sent: '' })).toBe(200)
  expect(await step('put', 'public/one.css', { signed: 'text/css', sent: 'text/css' })).toBe(200)
  expect(await step('put', 'public/other.css', { signed: 'text/css', sent: 'text/html' })).toBe(403)
})
