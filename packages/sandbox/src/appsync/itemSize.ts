// How large and how deep an item is, as DynamoDB counts:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html

const LARGEST_ITEM = 400 * 1024
const MOST_LEVELS = 32

/** Why a table does not take such an item; undefined: it does. */
export function whyRefused(item: object): 'size' | 'depth' | undefined {
  const bytes = bytesOf(item, 0)
  if (bytes > LARGEST_ITEM) return bytes === Number.POSITIVE_INFINITY ? 'depth' : 'size'
  return undefined
}

/** Names and values; infinitely many where values are nested too deep. */
function bytesOf(value: unknown, level: number): number {
  if (level > MOST_LEVELS) return Number.POSITIVE_INFINITY
  if (typeof value === 'string') return Buffer.byteLength(value)
  // Two digits to a byte, and one for the sign and the exponent.
  if (typeof value === 'number') return Math.ceil(String(value).replace(/\D/g, '').length / 2) + 1
  if (typeof value !== 'object' || value === null) return 1
  // Each list and map within an item takes three bytes, and one for each of its values.
  let bytes = level === 0 ? 0 : 3
  for (const [name, each] of Object.entries(value)) {
    if (each === undefined) continue
    bytes += bytesOf(each, level + 1) + (level === 0 ? 0 : 1)
    if (!Array.isArray(value)) bytes += Buffer.byteLength(name)
  }
  return bytes
}
