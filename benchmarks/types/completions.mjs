// How long an editor waits for completions: the language service of TypeScript 6 on an app of 100 models with three
// relations each way, asked after each of a few keystrokes.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from '@typescript/typescript6'
import { writeApp } from './apps.mjs'

export const places = ['client.models.', 'create({ })', 'selectionSet']

/** What is typed, with the cursor at `|`. The calls before it are what a file has. */
const texts = {
  'client.models.': 'client.models.|',
  'create({ })': "client.models.M50.create({ title: 'a', | })",
  selectionSet: "client.models.M50.list({ selectionSet: ['|'] })",
}

/**
 * Milliseconds of processor time that each place is asked before it counts: the first answers read all files, and an
 * editor's server has run for long, so that V8 has compiled what it needs.
 */
const WARM = 5_000

/** Milliseconds of processor time, the median of `rounds`, and how many names are offered, at each place. */
export async function completions(folder, { kit, declarations, rounds = 5 }) {
  const result = {}
  for (const place of places) {
    const at = join(folder, `${kit}-${place.replace(/\W+/g, '')}`)
    const [before, after] = texts[place].split('|')
    const app = await writeApp(at, {
      kit,
      models: 100,
      relations: 3,
      declarations,
      calls: `export const one = () => client.models.M1.list()\n${before}${after}\n`,
    })
    result[place] = ask(at, app, before, rounds)
  }
  return result
}

function ask(folder, { options, files }, typed, rounds) {
  const file = join(folder, 'calls.ts')
  let text = readFileSync(file, 'utf8')
  let version = 0
  const { options: parsed } = ts.convertCompilerOptionsFromJson(options, folder)
  const registry = ts.createDocumentRegistry()
  // An editor's server reads a file when it changes, not at each keystroke.
  const snapshots = new Map()
  const snapshotOf = (name) => {
    if (!snapshots.has(name)) {
      const content = ts.sys.readFile(name)
      snapshots.set(name, content === undefined ? undefined : ts.ScriptSnapshot.fromString(content))
    }
    return snapshots.get(name)
  }
  const service = ts.createLanguageService(
    {
      getCompilationSettings: () => parsed,
      getScriptFileNames: () => files.map((name) => join(folder, name)),
      getScriptVersion: (name) => (name === file ? `${version}` : '0'),
      getScriptSnapshot: (name) => (name === file ? ts.ScriptSnapshot.fromString(text) : snapshotOf(name)),
      getCurrentDirectory: () => folder,
      getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
      fileExists: ts.sys.fileExists,
      readFile: ts.sys.readFile,
      readDirectory: ts.sys.readDirectory,
      directoryExists: ts.sys.directoryExists,
      getDirectories: ts.sys.getDirectories,
      realpath: ts.sys.realpath,
    },
    registry,
  )
  const times = []
  let entries = 0
  let before = 0
  while (times.length < rounds) {
    // A keystroke elsewhere: what was worked out before is not known to be true any more.
    version++
    text = `${text}\n// ${version}`
    const position = text.indexOf(typed) + typed.length
    const began = process.cpuUsage()
    entries = service.getCompletionsAtPosition(file, position, undefined)?.entries.length ?? 0
    const { user, system } = process.cpuUsage(began)
    const ms = (user + system) / 1000
    if (before > WARM) times.push(ms)
    before += ms
  }
  service.dispose()
  const sorted = times.sort((one, other) => one - other)
  return { ms: sorted[Math.floor(sorted.length / 2)], entries }
}
