// Asks the compiler, as an editor or `tsc` would: modules of this folder, some of them with other text.

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
