import { renameSync, writeFileSync } from 'node:fs'

/** Writes a file in one step, so that whoever watches it never reads half of it. */
export function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.part`, text)
  renameSync(`${file}.part`, file)
}
