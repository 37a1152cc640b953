import { type Recording, recordedPath } from '@backline/schema/backend'
import { asObject, type Constructs, propsOf } from './constructs.js'
import type { FunctionPlan, TableStreamPlan, Warn } from './plan.js'

// Functions that a `backend.ts` lets hear of what happens in the tables of models, in each way that CDK has for it:
// `fn.addEventSource(new DynamoEventSource(table, …))`, `new EventSourceMapping(…)` and `fn.addEventSourceMapping(…)`.

export interface TableStreamParts {
  /** The name of the data part. */
  name: string
  recordings: Recording[]
  constructs: Constructs
  functionOf(value: unknown): FunctionPlan | undefined
  warn: Warn
}

const USUAL_BATCH = 100

export function tableStreamsOf({ name, recordings, constructs, functionOf, warn }: TableStreamParts) {
  const streams: TableStreamPlan[] = []
  const table = new RegExp(`(?:^|\\{)${name}\\.resources\\.tables\\.(\\w+)`)
  const add = (source: unknown, target: unknown, batchSize: unknown) => {
    const [, model] = table.exec(recordedPath(source) ?? String(source)) ?? []
    const plan = functionOf(target)
    if (model && plan)
      streams.push({
        model,
        function: plan,
        batchSize: typeof batchSize === 'number' ? batchSize : USUAL_BATCH,
      })
    return Boolean(model && plan)
  }
  for (const made of constructs.all('aws-lambda.EventSourceMapping')) {
    const { eventSourceArn, target, batchSize } = propsOf(made)
    if (add(eventSourceArn, target, batchSize)) constructs.use(made)
  }
  for (const { path, args } of recordings) {
    const [, target, mapping] = /^(.*\.resources\.lambda)\.addEventSource(Mapping)?$/.exec(path) ?? []
    if (!target || !args) continue
    if (mapping) {
      const { eventSourceArn, batchSize } = asObject(args[1])
      if (!add(eventSourceArn, target, batchSize))
        warn(
          `${path}: the sandbox knows streams of models' tables only, as in backend.${name}.resources.tables['Todo'].tableStreamArn.`,
        )
      continue
    }
    const made = constructs.find(args[0])
    // Sources of other kinds are named among the constructs that have no effect.
    if (made?.type !== 'aws-lambda-event-sources.DynamoEventSource') continue
    if (add(made.args[0], target, propsOf(made).batchSize)) constructs.use(made)
  }
  return streams
}
