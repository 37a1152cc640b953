// One library in a process of its own. Started by bench-storage.mjs with the name of the library and where the sandbox is; prints its
// numbers as one line of JSON.
import { createHash, createHmac } from 'node:crypto'
import { Agent, request } from 'node:http'
import { bare } from './bare.mjs'

const [library, settings] = process.argv.slice(2)
const { url, bucket, region, credentials } = JSON.parse(settings)
const work =
  library === '@aws-sdk' ? await sdk() : library === 'none' ? await nobody() : await amplify(library)

const data = new Uint8Array(64 * 1024 * 1024)
for (let index = 0; index < data.length; index += 7) data[index] = index
const small = data.subarray(0, 10_000)
const name = library.replace(/\W/g, '')

// Once to warm up: modules that load late, connections, and the compiler.
await work.upload(`${name}/warm.bin`, data.subarray(0, 12 * 1024 * 1024))
for (let index = 0; index < 20; index++) await work.upload(`${name}/warm.txt`, small)
await work.url('many/00000')

const numbers = {}
globalThis.gc()
const before = process.memoryUsage().rss
let peak = before
const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 5)
await measure('large', () => work.upload(`${name}/large.bin`, data))
clearInterval(watch)
numbers.memory = (Math.max(peak, process.memoryUsage().rss) - before) / 1024 / 1024
await measure('small', () => tenAtATime(1_000, (index) => work.upload(`${name}/${index}.txt`, small)))
await measure('list', async () => {
  const count = await work.list('many/')
  if (count !== 10_000) throw new Error(`${library} lists ${count}.`)
})
await measure('urls', () => tenAtATime(10_000, (index) => work.url(`many/${index}`)))
console.log(JSON.stringify(numbers))
process.exit(0)

/** By the clock, and by what this process alone took of the processor: the sandbox is in another one. */
async function measure(what, play) {
  const [began, used] = [performance.now(), process.cpuUsage()]
  await play()
  const { user, system } = process.cpuUsage(used)
  numbers[what] = performance.now() - began
  numbers[`${what}Cpu`] = (user + system) / 1000
}

async function tenAtATime(count, play) {
  let next = 0
  const worker = async () => {
    for (let index = next++; index < count; index = next++) await play(index)
  }
  await Promise.all(Array.from({ length: 10 }, worker))
}

async function amplify(from) {
  globalThis.fetch = fetchFromSandbox
  // aws-amplify reads parts with it; Node has none.
  globalThis.FileReader = class {
    readAsArrayBuffer(blob) {
      blob.arrayBuffer().then((result) => {
        this.result = result
        this.onload?.({ target: this })
      })
    }
  }
  const { Amplify } = await import(from)
  const { getUrl, list, uploadData } = await import(`${from}/storage`)
  const found = { credentials: { ...credentials }, identityId: `${region}:bench` }
  Amplify.configure(
    { Storage: { S3: { bucket, region } } },
    {
      Auth: {
        credentialsProvider: {
          getCredentialsAndIdentityId: async () => found,
          clearCredentialsAndIdentityId() {},
        },
      },
    },
  )
  return {
    upload: (path, body) => uploadData({ path, data: body }).result,
    list: async (path) => (await list({ path, options: { listAll: true } })).items.length,
    url: (path) => getUrl({ path }),
  }
}

function nobody() {
  globalThis.fetch = fetchFromSandbox
  return bare(JSON.parse(settings), {
    hmac: (key, text) => createHmac('sha256', key).update(text).digest(),
    sha256: (text) => createHash('sha256').update(text).digest(),
  })
}

async function sdk() {
  const { GetObjectCommand, PutObjectCommand, S3Client, paginateListObjectsV2 } = await import(
    '@aws-sdk/client-s3'
  )
  const { Upload } = await import('@aws-sdk/lib-storage')
  const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner')
  const client = new S3Client({ endpoint: url, region, forcePathStyle: true, credentials })
  return {
    upload: (Key, Body) =>
      Body.length > 5 * 1024 * 1024
        ? new Upload({ client, params: { Bucket: bucket, Key, Body } }).done()
        : client.send(new PutObjectCommand({ Bucket: bucket, Key, Body })),
    async list(Prefix) {
      let count = 0
      for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix }))
        count += page.Contents.length
      return count
    },
    url: (Key) => getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key })),
  }
}

/** The hosts of AWS are wired into aws-amplify, and `fetch` cannot send a Host of our choice, which the signature covers. */
function fetchFromSandbox(input, init = {}) {
  const asked = new URL(input?.url ?? input)
  const { hostname, port } = new URL(url)
  fetchFromSandbox.agent ??= new Agent({ keepAlive: true })
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        agent: fetchFromSandbox.agent,
        hostname,
        port,
        path: asked.pathname + asked.search,
        method: init.method ?? 'GET',
        headers: { ...Object.fromEntries(new Headers(init.headers)), host: asked.host },
      },
      (answer) => {
        const chunks = []
        answer.on('data', (chunk) => chunks.push(chunk))
        answer.on('error', reject)
        answer.on('end', () => {
          const empty = [204, 304].includes(answer.statusCode) || init.method === 'HEAD'
          resolve(
            new Response(empty ? null : Buffer.concat(chunks), {
              status: answer.statusCode,
              headers: answer.headers,
            }),
          )
        })
      },
    )
    sent.on('error', reject)
    if (init.body instanceof Blob)
      init.body.arrayBuffer().then((body) => sent.end(new Uint8Array(body)), reject)
    else sent.end(init.body instanceof ArrayBuffer ? new Uint8Array(init.body) : init.body)
  })
}
