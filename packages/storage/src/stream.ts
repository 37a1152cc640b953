import { DEFAULT_PART_SIZE } from './parts.js'
import { type Bytes, type Supply, unreadable } from './source.js'

/** The parts of a stream, kept in memory until they have arrived, as nobody can read them again. */
export function supplyOfStream(stream: ReadableStream<Uint8Array>): Supply {
  const reader = stream.getReader()
  const held = new Map<number, Bytes>()
  let rest: Bytes = new Uint8Array()
  let cut = 0
  let ended = false
  let turn: Promise<unknown> = Promise.resolve()

  async function cutNext() {
    // Twice as much after each thousand parts, so that 10,000 hold any object.
    const wanted = DEFAULT_PART_SIZE * 2 ** Math.floor(cut / 1000)
    const pieces = [rest]
    let length = rest.length
    while (length < wanted && !ended) {
      const { done, value } = await reader.read().catch((error) => {
        throw unreadable(error)
      })
      if (done) ended = true
      else if (!ArrayBuffer.isView(value))
        throw unreadable(new TypeError('A chunk of the stream is not a Uint8Array.'))
      else {
        pieces.push(value as Bytes)
        length += value.length
      }
    }
    const all = new Uint8Array(length)
    let at = 0
    for (const piece of pieces) {
      all.set(piece, at)
      at += piece.length
    }
    rest = all.subarray(wanted)
    // An empty object has one part, which is empty.
    if (length || !cut) held.set(++cut, all.subarray(0, wanted))
  }

  return {
    async read(number) {
      turn = turn.then(async () => {
        while (cut < number && !(ended && cut && !rest.length)) await cutNext()
      })
      await turn
      return held.get(number)
    },
    arrived: (number) => held.delete(number),
    close: () => void reader.cancel().catch(() => {}),
  }
}
