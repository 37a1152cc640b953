// The function of events.test.ts: writes down what it is told in a file, and does what the name of the object says.
import { appendFileSync, existsSync } from 'node:fs'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'

interface StorageEvent {
  Records: { eventName: string; s3: { bucket: { name: string }; object: { key: string } } }[]
}

const { SEEN = '', HOLD = '', DRIVE_BUCKET_NAME } = process.env

export async function handler(event: StorageEvent): Promise<void> {
  appendFileSync(SEEN, `${JSON.stringify(event)}\n`)
  const [{ s3, eventName } = {} as StorageEvent['Records'][number]] = event.Records
  const Key = decodeURIComponent(s3.object.key.replace(/\+/g, ' '))
  if (Key.startsWith('inbox/fail')) throw new Error('I never manage this one.')
  if (Key.startsWith('inbox/hold') && existsSync(HOLD)) await new Promise(() => {})
  if (!Key.startsWith('inbox/work') || eventName.startsWith('ObjectRemoved')) return

  const client = new S3Client({ forcePathStyle: true })
  const Bucket = DRIVE_BUCKET_NAME
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }))
  const text = await Body!.transformToString()
  await client.send(new PutObjectCommand({ Bucket, Key: 'done/work', Body: text.toUpperCase() }))
  const outcome = await client.send(new PutObjectCommand({ Bucket, Key: 'secret/work', Body: text })).then(
    () => 'written',
    ({ name }: Error) => name,
  )
  await client.send(new PutObjectCommand({ Bucket, Key: 'done/outcome', Body: outcome }))
}
