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
  const padded = new Uint8Array((((data.length + 8) >> 6) + 1) << 6)
  padded.set(data)
  padded[data.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 8, data.length / 2 ** 29)
  view.setUint32(padded.length - 4, data.length << 3)

  const state = initial.slice()
  const w = new Int32Array(64)
  for (let block = 0; block < padded.length; block += 64) {
    // One by one: destructuring would ask an iterator, for twice the time of the sum itself.
    let a = state[0]!
    let b = state[1]!
    let c = state[2]!
    let d = state[3]!
    let e = state[4]!
    let f = state[5]!
    let g = state[6]!
    let h = state[7]!
    for (let i = 0; i < 16; i++) w[i] = view.getInt32(block + i * 4)
    for (let i = 16; i < 64; i++) {
      const early = w[i - 15]!
      const late = w[i - 2]!
      w[i] =
        (w[i - 16]! +
          (((early >>> 7) | (early << 25)) ^ ((early >>> 18) | (early << 14)) ^ (early >>> 3)) +
          w[i - 7]! +
          (((late >>> 17) | (late << 15)) ^ ((late >>> 19) | (late << 13)) ^ (late >>> 10))) |
        0
    }
    for (let i = 0; i < 64; i++) {
      const first =
        (h +
          (((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))) +
          ((e & f) ^ (~e & g)) +
          k[i]! +
          w[i]!) |
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
  for (let i = 0; i < 8; i++) view.setInt32(i * 4, state[i]!)
  return padded.slice(0, 32)
}

export function hmacSha256(secret: Uint8Array, data: Uint8Array): Uint8Array {
  const key = secret.length > 64 ? sha256(secret) : secret
  const keyed = (pad: number, text: Uint8Array) => {
    const bytes = new Uint8Array(64 + text.length).fill(pad, 0, 64)
    for (let at = 0; at < key.length; at++) bytes[at]! ^= key[at]!
    bytes.set(text, 64)
    return sha256(bytes)
  }
  return keyed(0x5c, keyed(0x36, data))
}
