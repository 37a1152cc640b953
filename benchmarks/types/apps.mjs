// Apps for the type benchmark: a schema of N models, and calls on M of them, for our builder, generated types, and the
// official builder. All three have the same models and the same calls.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { generateTypes } from '@backline/schema/generate'

const kits = {
  inferred: {
    schema: "import { a, type ClientSchema } from '@backline/schema'",
    client: "import { generateClient } from '@backline/data'",
  },
  generated: { client: "import { generateClient } from '@backline/data'" },
  official: {
    schema: "import { a, type ClientSchema } from '@aws-amplify/data-schema'",
    client: "import { generateClient } from 'aws-amplify/data'",
  },
}

/**
 * Writes an app into a folder. `relations` each way per model; `calls` is the text of its calls, five for each called model
 * where left out. Returns the compiler's options.
 */
export async function writeApp(folder, { kit, models, called = 0, relations = 1, calls, declarations }) {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  if (kit === 'generated') {
    const file = join(folder, 'schema.build.mjs')
    writeFileSync(file, `import { a } from '@backline/schema'\n${writeSchema(models, relations)}`)
    const { schema } = await import(pathToFileURL(file).href)
    writeFileSync(join(folder, 'schema.d.ts'), generateTypes(schema, { from: '@backline/schema' }))
  } else {
    writeFileSync(
      join(folder, 'schema.ts'),
      `${kits[kit].schema}\n${writeSchema(models, relations)}\nexport type Schema = ClientSchema<typeof schema>\n`,
    )
  }
  writeFileSync(
    join(folder, 'calls.ts'),
    `${kits[kit].client}
import type { Schema } from './schema'

const client = generateClient<Schema>()
${calls ?? Array.from({ length: called }, (_, i) => writeCalls(Math.floor((i * models) / called))).join('')}`,
  )
  const options = {
    target: 'es2022',
    lib: ['es2023', 'dom'],
    module: 'esnext',
    moduleResolution: 'bundler',
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    types: [],
    ...(kit !== 'official' && { paths: declarations }),
  }
  const files = [kit === 'generated' ? 'schema.d.ts' : 'schema.ts', 'calls.ts']
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files }))
  return { options, files }
}

/** Eight scalars, an enum, relations each way, an index and two rules for each model. */
function writeSchema(models, relations) {
  const one = (i) => `  M${i}: a
    .model({
      title: a.string().required(),
      description: a.string(),
      count: a.integer(),
      price: a.float(),
      active: a.boolean().required(),
      dueAt: a.datetime(),
      tags: a.string().array(),
      email: a.email(),
      status: a.enum(['m${i}_draft', 'm${i}_active', 'm${i}_done']),
${Array.from({ length: relations }, (_, k) => relation(i, k, models)).join('')}    })
    .secondaryIndexes((index) => [index('title')])
    .authorization((allow) => [allow.owner(), allow.publicApiKey().to(['read'])]),
`
  return `
export const schema = a.schema({
${Array.from({ length: models }, (_, i) => one(i)).join('')}})
`
}

function relation(i, k, models) {
  const name = k === 0 ? '' : `${k + 1}`
  return `      parent${name}Id: a.id(),
      parent${name}: a.belongsTo('M${(i + models - 1 - k) % models}', 'parent${name}Id'),
      children${name}: a.hasMany('M${(i + 1 + k) % models}', 'parent${name}Id'),
`
}

/** Create, list with a filter, get with a depth-2 selection set, update and observeQuery. */
function writeCalls(i) {
  return `
export async function use${i}() {
  const created = await client.models.M${i}.create({ title: 'a', active: true, count: ${i}, status: 'm${i}_draft' })
  const listed = await client.models.M${i}.list({ filter: { title: { beginsWith: 'a' }, count: { gt: 1 } }, limit: 10 })
  const { data } = await client.models.M${i}.get(
    { id: 'x' },
    { selectionSet: ['id', 'title', 'parent.title', 'children.title', 'children.children.title'] },
  )
  const updated = await client.models.M${i}.update({ id: 'x', price: 2, status: 'm${i}_done' })
  client.models.M${i}.observeQuery({ filter: { active: { eq: true } } }).subscribe(({ items }) => items[0]?.title)
  return [created.data?.title, listed.data[0]?.status, data?.children[0]?.children[0]?.title, updated.data?.price]
}
`
}
