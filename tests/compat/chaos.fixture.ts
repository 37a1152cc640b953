import { request } from 'node:http'

/** Numbers that look random and are the same in every run: https://en.wikipedia.org/wiki/Xorshift */
export function dice(seed: number) {
  let state = seed
  const next = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  const chance = (part: number) => next() < part
  const one = <T>(of: readonly T[]): T => of[below(of.length)]!
  const some = <T>(of: readonly T[]): T[] => of.filter(() => chance(0.3))

  const text = (): string =>
    one([
      '',
      '0',
      '-1',
      'ada@example.com',
      '\u0000',
      '💥é',
      '../../etc/passwd',
      "' OR 1=1 --",
      '__proto__',
      'constructor',
      'x'.repeat(below(5000)),
      '9'.repeat(40),
      '2026-11-21T00:00:00Z',
      '{{{',
      '%00%ff%zz',
      Buffer.from(Array.from({ length: below(60) }, () => below(256))).toString('latin1'),
    ])
  /** Any JSON there is. */
  const value = (depth = 3): unknown =>
    one([
      text,
      text,
      () => one([0, -1, 1.5, 1e308, 2 ** 53, -0]),
      () => one([null, true, false]),
      () => (depth ? Array.from({ length: below(4) }, () => value(depth - 1)) : []),
      () =>
        depth ? Object.fromEntries(Array.from({ length: below(4) }, () => [text(), value(depth - 1)])) : {},
    ])()
  /** A text with pieces of it gone, doubled or replaced. */
  const spoil = (whole: string): string => {
    const [from, to] = [below(whole.length), below(whole.length)]
    const piece = whole.slice(Math.min(from, to), Math.max(from, to))
    return one([
      whole.slice(0, from),
      whole.slice(0, from) + text() + whole.slice(from),
      whole + piece,
      whole.replace(piece, piece + piece),
      whole.replace(piece, text()),
    ])
  }
  return { next, below, chance, one, some, text, value, spoil }
}

export type Dice = ReturnType<typeof dice>

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

/** Sends what `fetch` would refuse to: any method, path, Host and header. Waits five seconds at most: then it hangs. */
export function send(
  base: string,
  {
    method = 'POST',
    path = '/',
    headers = {},
    body = '',
  }: { method?: string; path?: string; headers?: Record<string, string>; body?: string | Buffer },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(base)
    const sent = request({ hostname, port, method, path, headers: printable(headers) }, async (answer) => {
      const chunks = await answer.toArray()
      resolve({
        status: answer.statusCode!,
        headers: answer.headers,
        body: Buffer.concat(chunks).toString(),
      })
    })
    sent.setTimeout(5000, () => sent.destroy(new Error(`${method} ${path} was not answered.`)))
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Node does not send control characters in headers; raw sockets do that elsewhere. */
const printable = (headers: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value.replace(/[^\x20-\x7e\x80-\xff]/g, '?')]),
  )
