import { configuration } from './configuration.js'
import { isolated } from './contexts.js'
import { folders, largeFile, steered } from './files.js'
import { droppedSockets, seenByOthers } from './live.js'
import { guided, recorded } from './others.js'
import { served } from './server.js'
import { badWeather, overtaken, refresh, slowClock } from './session.js'
import { everywhere, newcomer, wrongInput } from './signUp.js'
import type { Journey } from './stage.js'
import { owners, relations, todos } from './todos.js'

/** Every journey, each written once. tests/runtimes plays them all on every runtime. */
export const journeys: Journey[] = [
  newcomer,
  everywhere,
  wrongInput,
  refresh,
  badWeather,
  overtaken,
  slowClock,
  todos,
  relations,
  owners,
  seenByOthers,
  droppedSockets,
  largeFile,
  steered,
  folders,
  recorded,
  guided,
  isolated,
  configuration,
]

/** For runtimes that answer requests, after the others. */
export const serverJourneys: Journey[] = [served]
