// Our storage beside the official aws-amplify's and the AWS SDK's, at the same work, on the same sandbox, in one run.
//   node benchmarks/storage/bench-storage.mjs [--json] [--node]      --node leaves Chromium out
// Each library runs in processes of its own, in turns, over the same transport (node:http with connections kept alive); then in pages of
// its own in Chromium, over the browser's, without aws-amplify: there it speaks to AWS's own hosts only. By the clock, small requests
// measure the sandbox more than who sends them; so below each time in Node stands what the library's own process, in which no sandbox
// runs, took of the processor, its transport included: the same for all. The same work is done once more by `fetch` and a signature alone,
// with no library: `theirs/none` is the most that a library on that transport could be faster than theirs.
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { startSandbox } from '@backline/sandbox'
import { defineAuth, defineBackend, defineStorage } from 'backline/backend'
import { build } from 'esbuild'
import { openChromium } from '../../tests/runtimes/browser/chromium.ts'
import { quantile } from '../sandbox/command.mjs'

/** `none` is `fetch` and a signature: what is left once no library is there. */
const LIBRARIES = ['backline', 'aws-amplify', '@aws-sdk', 'none']
/** The hosts of AWS are wired into aws-amplify, and a page cannot lead them elsewhere. */
const IN_CHROMIUM = ['backline', '@aws-sdk', 'none']
const ROUNDS = 3
const KEYS = 10_000

const sandbox = await startSandbox({
  backend: defineBackend({
    auth: defineAuth({ loginWith: { email: true } }),
    storage: defineStorage({ name: 'bench' }),
  }),
})
const { bucket_name: bucket, aws_region: region } = sandbox.outputs.storage
const runs = Object.fromEntries(LIBRARIES.map((library) => [library, []]))
const pages = Object.fromEntries(LIBRARIES.map((library) => [library, []]))
try {
  await fill()
  const settings = JSON.stringify({ url: sandbox.url, bucket, region, credentials: sandbox.credentials })
  for (let round = 0; round < ROUNDS; round++)
    for (const library of LIBRARIES) runs[library].push(await run(library, settings))
  if (!process.argv.includes('--node')) await inChromium({ ...JSON.parse(settings), keys: KEYS })
} finally {
  await sandbox.stop()
}

const WORK = [
  ['upload of 64 MB', 'ms', 'large', 1.3],
  ['  processor', 'ms', 'largeCpu'],
  ['  memory on top at its peak', 'MB', 'memory'],
  ['1,000 uploads of 10 kB, ten at a time', 'ms', 'small', 1.5],
  ['  processor', 'ms', 'smallCpu', 1.5],
  [`listAll of ${KEYS.toLocaleString('en')}`, 'ms', 'list', 2],
  ['  processor', 'ms', 'listCpu', 2],
  ['10,000 presigned URLs', 'ms', 'urls', 3],
  ['  processor', 'ms', 'urlsCpu', 3],
]
function rowsOf(measured, where) {
  return WORK.filter(([, , key]) => measured.backline[0]?.[key] !== undefined).map(
    ([what, unit, key, target]) => {
      const of = (library) => {
        const numbers = measured[library].map((each) => each[key])
        return numbers.length ? quantile(numbers, 0.5) : Number.NaN
      }
      const [ours, theirs, sdk, none] = LIBRARIES.map(of)
      return {
        ...{ where, what, unit, ours, 'aws-amplify': theirs, '@aws-sdk': sdk, none },
        ...{ faster: theirs / ours, overSdk: sdk / ours, best: theirs / none, target },
      }
    },
  )
}

const rows = [...rowsOf(runs, 'Node'), ...rowsOf(pages, 'Chromium')]
if (process.argv.includes('--json')) console.log(JSON.stringify(rows, null, 2))
else {
  const cell = (value) => String(value ?? '').padStart(13)
  console.log(
    `${''.padEnd(56)}${['ours', 'aws-amplify', '@aws-sdk', 'no library', 'theirs/ours', 'sdk/ours', 'theirs/none', 'target'].map(cell).join('')}`,
  )
  for (const { where, what, unit, ours, faster, overSdk, best, target, ...others } of rows)
    console.log(
      `${`${where}: ${what}, ${unit}`.padEnd(56)}${[ours, others['aws-amplify'], others['@aws-sdk'], others.none].map((each) => cell(each.toFixed(0))).join('')}${[faster, overSdk, best].map((each) => cell(each.toFixed(2))).join('')}${cell(target)}`,
    )
}

async function inChromium(settings) {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'subjectInChromium.mjs')],
    ...{ bundle: true, write: false, format: 'esm', platform: 'browser', target: 'es2022', minify: true },
  })
  const site = createServer(({ url }, answer) => {
    if (url === '/page.js') answer.setHeader('content-type', 'text/javascript').end(outputFiles[0].contents)
    else answer.setHeader('content-type', 'text/html').end('<script type=module src=/page.js></script>')
  })
  await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve))
  const browser = await openChromium()
  try {
    for (let round = 0; round < ROUNDS; round++) {
      for (const library of IN_CHROMIUM) {
        const context = await browser.newContext()
        const page = await context.newPage()
        await page.goto(`http://127.0.0.1:${site.address().port}/`)
        await page.waitForFunction(() => globalThis.play)
        const play = ([library, settings]) => globalThis.play(library, settings)
        pages[library].push(await page.evaluate(play, [library, settings]))
        await context.close()
      }
    }
  } finally {
    await browser.close()
    site.closeAllConnections()
    site.close()
  }
}

async function fill() {
  const s3 = new S3Client({
    endpoint: sandbox.url,
    region,
    forcePathStyle: true,
    credentials: sandbox.credentials,
  })
  let next = 0
  const worker = async () => {
    for (let index = next++; index < KEYS; index = next++)
      await s3.send(
        new PutObjectCommand({ Bucket: bucket, Key: `many/${String(index).padStart(5, '0')}`, Body: 'x' }),
      )
  }
  await Promise.all(Array.from({ length: 10 }, worker))
  s3.destroy()
}

/** In the background, since the sandbox that it works on is in this process. */
function run(library, settings) {
  const child = spawn(
    process.execPath,
    ['--expose-gc', join(import.meta.dirname, 'subject.mjs'), library, settings],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let printed = ''
  child.stdout.on('data', (chunk) => (printed += chunk))
  return new Promise((resolve, reject) =>
    child.on('close', (code) =>
      code
        ? reject(new Error(`${library} ended with ${code}.`))
        : resolve(JSON.parse(printed.trim().split('\n').at(-1))),
    ),
  )
}
