import { existsSync } from 'node:fs'
import { basename, dirname, isAbsolute, parse } from 'node:path'
import { type Definition, type FunctionProps, kindOf, type Secret } from '@backline/schema/backend'
import type { FunctionPlan, Warn } from './plan.js'

/** How an import may leave a file's name unfinished. */
const ENDINGS = ['', '.ts', '.mts', '.js', '.mjs']

/** What `defineFunction(…)` says. @throws {Error} for anything else, and for an entry that cannot be found. */
export function functionPlan(definition: unknown, warn: Warn): FunctionPlan {
  if (kindOf(definition) !== 'function') {
    throw new Error('A function must be what defineFunction({ … }) returned.')
  }
  const {
    entry,
    name,
    environment = {},
    timeoutSeconds = 3,
  } = (definition as Definition<'function', FunctionProps>).props
  if (!entry || !isAbsolute(entry)) {
    throw new Error(
      `defineFunction: the entry ${entry ? `'${entry}' ` : ''}must be an absolute path outside of an amplify/ folder.`,
    )
  }
  if (!ENDINGS.some((ending) => existsSync(`${entry}${ending}`))) {
    throw new Error(`defineFunction: there is no ${entry}.`)
  }
  if (!(Number.isInteger(timeoutSeconds) && timeoutSeconds >= 1 && timeoutSeconds <= 900)) {
    throw new Error('defineFunction: timeoutSeconds must be a whole number from 1 to 900.')
  }
  const file = parse(entry).name
  return {
    name: name ?? (file === 'handler' ? basename(dirname(entry)) : file),
    entry,
    timeoutSeconds,
    environment: Object.fromEntries(
      Object.entries(environment).map(([key, value]) => [
        key,
        typeof value === 'string' ? value : secretOf(value, warn),
      ]),
    ),
  }
}

/** Secrets of the sandbox are environment variables of the process that runs it. */
function secretOf({ props: { name } }: Secret, warn: Warn): string {
  const value = process.env[name]
  if (value === undefined)
    warn(`secret('${name}') is not set: give it to the sandbox as an environment variable.`)
  return value ?? ''
}
