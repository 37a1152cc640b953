// How an object is cut into parts, within S3's limits: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html

const MiB = 1024 * 1024

/** Above this many bytes an upload goes in parts, and this is their size while 10,000 parts suffice. */
export const DEFAULT_PART_SIZE: number = 5 * MiB

export const MAX_OBJECT_SIZE: number = 5 * MiB * MiB

const MAX_PARTS = 10_000

export interface Part {
  /** From 1, as S3 counts. */
  number: number
  start: number
  end: number
}

/** Doubled until 10,000 parts suffice, which is how `aws-amplify` cuts: an upload of its can be continued. */
export function partSize(total: number, smallest: number = DEFAULT_PART_SIZE): number {
  let size = smallest
  while (total / size > MAX_PARTS) size *= 2
  return size
}

export function partsOf(total: number, smallest: number = DEFAULT_PART_SIZE): Part[] {
  const size = partSize(total, smallest)
  return Array.from({ length: Math.ceil(total / size) }, (_, index) => ({
    number: index + 1,
    start: index * size,
    end: Math.min((index + 1) * size, total),
  }))
}
