// Our auth client on a user pool that others wrote, cognito-local, and our storage client on their S3, Ceph's. Prints a line per check; the last line is the sum.
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { createAmplifyContext } from '@backline/core'
import { downloadData, getUrl, list, remove, uploadData } from '@backline/storage'
import { cephIsInstalled, installCeph, installCommand, startCeph } from './ceph.mjs'
import { playAuth } from './strangersAuth.mjs'

const sum = { passed: 0, failed: 0 }

await playAuth(check).catch((error) => {
  sum.failed++
  console.log(`✗ cognito-local: ${error.message}`)
})

if (!cephIsInstalled()) {
  console.log("» Installing Ceph's S3 gateway from Debian's packages")
  if (!installCeph()) {
    console.log(`✗ Ceph's gateway is needed. Where apt is there:  ${installCommand}`)
    finish(1)
  }
}

console.log("» Starting Ceph's S3 gateway")
const started = performance.now()
const ceph = await startCeph()
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => ceph.stop().finally(() => process.exit(130)))
console.log(`  it answers at ${ceph.url} after ${((performance.now() - started) / 1000).toFixed(1)} s`)
try {
  await journey()
} finally {
  await ceph.stop()
}
finish(sum.failed ? 1 : 0)

async function journey() {
  const [bucket, region] = ['backline', 'us-east-1']
  const admin = new S3Client({
    endpoint: ceph.url,
    region,
    forcePathStyle: true,
    credentials: ceph.credentials,
  })
  await admin.send(new CreateBucketCommand({ Bucket: bucket }))
  admin.destroy()

  let requests = 0
  const ctx = createAmplifyContext(
    { Storage: { S3: { bucket, region, endpoint: ceph.url } } },
    {
      Auth: {
        credentialsProvider: {
          getCredentialsAndIdentityId: async () => ({ credentials: ceph.credentials }),
          clearCredentialsAndIdentityId() {},
        },
      },
    },
  )
  const counted = (...args) => {
    requests++
    return fetch(...args)
  }
  ctx.platform = { ...ctx.platform, fetch: counted }

  const data = Uint8Array.from({ length: 12_000_000 }, (_, index) => (index * 2_654_435_761) >>> 11)
  const same = async (body) => Buffer.from(data).equals(Buffer.from(await (await body.blob()).arrayBuffer()))
  const path = 'photos/Grüße +%25 (1)/cat & dog’s.bin'

  await check('uploads 12 MB in parts, with progress that only grows and ends at the whole', async () => {
    const seen = []
    const { result } = uploadData(
      { path, data, options: { onProgress: (event) => seen.push(event.transferredBytes) } },
      ctx,
    )
    const { eTag, size } = await result
    return (
      /-3"$/.test(eTag) &&
      size === data.length &&
      seen.length >= 3 &&
      seen.at(-1) === size &&
      seen.every((each, index) => !index || each > seen[index - 1])
    )
  })
  await check(
    'sends five requests for that: begin, three parts, complete (and asks for the ETag that Ceph leaves out)',
    () => requests === 5 || requests === 6,
  )
  await check('lists it, key and size unchanged', async () => {
    const { items } = await list({ path: 'photos/' }, ctx)
    return (
      items.length === 1 &&
      items[0].path === path &&
      items[0].size === data.length &&
      items[0].lastModified instanceof Date
    )
  })
  await check('downloads the same bytes', async () => {
    const { body, size } = await downloadData({ path }, ctx).result
    return size === data.length && (await same(body))
  })
  await check('downloads a range of them', async () => {
    const { body } = await downloadData(
      { path, options: { bytesRange: { start: 5_000_000, end: 5_000_009 } } },
      ctx,
    ).result
    return Buffer.from(data.subarray(5_000_000, 5_000_010)).equals(
      Buffer.from(await (await body.blob()).arrayBuffer()),
    )
  })
  await check('links to it', async () => {
    const { url } = await getUrl(
      { path, options: { validateObjectExistence: true, expiresIn: 60, contentType: 'text/x-own' } },
      ctx,
    )
    const response = await fetch(url)
    return response.headers.get('content-type') === 'text/x-own' && (await same(response))
  })
  await check('links to upload by', async () => {
    const { url } = await getUrl(
      { path: 'linked.txt', options: { method: 'PUT', contentType: 'text/plain' } },
      ctx,
    )
    const put = await fetch(url, { method: 'PUT', body: 'linked', headers: { 'content-type': 'text/plain' } })
    const { body } = await downloadData({ path: 'linked.txt' }, ctx).result
    return put.ok && (await body.text()) === 'linked'
  })
  await check('keeps type, metadata and disposition of a small object', async () => {
    const options = {
      metadata: { who: 'Zoë', plain: 'yes' },
      contentDisposition: { type: 'attachment', filename: 'ü.txt' },
    }
    await uploadData({ path: 'small.txt', data: 'hé', options }, ctx).result
    const { body, contentType, metadata } = await downloadData({ path: 'small.txt' }, ctx).result
    return (
      contentType === 'text/plain' &&
      metadata.who === 'Zoë' &&
      metadata.plain === 'yes' &&
      (await body.text()) === 'hé'
    )
  })
  await check('refuses to overwrite where it was told so', async () => {
    const { result } = uploadData(
      { path: 'small.txt', data: 'other', options: { preventOverwrite: true } },
      ctx,
    )
    return (await nameOf(result)) === 'PreconditionFailed'
  })
  await check('stores nothing of an upload that is canceled on the way', async () => {
    const task = uploadData({ path: 'canceled.bin', data, options: { onProgress: () => task.cancel() } }, ctx)
    const name = await nameOf(task.result)
    return (
      name === 'CanceledError' &&
      task.state === 'CANCELED' &&
      (await list({ path: 'canceled.bin' }, ctx)).items.length === 0
    )
  })
  await check('pauses and goes on', async () => {
    let paused = false
    const onProgress = () => {
      if (paused) return
      paused = true
      task.pause()
      setTimeout(() => task.resume(), 50)
    }
    const task = uploadData({ path: 'paused.bin', data, options: { onProgress } }, ctx)
    await task.result
    return paused && same((await downloadData({ path: 'paused.bin' }, ctx).result).body)
  })
  await check('lists in pages, and subpaths apart', async () => {
    for (let index = 0; index < 5; index++)
      await uploadData({ path: `pages/${index}.txt`, data: '' }, ctx).result
    const first = await list({ path: 'pages/', options: { pageSize: 2 } }, ctx)
    const second = await list({ path: 'pages/', options: { pageSize: 2, nextToken: first.nextToken } }, ctx)
    const all = await list({ path: 'pages/', options: { listAll: true } }, ctx)
    const { excludedSubpaths } = await list(
      { path: '', options: { subpathStrategy: { strategy: 'exclude' } } },
      ctx,
    )
    return (
      second.items[0].path === 'pages/2.txt' &&
      all.items.length === 5 &&
      `${excludedSubpaths}` === 'pages/,photos/'
    )
  })
  await check('names errors as the service does', async () => {
    const missing = await nameOf(downloadData({ path: 'missing' }, ctx).result)
    const wrong = createAmplifyContext(ctx.resourcesConfig, {
      Auth: {
        credentialsProvider: {
          getCredentialsAndIdentityId: async () => ({
            credentials: { ...ceph.credentials, secretAccessKey: 'wrong' },
          }),
        },
      },
    })
    return missing === 'NoSuchKey' && (await nameOf(list({ path: '' }, wrong))) === 'SignatureDoesNotMatch'
  })
  await check('removes an object and a folder', async () => {
    await remove({ path }, ctx)
    await remove({ path: 'pages/' }, ctx)
    const { items } = await list({ path: '', options: { listAll: true } }, ctx)
    const left = `${items.map((item) => item.path)}`
    return left === 'linked.txt,paused.bin,small.txt' || `left are ${left}`
  })
}

async function check(what, fulfilled) {
  const started = performance.now()
  let problem
  try {
    const answer = await fulfilled()
    if (answer !== true) problem = answer || 'it does not'
  } catch (error) {
    problem = `${error.name}: ${error.message}`
  }
  sum[problem ? 'failed' : 'passed']++
  console.log(problem ? `✗ ${what}: ${problem}` : `✓ ${what} (${Math.round(performance.now() - started)} ms)`)
}

function nameOf(promise) {
  return promise.then(
    () => undefined,
    (error) => error.name,
  )
}

function finish(code) {
  if (code && !sum.failed) sum.failed++
  console.log(`\n${sum.passed} passed, ${sum.failed} failed`)
  process.exit(code)
}
