// The app on the phone: what Metro bundles. It plays what it is told to.
import { Amplify } from 'backline'
import { journeys } from '../../journeys/index.js'
import { createStage } from '../../journeys/stage.js'

const steps: Record<string, (...args: never[]) => Promise<unknown>> = {
  async play(url: string, name: string) {
    Amplify.configure({})
    await journeys.find((each) => each.name === name)!.play(await createStage(url, 'phone'))
  },
}

Object.assign(globalThis, {
  __call: async (name: string, args: never[]) => steps[name]!(...args),
})
