import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { complaints, PATIENCE } from './compiler.fixture.js'

test(
  'a schema of the official builder meets the expectations of ours, but for what its types do not say',
  () => {
    // The same file with the other import.
    const official = `${readFileSync(new URL('./shop.fixture.ts', import.meta.url), 'utf8').replace(
      "import { a } from './a.js'",
      "import { a, type ClientSchema } from '@aws-amplify/data-schema'",
    )}
    export type Schema = ClientSchema<typeof schema>`
    const found = complaints(['client.test-d.ts', 'operations.test-d.ts'], {
      'shop.types.fixture.ts': official,
    })
    expect(found.map(({ line }) => line)).toEqual([
      // Which of the keys is the partition.
      '// @ts-expect-error no partition is named',
      '// @ts-expect-error no partition is named',
      // That a related row may not be there.
      'same<typeof row.cart, { readonly items: (string | null)[] | null } | null>(true)',
      '// @ts-expect-error no partition is named',
      // The enums written inside custom types.
      "same<ReturnType<typeof client.enums.AddressKind.values>, ('HOME' | 'WORK')[]>(true)",
      // That there is null where there is no value, deep in what an operation answers.
      '>(true)',
      // That nobody waits for what an asynchronous function answers.
      "same<Schema['sendReport']['returnType'], void>(true)",
    ])
  },
  PATIENCE,
)
