// Events on their way to the service: as texts, five at a time.

import { DataError } from './errors.js'

/** An event that was taken, or was not: `index` is where it was in what was published. */
export interface PublishedEvent {
  identifier: string
  index: number
  /** Why it was not taken, where the service says it. */
  code?: number
  message?: string
}

/** The service takes no more at once: https://docs.aws.amazon.com/appsync/latest/eventapi/event-api-quotas.html */
const batchSize = 5

/** Events as the service takes them, five at a time. @throws {DataError} `InvalidInput` */
function batchesOf(events: unknown): string[][] {
  const texts = [events].flat(1).map((event, at) => {
    const text = JSON.stringify(event)
    if (text === undefined)
      throw new DataError(
        'InvalidInput',
        `Event must be a JSON-serializable value. Received ${event} at index ${at}`,
      )
    return text
  })
  if (!texts.length) throw new DataError('InvalidInput', 'There is no event to publish.')
  return Array.from({ length: Math.ceil(texts.length / batchSize) }, (_, at) =>
    texts.slice(at * batchSize, (at + 1) * batchSize),
  )
}

/** What one batch came to. */
export interface Published {
  failed?: PublishedEvent[]
  successful?: PublishedEvent[]
}

/** Publishes batch after batch. What was taken before one that is refused is in the error's `data`. */
export async function publishAll(
  events: unknown,
  publish: (batch: string[]) => Promise<Published>,
): Promise<PublishedEvent[] | undefined> {
  const failed: PublishedEvent[] = []
  const successful: PublishedEvent[] = []
  for (const [at, batch] of batchesOf(events).entries()) {
    const placed = (all: PublishedEvent[] = []) =>
      all.map((event) => ({ ...event, index: event.index + at * batchSize }))
    try {
      const answer = await publish(batch)
      failed.push(...placed(answer.failed))
      successful.push(...placed(answer.successful))
    } catch (error) {
      throw at ? Object.assign(error as Error, { data: { successful, failed } }) : error
    }
  }
  return failed.length ? failed : undefined
}
