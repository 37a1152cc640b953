// Asks the compiler, as an editor or `tsc` would: modules of this folder, some of them with other text.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from '@typescript/typescript6'

/** Milliseconds that a test which asks the compiler may take: seconds by itself, and minutes on a machine that is busy. */
export const PATIENCE = 300_000

const folder = dirname(fileURLToPath(import.meta.url))

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
}

/**
 * What is wrong with these files: a line for each line of a message, as the compiler prints it, with the text that is
 * underlined. `texts` are files that are not there, or others than there.
 */
export function complaints(files: readonly string[], texts: Record<string, string> = {}): Complaint[] {
  const program = ts.createProgram({
    rootNames: [...files, ...Object.keys(texts)].map((name) => join(folder, name)),
    options,
    host: hostWith(texts),
  })
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => ({
    lines: ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n').split('\n'),
    at:
      diagnostic.file?.text.slice(diagnostic.start, (diagnostic.start ?? 0) + (diagnostic.length ?? 0)) ?? '',
    file: diagnostic.file?.fileName.slice(folder.length + 1) ?? '',
    line: lineAt(diagnostic.file?.text ?? '', diagnostic.start ?? 0),
  }))
}

export interface Complaint {
  lines: string[]
  /** What is underlined. */
  at: string
  file: string
  /** The line of the file. */
  line: string
}

/** The same of the compiler that is not written in JavaScript, TypeScript 7, which says where a complaint begins, and not where it ends. */
export function nativeComplaints(texts: Record<string, string>): Complaint[] {
  const at = mkdtempSync(join(tmpdir(), 'backline-types-'))
  try {
    const paths = new Map(Object.keys(texts).map((name) => [name, join(at, name)]))
    const moved = (text: string) =>
      text.replaceAll(/'\.\/([\w.]+)\.js'/g, (_, name) => {
        const path = paths.get(`${name}.ts`) ?? join(folder, `${name}.ts`)
        return `'${path.replace(/ts$/, 'js')}'`
      })
    for (const [name, path] of paths) writeFileSync(path, moved(texts[name]!))
    writeFileSync(
      join(at, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          target: 'es2023',
          module: 'esnext',
          moduleResolution: 'bundler',
          strict: true,
          noEmit: true,
          skipLibCheck: true,
          types: [],
        },
        files: [...paths.values()],
      }),
    )
    const compiler = createRequire(import.meta.url).resolve('typescript/package.json')
    const run = spawnSync(
      process.execPath,
      [join(dirname(compiler), 'bin/tsc'), '-p', at, '--pretty', 'false'],
      { encoding: 'utf8', maxBuffer: 1 << 24 },
    )
    return run.stdout
      .split(/\n(?=\S)/)
      .filter((message) => message.trim())
      .map((message) => {
        const found = /^(.*)\((\d+),(\d+)\): error TS\d+: ([\s\S]*)$/.exec(message.trimEnd())
        const [, file = '', line = '0', column = '0', says = message] = found ?? []
        const name = file.split('/').at(-1) ?? ''
        const text = moved(texts[name] ?? '').split('\n')[Number(line) - 1] ?? ''
        return {
          lines: says.split('\n'),
          at: text.slice(Number(column) - 1),
          file: name,
          line: text.trim(),
        }
      })
  } finally {
    rmSync(at, { recursive: true, force: true })
  }
}

function lineAt(text: string, position: number): string {
  const end = text.indexOf('\n', position)
  return text.slice(text.lastIndexOf('\n', position - 1) + 1, end < 0 ? undefined : end).trim()
}

/** What does not change between two programs. */
const kept = new Map<string, ts.SourceFile | undefined>()

function hostWith(texts: Record<string, string>): ts.CompilerHost {
  const host = ts.createCompilerHost(options)
  const textOf = (path: string) =>
    path.startsWith(folder) ? texts[path.slice(folder.length + 1)] : undefined
  return {
    ...host,
    fileExists: (path) => textOf(path) !== undefined || host.fileExists(path),
    readFile: (path) => textOf(path) ?? host.readFile(path),
    getSourceFile: (path, language, ...rest) => {
      const text = textOf(path)
      if (text !== undefined) return ts.createSourceFile(path, text, language)
      if (!kept.has(path)) kept.set(path, host.getSourceFile(path, language, ...rest))
      return kept.get(path)
    },
  }
}
