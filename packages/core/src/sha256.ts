// SHA-256 (FIPS 180-4) and HMAC (RFC 2104) at once, without a promise. For what is short: a promise of the platform's costs more than it
// saves there, and pages that are not safe have no other.

/** The first 32 bits of what is behind the point in the square (2) or cube (3) roots of the first primes. */
function constants(count: number, root: 2 | 3): Int32Array {
  const values: number[] = []
  for (let candidate = 2; values.length < count; candidate++) {
    let isPrime = true
    for (let divisor = 2; divisor * divisor <= candidate; divisor++)
      if (candidate % divisor === 0) isPrime = false
    if (isPrime) values.push((candidate ** (1 / root) % 1) * 2 ** 32)
  }
  return Int32Array.from(values)
}

const k = /* @__PURE__ */ constants(64, 3)
const initial = /* @__PURE__ */ constants(8, 2)

export function sha256(data: Uint8Array): Uint8Array {
  return ended(initial.slice(), data, data.length)
}

/** By one key many texts: what the key alone makes of the state is made once. */
export function hmacSha256(secret: Uint8Array): (data: Uint8Array) => Uint8Array {
  const key = secret.length > 64 ? sha256(secret) : secret
  const [inner, outer] = [0x36, 0x5c].map((pad) => {
    const block = new Uint8Array(64).fill(pad)
    for (let at = 0; at < key.length; at++) block[at]! ^= key[at]!
    const state = initial.slice()
    take(state, block)
    return state
  })
  return (data) => {
    const digest = ended(inner!.slice(), data, 64 + data.length)
    return ended(outer!.slice(), digest, 64 + digest.length)
  }
}

/** The hash of `length` bytes: of those that made the state, and these behind them. */
function ended(state: Int32Array, data: Uint8Array, length: number): Uint8Array {
  const padded = new Uint8Array((((data.length + 8) >> 6) + 1) << 6)
  padded.set(data)
  padded[data.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 8, length / 2 ** 29)
  view.setUint32(padded.length - 4, length << 3)
  take(state, padded)
  for (let i = 0; i < 8; i++) view.setInt32(i * 4, state[i]!)
  return padded.slice(0, 32)
}

/** Takes whole blocks of 64 bytes into the state. */
function take(state: Int32Array, blocks: Uint8Array): void {
  // The last sixteen words are all that the next one comes from.
  const w = new Int32Array(16)
  for (let block = 0; block < blocks.length; block += 64) {
    // One by one: destructuring would ask an iterator, for twice the time of the sum itself.
    let a = state[0]!
    let b = state[1]!
    let c = state[2]!
    let d = state[3]!
    let e = state[4]!
    let f = state[5]!
    let g = state[6]!
    let h = state[7]!
    for (let i = 0; i < 64; i++) {
      let word: number
      if (i < 16) {
        const at = block + i * 4
        word = (blocks[at]! << 24) | (blocks[at + 1]! << 16) | (blocks[at + 2]! << 8) | blocks[at + 3]!
      } else {
        const early = w[(i + 1) & 15]!
        const late = w[(i + 14) & 15]!
        word =
          (w[i & 15]! +
            (((early >>> 7) | (early << 25)) ^ ((early >>> 18) | (early << 14)) ^ (early >>> 3)) +
            w[(i + 9) & 15]! +
            (((late >>> 17) | (late << 15)) ^ ((late >>> 19) | (late << 13)) ^ (late >>> 10))) |
          0
      }
      w[i & 15] = word
      const first =
        (h +
          (((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))) +
          ((e & f) ^ (~e & g)) +
          k[i]! +
          word) |
        0
      const second =
        ((((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))) +
          ((a & b) ^ (a & c) ^ (b & c))) |
        0
      h = g
      g = f
      f = e
      e = (d + first) | 0
      d = c
      c = b
      b = a
      a = (first + second) | 0
    }
    state[0]! += a
    state[1]! += b
    state[2]! += c
    state[3]! += d
    state[4]! += e
    state[5]! += f
    state[6]! += g
    state[7]! += h
  }
}
