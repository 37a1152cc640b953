import { Amplify, createAmplifyContext } from 'backline'
import { signOut } from 'backline/auth'
import { CONNECTION_STATE_CHANGE, ConnectionState, generateClient } from 'backline/data'
import { Hub } from 'backline/utils'
import { equal, first } from './asserts.js'
import type { Schema } from './backend.js'
import type { Journey } from './stage.js'

export const seenByOthers: Journey = {
  name: 'what one user creates, changes and deletes, another sees at once',
  async play({ outputs, arrive }) {
    Amplify.configure(outputs)
    const other = createAmplifyContext(outputs)
    await arrive('ada')
    await arrive('grace', other)
    const ada = generateClient<Schema>()
    const grace = generateClient<Schema>({}, other)
    const watch = ada.models.Todo.observeQuery()

    // A live query is in sync only once its subscriptions are, so what follows reaches the plain subscription as well.
    const heard = first(
      ada.models.Todo.onCreate({ filter: { content: { beginsWith: 'From' } } }),
      'the created row',
      () => true,
    )
    await first(watch, 'an empty list in sync', ({ items, isSynced }) => isSynced && !items.length)
    const appeared = first(watch, 'the new row', ({ items }) =>
      items.some(({ content }) => content === 'From Grace'),
    )
    await grace.models.Todo.create({ content: 'Other' })
    const { data: todo } = await grace.models.Todo.create({ content: 'From Grace' })
    equal((await heard).content, 'From Grace', 'what the subscription brings')
    await appeared

    const id = todo!.id
    const done = first(watch, 'the change', ({ items }) =>
      items.some((item) => item.id === id && item.done === true),
    )
    await grace.models.Todo.update({ id, done: true })
    await done
    const left = first(
      watch,
      'the row to go',
      ({ items, isSynced }) => isSynced && !items.some((item) => item.id === id),
    )
    await grace.models.Todo.delete({ id })
    await left
    await signOut(undefined, other)
    await signOut()
  },
}

export const droppedSockets: Journey = {
  name: 'a live query is right again after its socket was cut while rows changed',
  async play({ outputs, control, arrive }) {
    Amplify.configure(outputs)
    await arrive('ada')
    const { models } = generateClient<Schema>()
    const states: ConnectionState[] = []
    const stopListening = Hub.listen('api', ({ payload }) => {
      if (payload.event === CONNECTION_STATE_CHANGE)
        states.push((payload.data as { connectionState: ConnectionState }).connectionState)
    })
    const { data: doomed } = await models.Todo.create({ content: 'Goes while nobody looks' })

    const lists: string[][] = []
    const arrays = new Set<unknown>()
    const watch = models.Todo.observeQuery()
    const keep = watch.subscribe(({ items }) => {
      lists.push(items.map(({ content }) => content).sort())
      arrays.add(items)
    })
    await first(watch, 'the list in sync', ({ items, isSynced }) => isSynced && items.length === 1)

    await control.dropSockets(1)
    await models.Todo.delete({ id: doomed!.id })
    await models.Todo.create({ content: 'Came while nobody looked' })
    const wanted = ['Came while nobody looked']
    for (let tries = 0; tries < 200 && `${lists.at(-1)}` !== `${wanted}`; tries++)
      await new Promise((resolve) => setTimeout(resolve, 50))
    equal(lists.at(-1), wanted, 'the list after the connection is back')
    equal(arrays.size, lists.length, 'the number of different arrays')
    equal(
      states.includes(ConnectionState.ConnectionDisrupted) && states.at(-1) === ConnectionState.Connected,
      true,
      `that the Hub told of the disruption and of its end (${states.join(', ')})`,
    )
    const next = first(watch, 'rows to come again', ({ items }) => items.length === 2)
    await models.Todo.create({ content: 'Later' })
    await next
    keep.unsubscribe()
    stopListening()
    await signOut()
  },
}
