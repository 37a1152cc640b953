// What the quickstart shows while it works: a line per step, a bar for the upload, a table at the end.

const done: { what: string; milliseconds: number; note: string }[] = []

/** Runs a step, shows that it runs, and keeps how long it took. What it returns is shown as a note. */
export async function step(what: string, work: () => Promise<unknown>): Promise<void> {
  process.stdout.write(`… ${what}`)
  const started = performance.now()
  const note = await work()
  const milliseconds = performance.now() - started
  done.push({ what, milliseconds, note: typeof note === 'string' ? note : '' })
  process.stdout.write(`\r✓ ${what}${note ? `: ${note}` : ''}\u001b[K\n`)
}

/** A progress bar for `onProgress`. */
export function bar() {
  const show = ({ transferredBytes, totalBytes = 0 }: { transferredBytes: number; totalBytes?: number }) => {
    const share = totalBytes ? transferredBytes / totalBytes : 0
    const filled = Math.round(share * 30)
    const megabytes = (transferredBytes / 1024 / 1024).toFixed(1)
    process.stdout.write(
      `\r… ${'█'.repeat(filled)}${'░'.repeat(30 - filled)} ${Math.round(share * 100)} %, ${megabytes} MB\u001b[K`,
    )
  }
  show.end = () => process.stdout.write('\n')
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
