import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { GetObjectCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3'
import { type Sandbox, startSandbox } from '@backline/sandbox'
import { defineAuth, defineBackend, defineStorage } from 'backline/backend'
import { build } from 'esbuild'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest'
import { consoleOf, openChromium } from '../runtimes/browser/chromium.js'
import { outputsOf } from './shop.fixture.js'

// Uppy's S3 plug-in in Chromium, unmodified, on the sandbox's S3, with a guest's temporary credentials: small files in one request each,
// large ones in parts, one that is canceled on the way.

const page = `
  import Uppy from '@uppy/core'
  import AwsS3 from '@uppy/aws-s3'
  import { Amplify } from 'backline'
  import { fetchAuthSession } from 'backline/auth'

  const outputs = await fetch(location.hash.slice(1) + '/_backline/outputs').then((answer) => answer.json())
  Amplify.configure(outputs)
  const { bucket_name: bucket, aws_region: region } = outputs.storage

  const make = () => new Uppy().use(AwsS3, {
    s3Endpoint: location.hash.slice(1) + '/' + bucket,
    region,
    shouldUseMultipart: (file) => file.size > 5 * 1024 * 1024,
    generateObjectKey: (file) => 'uppy/' + file.name,
    async getCredentials() {
      const { credentials } = await fetchAuthSession()
      return {
        credentials: { ...credentials, expiration: credentials.expiration.toISOString() },
        bucket,
        region,
      }
    },
  })
  const bytes = (length) => Uint8Array.from({ length }, (_, index) => Math.imul(index, 2654435761) >>> 13)

  globalThis.upload = async (files) => {
    const uppy = make()
    for (const [name, length] of files) uppy.addFile({ name, type: 'text/x-uppy', data: new Blob([bytes(length)]) })
    const { successful, failed } = await uppy.upload()
    return { successful: successful.map(({ name }) => name), failed: failed.map(({ name, error }) => name + ': ' + error) }
  }
  globalThis.cancel = async (length) => {
    const uppy = make()
    const parted = new Promise((resolve) => uppy.on('s3-multipart:part-uploaded', resolve))
    uppy.addFile({ name: 'canceled.bin', data: new Blob([bytes(length)]) })
    const done = uppy.upload().catch(() => {})
    await parted
    uppy.cancelAll()
    await Promise.race([done, new Promise((resolve) => setTimeout(resolve, 1000))])
  }
  document.title = 'ready'
`

let sandbox: Sandbox
let s3: S3Client
let Bucket: string
let browser: Browser | undefined
let site: ReturnType<typeof createServer>

beforeAll(async () => {
  sandbox = await startSandbox({
    backend: defineBackend({
      auth: defineAuth({ loginWith: { email: true } }),
      storage: defineStorage({
        name: 'drive',
        access: (allow) => ({ 'uppy/*': [allow.guest.to(['read', 'write', 'delete'])] }),
      }),
    }),
  })
  Bucket = outputsOf(sandbox).storage.bucket_name
  const { url: endpoint, credentials } = sandbox
  s3 = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials })
  const { outputFiles } = await build({
    stdin: { contents: page, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'error',
  })
  site = createServer(({ url }, answer) => {
    if (url === '/page.js') answer.setHeader('content-type', 'text/javascript').end(outputFiles[0]!.contents)
    else
      answer
        .setHeader('content-type', 'text/html')
        .end('<!doctype html><script type=module src=/page.js></script>')
  })
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  await browser?.close()
  site?.close()
  site?.closeAllConnections()
  s3?.destroy()
  await sandbox?.stop()
})

const bytes = (length: number) =>
  Buffer.from(Uint8Array.from({ length }, (_, index) => Math.imul(index, 2654435761) >>> 13))

test('Uppy uploads files in one request and in parts, and cleans up what it cancels', {
  timeout: 60_000,
}, async () => {
  browser = await openChromium()
  const tab = await browser.newPage()
  const lines = consoleOf(tab)
  onTestFailed(() => console.error(lines.join('\n')))
  await tab.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/#${sandbox.url}`)
  await tab.waitForFunction(() => document.title === 'ready')

  const files: [string, number][] = [
    ['small.txt', 1000],
    ['a b+c%&Grüße 😀.txt', 10],
    ['twelve.bin', 12 * 1024 * 1024 + 1],
    ['exact.bin', 10 * 1024 * 1024],
  ]
  const outcome = await tab.evaluate(`upload(${JSON.stringify(files)})`)
  expect(outcome).toEqual({ successful: files.map(([name]) => name), failed: [] })
  for (const [name, length] of files) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: `uppy/${name}` }))
    expect(Buffer.from(await Body!.transformToByteArray()).equals(bytes(length)), name).toBe(true)
  }

  await tab.evaluate(`cancel(${40 * 1024 * 1024})`)
  await expect
    .poll(async () => (await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads ?? [])
    .toEqual([])
  await expect(s3.send(new GetObjectCommand({ Bucket, Key: 'uppy/canceled.bin' }))).rejects.toMatchObject({
    name: 'NoSuchKey',
  })
})
