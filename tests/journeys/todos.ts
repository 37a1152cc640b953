import { Amplify, createAmplifyContext } from 'backline'
import { signOut } from 'backline/auth'
import { generateClient } from 'backline/data'
import { equal, ok } from './asserts.js'
import type { Schema } from './backend.js'
import type { Journey } from './stage.js'

export const todos: Journey = {
  name: 'typed todos are created, read, changed, filtered, paged and deleted',
  async play({ outputs, arrive }) {
    Amplify.configure(outputs)
    await arrive('ada')
    const { models, enums } = generateClient<Schema>()
    equal(enums.Priority.values(), ['LOW', 'HIGH'], 'the values of the enum')

    const created = await models.Todo.create({
      content: 'Write',
      priority: 'HIGH',
      rank: 1,
      tags: ['pen', 'paper'],
      place: { city: 'London', floor: 2 },
      dueAt: '2026-12-24T18:00:00.000Z',
    })
    equal(created.errors, undefined, 'the errors of a create')
    const todo = created.data
    ok(todo, 'the row comes back')
    equal(todo.done, false, 'the default')
    equal(todo.place, { city: 'London', floor: 2 }, 'the custom type')
    ok(todo.id && todo.createdAt <= todo.updatedAt, 'the backend adds an id and times')

    const { data: read } = await models.Todo.get({ id: todo.id })
    equal([read?.tags, read?.dueAt], [['pen', 'paper'], '2026-12-24T18:00:00.000Z'], 'what is read')
    const { data: updated } = await models.Todo.update({ id: todo.id, done: true, priority: null })
    equal([updated?.done, updated?.priority, updated?.content], [true, null, 'Write'], 'what is changed')
    equal((await models.Todo.get({ id: 'nobody' })).data, null, 'a row that is not there')

    for (let rank = 2; rank <= 7; rank++) {
      await models.Todo.create({ content: `Number ${rank}`, rank, priority: rank % 2 ? 'LOW' : 'HIGH' })
    }
    const { data: high } = await models.Todo.list({
      filter: { and: [{ priority: { eq: 'HIGH' } }, { rank: { gt: 2 } }] },
    })
    equal(high.map(({ rank }) => rank).sort(), [4, 6], 'the ranks that the filter finds')

    const seen: string[] = []
    let pages = 0
    let nextToken: string | null | undefined
    do {
      const page = await models.Todo.list({ limit: 3, nextToken })
      ok(page.data.length <= 3, 'a page holds at most three')
      seen.push(...page.data.map(({ id }) => id))
      nextToken = page.nextToken
      pages++
    } while (nextToken)
    equal([new Set(seen).size, seen.length], [7, 7], 'the rows of all pages')
    ok(pages >= 3, 'there were several pages')

    equal((await models.Todo.delete({ id: todo.id })).data?.id, todo.id, 'the deleted row')
    equal((await models.Todo.get({ id: todo.id })).data, null, 'the row after it was deleted')
    const wrong = await models.Todo.create({ content: null as never })
    ok(
      wrong.data === null && wrong.errors?.[0]?.message,
      'a row without its content is refused with a message',
    )
    await signOut()
  },
}

export const relations: Journey = {
  name: 'a selection set reads relations, and rows fetch them when asked',
  async play({ outputs, arrive }) {
    Amplify.configure(outputs)
    await arrive('grace')
    const { models } = generateClient<Schema>()
    const { data: list } = await models.List.create({ name: 'Groceries' })
    ok(list, 'the list is there')
    for (const content of ['Milk', 'Bread']) await models.Todo.create({ content, listId: list.id })

    const selectionSet = ['id', 'name', 'todos.content', 'todos.list.name'] as const
    const { data: selected } = await models.List.get({ id: list.id }, { selectionSet })
    equal(Object.keys(selected ?? {}).sort(), ['id', 'name', 'todos'], 'the fields that were asked for')
    equal(
      selected?.todos.map(({ content, list }) => [content, list?.name]).sort(),
      [
        ['Bread', 'Groceries'],
        ['Milk', 'Groceries'],
      ],
      'the related rows',
    )
    const { data: lazy } = await list.todos()
    equal(lazy.map(({ content }) => content).sort(), ['Bread', 'Milk'], 'the rows fetched when asked')
    equal((await lazy[0]!.list()).data?.name, 'Groceries', 'the way back')
    await signOut()
  },
}

export const owners: Journey = {
  name: 'notes belong to those who wrote them, posts to whoever has the key',
  async play({ outputs, arrive }) {
    Amplify.configure(outputs)
    const visitor = createAmplifyContext(outputs)
    const byKey = generateClient<Schema>({ authMode: 'apiKey' }, visitor)
    equal((await byKey.models.Post.create({ title: 'Hello' })).data?.title, 'Hello', 'a post by API key')
    equal(
      (await byKey.models.Note.list()).errors?.[0]?.errorType,
      'Unauthorized',
      'what a visitor hears of notes',
    )

    const other = createAmplifyContext(outputs)
    await arrive('ada')
    await arrive('grace', other)
    const ada = generateClient<Schema>()
    const grace = generateClient<Schema>({}, other)
    const { data: note } = await ada.models.Note.create({ text: 'Secret' })
    ok(note, 'the note is there')
    equal((await ada.models.Note.list()).data.length, 1, "the writer's notes")
    equal((await grace.models.Note.list()).data.length, 0, "the other's notes")
    for (const refused of [
      await grace.models.Note.update({ id: note.id, text: 'Mine' }),
      await grace.models.Note.delete({ id: note.id }),
    ]) {
      equal(refused.errors?.[0]?.errorType, 'Unauthorized', 'what the other hears')
    }
    equal((await ada.models.Note.get({ id: note.id })).data?.text, 'Secret', 'the note')
    const { data: posts } = await ada.models.Post.list({ authMode: 'apiKey' })
    equal(
      posts.map(({ title }) => title),
      ['Hello'],
      'the posts, by the key for one call',
    )
    await signOut(undefined, other)
    await signOut()
  },
}
