// SHA-256 (FIPS 180-4) at once, for the one name of v6 that promises a hash without a promise. Everything else asks the platform.

/** The first 32 bits of what is behind the point in the square (2) or cube (3) roots of the first primes. */
function constants(count: number, root: 2 | 3): Uint32Array {
  const values: number[] = []
  for (let candidate = 2; values.length < count; candidate++) {
    let isPrime = true
    for (let divisor = 2; divisor * divisor <= candidate; divisor++)
      if (candidate % divisor === 0) isPrime = false
    if (isPrime) values.push((candidate ** (1 / root) % 1) * 2 ** 32)
  }
  return Uint32Array.from(values)
}

export function sha256(data: Uint8Array): Uint8Array {
  const k = constants(64, 3)
  const state = constants(8, 2)
  const padded = new Uint8Array((((data.length + 8) >> 6) + 1) << 6)
  padded.set(data)
  padded[data.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setBigUint64(padded.length - 8, BigInt(data.length) * 8n)

  const w = new Uint32Array(64)
  const rotated = (value: number, bits: number) => (value >>> bits) | (value << (32 - bits))
  for (let block = 0; block < padded.length; block += 64) {
    for (let i = 0; i < 64; i++) {
      if (i < 16) {
        w[i] = view.getUint32(block + i * 4)
        continue
      }
      const early = w[i - 15]!
      const late = w[i - 2]!
      w[i] =
        w[i - 16]! +
        (rotated(early, 7) ^ rotated(early, 18) ^ (early >>> 3)) +
        w[i - 7]! +
        (rotated(late, 17) ^ rotated(late, 19) ^ (late >>> 10))
    }
    let [a, b, c, d, e, f, g, h] = state as unknown as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ]
    for (let i = 0; i < 64; i++) {
      const first =
        h + (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) + ((e & f) ^ (~e & g)) + k[i]! + w[i]!
      const second = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))
      h = g
      g = f
      f = e
      e = (d + first) | 0
      d = c
      c = b
      b = a
      a = (first + second) | 0
    }
    for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) state[i] = state[i]! + value
  }
  const out = new DataView(new ArrayBuffer(32))
  for (const [i, value] of state.entries()) out.setUint32(i * 4, value)
  return new Uint8Array(out.buffer)
}
