// What runs in the page of storage.test.ts: an app whose browser has no room left, and one that hands links on.
import { Amplify } from 'backline'
import { getUrl, uploadData } from 'backline/storage'

const steps = {
  async open(sandbox: string) {
    Amplify.configure(await fetch(`${sandbox}/_backline/outputs`).then((answer) => answer.json()))
  },

  /** Leaves no room in the page's own storage. Returns how many characters it took. */
  fill() {
    let taken = 0
    for (let piece = 'x'.repeat(2 ** 20); piece; ) {
      try {
        localStorage.setItem(`filled ${taken}`, piece)
        taken += piece.length
      } catch {
        piece = piece.slice(0, piece.length >> 1)
      }
    }
    return taken
  },

  async upload(path: string, megabytes: number) {
    const data = new File([new Uint8Array(megabytes * 2 ** 20).fill(megabytes)], path, { lastModified: 1 })
    const seen: number[] = []
    const { size } = await uploadData({
      ...{ path, data },
      options: { onProgress: ({ transferredBytes }) => seen.push(transferredBytes) },
    }).result
    return { size, seen }
  },

  /** Puts a blob by a link that was signed for one type, or for none. Returns the status. */
  async put(path: string, { signed, sent }: { signed?: string; sent: string }) {
    const { url } = await getUrl({ path, options: { method: 'PUT', contentType: signed } })
    const { status } = await fetch(url, { method: 'PUT', body: new Blob(['linked'], { type: sent }) })
    return status
  },
}

export type StorageSteps = typeof steps

Object.assign(globalThis, { steps })
