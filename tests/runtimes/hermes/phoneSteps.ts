// What only a phone does: files by their URI, the browser beside the app, events that outlive the app, a store of one's own. The packages that
// an app has for it are the real ones; what they ask of their native side is played by native.js and hermes.ts.
import { Amplify } from 'backline'
import { eventCounts } from 'backline/analytics'
import { flushEvents, record } from 'backline/analytics/kinesis'
import { getCurrentUser, signInWithRedirect, signOut } from 'backline/auth'
import { setUpReactNative } from 'backline/react-native'
import { uploadData } from 'backline/storage'
import { Hub } from 'backline/utils'
import { createStage } from '../../journeys/stage.js'
import { secureStore } from './secureStore.js'

declare const __device: { reads: number[]; modes: (string | undefined)[]; released: number }

const heard: string[] = []
Hub.listen('auth', ({ payload }) => {
  const { event, data } = payload as { event: string; data?: unknown }
  heard.push(event === 'customOAuthState' ? `${event} ${data}` : event)
})

async function configure(url: string) {
  Amplify.configure(await (await fetch(`${url}/_backline/outputs`)).json())
}

export const phoneSteps: Record<string, (...args: never[]) => Promise<unknown>> = {
  async arrive(url: string) {
    const { outputs, arrive } = await createStage(url, 'phone')
    Amplify.configure(outputs)
    await arrive('ada')
  },

  async upload(uri: string, path: string, inBackground: boolean) {
    const progress: number[] = []
    const { eTag } = await uploadData({
      path,
      data: { uri, inBackground },
      options: { onProgress: ({ transferredBytes }) => progress.push(transferredBytes) },
    }).result
    return { eTag, progress, device: __device }
  },

  async cancel(uri: string, path: string) {
    const task = uploadData({
      path,
      data: { uri, inBackground: true },
      options: { onProgress: () => task.cancel() },
    })
    const { name } = await task.result.then(
      () => ({ name: 'done' }),
      (error: Error) => error,
    )
    return { name, state: task.state }
  },

  async record(from: number, to: number) {
    for (let n = from; n < to; n++) record({ streamName: 'clicks', partitionKey: 'p', data: { n } })
    return eventCounts().Kinesis
  },

  /** As after a start: what the last life has left goes out with what this one records. */
  async recordAgain(url: string, n: number) {
    await configure(url)
    record({ streamName: 'clicks', partitionKey: 'p', data: { n } })
    await flushEvents()
  },

  async enterByPage(url: string) {
    await configure(url)
    heard.length = 0
    const failure = await signInWithRedirect({ customState: 'to/the cart' }).then(
      () => undefined,
      ({ name, message }: Error) => `${name}: ${message}`,
    )
    const user = await getCurrentUser().catch(() => undefined)
    return { failure, heard, user: user?.username }
  },

  async leaveByPage() {
    await signOut()
    return getCurrentUser().catch(({ name }: Error) => name)
  },

  /** From now on the session is in the keychain. */
  async useKeychain() {
    setUpReactNative({ store: secureStore })
  },
}
