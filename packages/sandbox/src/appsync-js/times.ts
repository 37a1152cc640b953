// Runs inside the context of a resolver: `util.time`. https://docs.aws.amazon.com/appsync/latest/devguide/time-helpers-in-util-time-js.html

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
)
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ')

/** Minutes east of Greenwich at that moment: `+02:00`, `UTC`, `GMT`, `Z`, or a name such as `Europe/Berlin`. */
function offsetOf(zone: string, at: number): number {
  if (/^(utc|gmt|z)?$/i.test(zone)) return 0
  const [, sign, hours, minutes] = /^(?:utc|gmt)?([+-])(\d\d):?(\d\d)?$/i.exec(zone) ?? []
  if (sign) return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes ?? 0))
  return Math.round((clockIn(zone, at) - at) / 60_000)
}

/** What the clocks of a place show then, as if they stood in Greenwich. */
function clockIn(timeZone: string, at: number): number {
  try {
    // Swedes write dates as ISO 8601 does.
    const clock = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
    return Date.parse(`${clock.format(at).replace(' ', 'T')}Z`)
  } catch {
    throw new Error(`The time zone ${timeZone} is not known.`)
  }
}

const zoneText = (offset: number, colon: string) => {
  const size = Math.abs(offset)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${colon}${two(size % 60)}`
}

/** Letters as Java's DateTimeFormatter has them. */
export function format(at: number, pattern: string, zone = 'UTC'): string {
  const offset = offsetOf(zone, at)
  const date = new Date(at + offset * 60_000)
  const pad = (value: number, length: number) => String(value).padStart(length, '0')
  const words = /'([^']*)'|y+|M+|d+|E+|H+|h+|m+|s+|S+|a|X+|Z+/g
  return pattern.replace(words, (part: string, quoted?: string) => {
    if (quoted !== undefined) return quoted || "'"
    const hour = date.getUTCHours()
    switch (part[0]) {
      case 'y':
        return part.length === 2
          ? pad(date.getUTCFullYear() % 100, 2)
          : pad(date.getUTCFullYear(), part.length)
      case 'M': {
        const month = MONTHS[date.getUTCMonth()]!
        if (part.length > 3) return month
        return part.length === 3 ? month.slice(0, 3) : pad(date.getUTCMonth() + 1, part.length)
      }
      case 'd':
        return pad(date.getUTCDate(), part.length)
      case 'E':
        return part.length > 3 ? DAYS[date.getUTCDay()]! : DAYS[date.getUTCDay()]!.slice(0, 3)
      case 'H':
        return pad(hour, part.length)
      case 'h':
        return pad(hour % 12 || 12, part.length)
      case 'm':
        return pad(date.getUTCMinutes(), part.length)
      case 's':
        return pad(date.getUTCSeconds(), part.length)
      case 'S':
        return pad(date.getUTCMilliseconds(), 3).padEnd(part.length, '0').slice(0, part.length)
      case 'a':
        return hour < 12 ? 'AM' : 'PM'
      case 'X':
        return offset === 0 ? 'Z' : zoneText(offset, part.length > 2 ? ':' : '')
      default:
        return zoneText(offset, '')
    }
  })
}

/** The other way: numbers of a pattern, in its order. */
export function parse(text: string, pattern: string, zone = 'UTC'): number {
  const parts: string[] = []
  const source = pattern.replace(
    /'([^']*)'|(y+|M+|d+|H+|m+|s+|S+)|[XZ]+|[.*+?^${}()|[\]\\]/g,
    (part: string, quoted, letters) => {
      if (quoted !== undefined) return quoted
      if (letters) {
        parts.push(part[0]!)
        return `(\\d{${part.length}${part.length === 1 ? ',' : ''}})`
      }
      if (/[XZ]/.test(part)) {
        parts.push('X')
        return '(Z|[+-]\\d\\d:?\\d\\d)'
      }
      return `\\${part}`
    },
  )
  const match = new RegExp(`^${source}$`).exec(text)
  if (!match) throw new Error(`Unable to parse ${text} as ${pattern}.`)
  const value = (letter: string, usual: string) => match[parts.indexOf(letter) + 1 || Number.NaN] ?? usual
  const millis = Number(value('S', '0').padEnd(3, '0').slice(0, 3))
  const shown = Date.UTC(
    Number(value('y', '1970')),
    Number(value('M', '1')) - 1,
    Number(value('d', '1')),
    Number(value('H', '0')),
    Number(value('m', '0')),
    Number(value('s', '0')),
    millis,
  )
  // The offset is that of the moment, which is known but for the offset: near a change of the clocks the second look is the right one.
  const there = value('X', zone)
  const near = shown - offsetOf(there, shown) * 60_000
  return shown - offsetOf(there, near) * 60_000
}

export function parseIso(text: string): number {
  const at = Date.parse(text)
  if (Number.isNaN(at)) throw new Error(`Unable to parse ${text} as ISO 8601.`)
  return at
}

export const toIso = (at: number) => new Date(at).toISOString()
