// What runs in every runtime: all journeys, or one, each as if the program had just begun.
import { defaultStorage } from 'backline/utils'
import { journeys, serverJourneys } from '../../journeys/index.js'
import { createStage } from '../../journeys/stage.js'

export interface Played {
  name: string
  /** What went wrong; nothing where it went well. */
  problem?: string
}

export const names = [...journeys, ...serverJourneys].map(({ name }) => name)

export async function play(url: string, name: string): Promise<Played> {
  const journey = [...journeys, ...serverJourneys].find((each) => each.name === name)!
  Reflect.deleteProperty(globalThis, Symbol.for('backline.context'))
  await defaultStorage.clear()
  try {
    await journey.play(await createStage(url, 'node'))
    return { name }
  } catch (error) {
    return { name, problem: (error as Error).stack ?? `${error}` }
  }
}
