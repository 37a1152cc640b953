// A program: plays everything on the sandbox at the address it is given, and prints what became of it.
import { names, play } from './play.js'

const { process } = globalThis as unknown as {
  process: { argv: string[]; exit(code: number): never; version: string }
}
const played = []
for (const name of names) played.push(await play(process.argv[2]!, name))
console.log(JSON.stringify(played))
// Live connections linger.
process.exit(0)
