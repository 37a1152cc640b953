// What runs in the page: the journeys, and single steps for tests with several tabs.
import { Amplify } from 'backline'
import { fetchAuthSession, getCurrentUser, signIn, signOut } from 'backline/auth'
import { Hub } from 'backline/utils'
import { journeys } from '../../journeys/index.js'
import { createStage } from '../../journeys/stage.js'

const heard: string[] = []
let passed = 0

const steps = {
  async play(url: string, name: string) {
    const journey = journeys.find((each) => each.name === name)
    if (!journey) throw new Error(`There is no journey '${name}'.`)
    await journey.play(await createStage(url, 'browser'))
  },
  /** One tab signs somebody in, in a sandbox that has forgotten everything. */
  async arrive(url: string) {
    const stage = await createStage(url, 'browser')
    Amplify.configure(stage.outputs)
    await stage.arrive('ada')
  },
  /** Another tab of the same app. */
  async open(url: string) {
    const outputs = await fetch(`${url}/_backline/outputs`).then((answer) => answer.json())
    Amplify.configure(outputs, { platform: { now: () => Date.now() + passed } })
    Hub.listen('auth', ({ payload }) => heard.push(payload.event), { enableCrossTabEvents: true })
  },
  /** The device's clock goes ahead. */
  wait: (milliseconds: number) => {
    passed += milliseconds
  },
  who: () =>
    getCurrentUser().then(
      (user) => user.signInDetails?.loginId,
      (error: Error) => error.name,
    ),
  token: async () => String((await fetchAuthSession()).tokens?.accessToken),
  signIn: () => signIn({ username: 'ada@example.com', password: 'Analytical-1' }),
  signOut: () => signOut(),
  heard: () => heard,
}

export type Steps = typeof steps

Object.assign(globalThis, { steps })
