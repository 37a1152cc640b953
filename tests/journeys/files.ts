import { Amplify, createAmplifyContext } from 'backline'
import { signOut } from 'backline/auth'
import { downloadData, getUrl, isCancelError, list, remove, uploadData } from 'backline/storage'
import { equal, ok, rejects } from './asserts.js'
import type { Journey, Runtime } from './stage.js'

const MEGABYTE = 1024 * 1024

/** Parts enough to stop between them; two, as few as may be, where an interpreter handles every byte. */
const sizeOn = (runtime: Runtime) => (runtime === 'phone' ? 5.25 : 12) * MEGABYTE

/** Bytes that differ everywhere, so that parts in the wrong order would be seen. */
function bytes(length: number): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(length)
  let seed = length | 1
  for (let index = 0; index < length; index++) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) | 0
    data[index] = seed >>> 24
  }
  return data
}

/** What tells one content from another. Not every runtime has `crypto.subtle`. */
function hash(data: ArrayBuffer | Uint8Array<ArrayBuffer>): number {
  const whole = 'buffer' in data ? data.buffer : data
  let sum = whole.byteLength
  for (const word of new Uint32Array(whole)) sum = (Math.imul(sum ^ word, 16_777_619) + (sum >>> 15)) | 0
  return sum
}

export const largeFile: Journey = {
  name: 'a large file goes up with honest progress, comes down equal, and is shared by a link',
  async play({ outputs, arrive, runtime }) {
    Amplify.configure(outputs)
    await arrive('ada')
    const data = bytes(sizeOn(runtime))
    const path = 'shared/large.bin'
    const progress: number[] = []
    const { path: stored, eTag } = await uploadData({
      path,
      data,
      options: {
        contentType: 'application/x-noise',
        metadata: { kind: 'noise' },
        onProgress: ({ transferredBytes, totalBytes }) => {
          equal(totalBytes, data.length, 'the total')
          progress.push(transferredBytes)
        },
      },
    }).result
    ok(stored === path && eTag, 'the result names the object')
    ok(progress.length > 2, 'there was progress on the way')
    ok(
      progress.every((sent, index) => index === 0 || sent > progress[index - 1]!),
      'progress only grows',
    )
    equal(progress.at(-1), data.length, 'the last progress')

    const { body, contentType, size, metadata } = await downloadData({ path }).result
    equal(
      [contentType, size, metadata],
      ['application/x-noise', data.length, { kind: 'noise' }],
      'the object',
    )
    equal(hash(await (await body.blob()).arrayBuffer()), hash(data), 'the bytes')
    const part = await downloadData({
      path,
      options: { bytesRange: { start: 5 * MEGABYTE - 2, end: 5 * MEGABYTE + 1 } },
    }).result
    equal(
      [...new Uint8Array(await (await part.body.blob()).arrayBuffer())],
      [...data.slice(5 * MEGABYTE - 2, 5 * MEGABYTE + 2)],
      'the bytes around a seam',
    )

    const { url, expiresAt } = await getUrl({ path, options: { expiresIn: 300 } })
    ok(expiresAt.getTime() > Date.now() + 200_000, 'the link is good for minutes')
    const response = await fetch(url)
    equal([response.status, hash(await response.arrayBuffer())], [200, hash(data)], 'what the link gives')
    await remove({ path })
    await rejects(downloadData({ path }).result, 'NoSuchKey')
    await rejects(getUrl({ path, options: { validateObjectExistence: true } }), 'NotFound')
    await signOut()
  },
}

export const steered: Journey = {
  name: 'an upload pauses, goes on, and when canceled leaves nothing behind',
  async play({ outputs, arrive, runtime }) {
    Amplify.configure(outputs)
    await arrive('grace')
    const data = bytes(sizeOn(runtime))
    const progress: number[] = []
    const paused = uploadData({
      path: 'shared/paused.bin',
      data,
      options: {
        onProgress: ({ transferredBytes }) => {
          // From within: a fast network would be done before somebody who looks from outside has seen it begin.
          if (!progress.length) paused.pause()
          progress.push(transferredBytes)
        },
      },
    })
    while (!progress.length) await new Promise((resolve) => setTimeout(resolve, 1))
    equal(paused.state, 'PAUSED', 'the state')
    await new Promise((resolve) => setTimeout(resolve, 100))
    const held = progress.at(-1)
    await new Promise((resolve) => setTimeout(resolve, 100))
    equal(progress.at(-1), held, 'what was sent during the pause')
    paused.resume()
    await paused.result
    equal(paused.state, 'SUCCESS', 'the state at the end')
    equal(
      progress,
      [...progress].sort((one, other) => one - other),
      'the progress, sorted',
    )
    const { body } = await downloadData({ path: 'shared/paused.bin' }).result
    equal(hash(await (await body.blob()).arrayBuffer()), hash(data), 'the bytes')

    for (const path of ['shared/never.bin', 'shared/midway.bin']) {
      const task = uploadData({ path, data, options: { onProgress: () => task.cancel() } })
      if (path === 'shared/never.bin') task.cancel()
      const error = await task.result.then(
        () => undefined,
        (error: unknown) => error,
      )
      ok(isCancelError(error), `${path} rejects as canceled`)
      equal(task.state, 'CANCELED', 'the state')
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
    const { items } = await list({ path: 'shared/' })
    equal(
      items.map(({ path }) => path),
      ['shared/paused.bin'],
      'what is stored',
    )
    await signOut()
  },
}

export const folders: Journey = {
  name: 'files are listed by prefix, page and folder, and kept from those who may not see them',
  async play({ outputs, arrive }) {
    Amplify.configure(outputs)
    await arrive('joan')
    const names = ['a.txt', 'b b.txt', 'ü&<.txt', 'deep/c.txt', 'deep/er/d.txt']
    for (const name of names) await uploadData({ path: `shared/${name}`, data: `text of ${name}` }).result

    const { items, excludedSubpaths } = await list({
      path: 'shared/',
      options: { listAll: true, subpathStrategy: { strategy: 'exclude' } },
    })
    equal(items.map(({ path }) => path.slice(7)).sort(), ['a.txt', 'b b.txt', 'ü&<.txt'], 'the files here')
    equal(excludedSubpaths, ['shared/deep/'], 'the folders here')
    const deep = await list({ path: 'shared/deep/', options: { listAll: true } })
    equal(deep.items.length, 2, 'the files of the folder and below')

    const seen: string[] = []
    let nextToken: string | undefined
    do {
      const page = await list({ path: 'shared/', options: { pageSize: 2, nextToken } })
      ok(page.items.length <= 2, 'a page holds at most two')
      seen.push(...page.items.map(({ path }) => path))
      nextToken = page.nextToken
    } while (nextToken)
    equal(new Set(seen).size, names.length, 'the files of all pages')
    const { body } = await downloadData({ path: 'shared/ü&<.txt' }).result
    equal(await body.text(), 'text of ü&<.txt', 'the text of a file with a strange name')

    const mine = await uploadData({
      path: ({ identityId }) => `private/${identityId}/diary.txt`,
      data: 'Dear diary',
    }).result
    const other = createAmplifyContext(outputs)
    await arrive('linus', other)
    await rejects(downloadData({ path: mine.path }, other).result, 'AccessDenied')
    const guest = createAmplifyContext(outputs)
    equal((await list({ path: 'shared/deep/' }, guest)).items.length, 2, 'what a guest may list')
    await rejects(uploadData({ path: 'shared/guest.txt', data: 'no' }, guest).result, 'AccessDenied')
    await signOut(undefined, other)
    await signOut()
  },
}
