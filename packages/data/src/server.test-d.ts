// Lines that must compile, and lines that must not, about the clients of servers.

import type { Context } from '@backline/core'
import type { ClientSchema } from '@backline/schema'
import { a } from '@backline/schema'
import { generateClient } from './server.js'

const schema = a.schema({
  Seat: a
    .model({ row: a.string().required(), number: a.integer().required(), taken: a.boolean(), area: a.id() })
    .identifier(['row', 'number'])
    .secondaryIndexes((index) => [index('area').queryField('byArea')]),
})
declare const ctx: Context
const client = generateClient<ClientSchema<typeof schema>>({ config: {} })

export async function calls() {
  const { data } = await client.models.Seat.list(ctx, {
    row: 'A',
    sortDirection: 'DESC',
    selectionSet: ['number'],
  })
  const number: number = data[0]!.number
  // @ts-expect-error it was not selected
  data[0]!.taken
  await client.models.Seat.byArea(ctx, { area: 'north' })
  // @ts-expect-error the context comes first
  await client.models.Seat.get({ row: 'A', number: 1 })
  // @ts-expect-error a page that is rendered does not wait for what happens later
  client.models.Seat.observeQuery
  return number
}
