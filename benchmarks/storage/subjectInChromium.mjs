// One library in a page of its own, bundled by benchInChromium.mjs, which tells it by `library` which. Does the same work as subject.mjs.

import { GetObjectCommand, PutObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { Amplify as OurAmplify } from 'backline'
import * as ours from 'backline/storage'
import { bare } from './bare.mjs'

const MAKERS = {
  backline: (settings) => amplify(OurAmplify, ours, settings, { endpoint: settings.url }),
  '@aws-sdk': sdk,
  none: nobody,
}

globalThis.play = async (library, settings) => {
  const work = await MAKERS[library](settings)
  const data = new Uint8Array(64 * 1024 * 1024)
  for (let index = 0; index < data.length; index += 7) data[index] = index
  const file = new Blob([data])
  const small = data.slice(0, 10_000)
  const name = `page-${library.replace(/\W/g, '')}`

  await work.upload(`${name}/warm.bin`, file.slice(0, 12 * 1024 * 1024))
  for (let index = 0; index < 20; index++) await work.upload(`${name}/warm.txt`, small)
  await work.url('many/00000')
  return {
    large: await measure(() => work.upload(`${name}/large.bin`, file)),
    small: await measure(() => tenAtATime(1_000, (index) => work.upload(`${name}/${index}.txt`, small))),
    list: await measure(async () => {
      const count = await work.list('many/')
      if (count !== settings.keys) throw new Error(`${library} lists ${count}.`)
    }),
    urls: await measure(() => tenAtATime(10_000, (index) => work.url(`many/${index}`))),
  }
}

async function measure(play) {
  const began = performance.now()
  await play()
  return performance.now() - began
}

async function tenAtATime(count, play) {
  let next = 0
  const worker = async () => {
    for (let index = next++; index < count; index = next++) await play(index)
  }
  await Promise.all(Array.from({ length: 10 }, worker))
}

function amplify(Amplify, { getUrl, list, uploadData }, { bucket, region, credentials }, place) {
  Amplify.configure(
    { Storage: { S3: { bucket, region, ...place } } },
    {
      Auth: {
        credentialsProvider: {
          getCredentialsAndIdentityId: async () => ({ credentials, identityId: `${region}:bench` }),
          clearCredentialsAndIdentityId() {},
        },
      },
    },
  )
  return {
    upload: (path, data) => uploadData({ path, data }).result,
    list: async (path) => (await list({ path, options: { listAll: true } })).items.length,
    url: (path) => getUrl({ path }),
  }
}

function nobody(settings) {
  const bytes = (text) => (typeof text === 'string' ? new TextEncoder().encode(text) : text)
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const kept = new Map()
  const keyOf = (key) => {
    if (!kept.has(key)) kept.set(key, crypto.subtle.importKey('raw', bytes(key), algorithm, false, ['sign']))
    return kept.get(key)
  }
  return bare(settings, {
    hmac: async (key, text) =>
      new Uint8Array(await crypto.subtle.sign('HMAC', await keyOf(key), bytes(text))),
    sha256: async (text) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes(text))),
  })
}

function sdk({ url, bucket: Bucket, region, credentials }) {
  const client = new S3Client({ endpoint: url, region, forcePathStyle: true, credentials })
  return {
    upload: (Key, Body) =>
      Body instanceof Blob
        ? new Upload({ client, params: { Bucket, Key, Body } }).done()
        : client.send(new PutObjectCommand({ Bucket, Key, Body })),
    async list(Prefix) {
      let count = 0
      for await (const page of paginateListObjectsV2({ client }, { Bucket, Prefix }))
        count += page.Contents.length
      return count
    },
    url: (Key) => getSignedUrl(client, new GetObjectCommand({ Bucket, Key })),
  }
}
