// What the quickstart shows while it works: a line per step, a bar for the upload, a table at the end.

/** On a terminal a line is drawn again and again; in a log, once. */
const drawn = process.stdout.isTTY

const done: { what: string; milliseconds: number; note: string }[] = []

/** Runs a step, shows that it runs, and keeps how long it took. What it returns is shown as a note. */
export async function step(what: string, work: () => Promise<unknown>): Promise<void> {
  if (drawn) process.stdout.write(`… ${what}`)
  const started = performance.now()
  const note = await work().catch((error: Error) => {
    line(`✗ ${what}: ${error.message}`)
    process.exit(1)
  })
  const milliseconds = performance.now() - started
  done.push({ what, milliseconds, note: typeof note === 'string' ? note : '' })
  line(`✓ ${what}${note ? `: ${note}` : ''}`)
}

function line(text: string) {
  process.stdout.write(drawn ? `\r${text}\u001b[K\n` : `${text}\n`)
}

/** A progress bar for `onProgress`. */
export function bar() {
  const show = ({ transferredBytes, totalBytes = 0 }: { transferredBytes: number; totalBytes?: number }) => {
    if (!drawn) return
    const share = totalBytes ? transferredBytes / totalBytes : 0
    const filled = Math.round(share * 30)
    const megabytes = (transferredBytes / 1024 / 1024).toFixed(1)
    process.stdout.write(
      `\r… ${'█'.repeat(filled)}${'░'.repeat(30 - filled)} ${Math.round(share * 100)} %, ${megabytes} MB\u001b[K`,
    )
  }
  show.end = () => drawn && process.stdout.write('\n')
  return show
}

export function table(): void {
  const width = Math.max(...done.map(({ what }) => what.length))
  console.log(`\n${'what'.padEnd(width)}  ${'ms'.padStart(7)}\n${'─'.repeat(width + 9)}`)
  for (const { what, milliseconds } of done)
    console.log(`${what.padEnd(width)}  ${milliseconds.toFixed(0).padStart(7)}`)
  const total = done.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
  console.log(`${'─'.repeat(width + 9)}\n${'all'.padEnd(width)}  ${total.toFixed(0).padStart(7)}`)
}
