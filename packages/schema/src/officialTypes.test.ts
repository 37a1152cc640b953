import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { complaints, PATIENCE } from './compiler.fixture.js'

/** The same file with the other imports. */
function official(fixture: string): string {
  const text = readFileSync(new URL(fixture, import.meta.url), 'utf8')
    .replace("import { a } from './a.js'", "import { a, type ClientSchema } from '@aws-amplify/data-schema'")
    .replace("'./sql.js'", "'@aws-amplify/data-schema/internals'")
  return `${text}
    export type Schema = ClientSchema<typeof schema>`
}

test(
  'a schema of the official builder meets the expectations of ours, but for what its types do not say',
  () => {
    const found = complaints(
      ['client.test-d.ts', 'entries.test-d.ts', 'operations.test-d.ts', 'sql.test-d.ts'],
      {
        'shop.types.fixture.ts': official('./shop.fixture.ts'),
        'sql.types.fixture.ts': official('./sql.fixture.ts'),
      },
    )
    expect(found.map(({ line }) => line)).toEqual([
      // Which of the keys is the partition.
      '// @ts-expect-error no partition is named',
      '// @ts-expect-error no partition is named',
      // That a related row may not be there.
      'same<typeof row.cart, { readonly items: (string | null)[] | null } | null>(true)',
      '// @ts-expect-error no partition is named',
      // The enums written inside custom types.
      "same<ReturnType<typeof client.enums.AddressKind.values>, ('HOME' | 'WORK')[]>(true)",
      // That what is missing in a list of enums is null.
      "same<Schema['Order']['type']['history'], (Status | null)[] | null | undefined>(true)",
      // That there is null where there is no value, deep in what an operation answers.
      '>(true)',
      // That nobody waits for what an asynchronous function answers.
      "same<Schema['sendReport']['returnType'], void>(true)",
      // That the database makes up a key.
      "export const created: Schema['Post']['createType'] = { title: 'a' }",
    ])
  },
  PATIENCE,
)
