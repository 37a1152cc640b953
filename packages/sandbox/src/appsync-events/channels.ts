// Channels of the Event API: `/namespace/one/two`. https://docs.aws.amazon.com/appsync/latest/eventapi/channel-namespaces.html

export interface Channel {
  /** With its slash: `/default/room`. */
  path: string
  segments: string[]
  /** Ends with `/*`, which the segments do not hold. */
  isWildcard: boolean
}

const MOST_SEGMENTS = 5
const SEGMENT = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,48}[A-Za-z0-9])?$/

/** @throws {Error} that says what is wrong with it. */
export function readChannel(text: unknown, { wildcard }: { wildcard: boolean }): Channel {
  if (typeof text !== 'string' || text === '') throw new Error('A channel is needed, such as /default/room.')
  const segments = text.replace(/^\//, '').replace(/\/$/, '').split('/')
  const isWildcard = segments.at(-1) === '*'
  if (isWildcard && !wildcard) throw new Error(`Events cannot be published to the wildcard ${text}.`)
  if (isWildcard) segments.pop()
  const wrong = segments.find((each) => !SEGMENT.test(each))
  if (segments.length === 0 || wrong !== undefined) {
    throw new Error(
      `The channel ${text} is not valid: each part must be 1 to 50 letters, digits and dashes${wildcard ? '; only the last may be *' : ''}.`,
    )
  }
  if (segments.length + (isWildcard ? 1 : 0) > MOST_SEGMENTS)
    throw new Error(`The channel ${text} has more than ${MOST_SEGMENTS} parts.`)
  return { path: `/${segments.join('/')}${isWildcard ? '/*' : ''}`, segments, isWildcard }
}

/** Does somebody who subscribed to this hear what is published there? */
export function hears(subscribed: Channel, { path }: Channel): boolean {
  return subscribed.isWildcard ? path.startsWith(subscribed.path.slice(0, -1)) : subscribed.path === path
}
