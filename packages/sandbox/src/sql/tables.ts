import type { Knex } from 'knex'
import { Fault } from '../appsync/fault.js'
import type { Definition, Model } from '../appsync/sdl.js'
import type { DatabasePlan } from '../plan.js'
import { DatabaseFailure, type Pools } from './pool.js'
import { type Rows, rowsOf } from './rows.js'

// How resolvers reach the tables of SQL databases.

export interface Tables {
  /** @throws {Fault} for what the database refuses */
  rows<Result>(model: Model, work: (rows: Rows) => Promise<Result>): Promise<Result>
  /** All or nothing. @throws {Fault} for what the database refuses */
  transaction<Result>(model: Model, work: (rows: Rows) => Promise<Result>): Promise<Result>
  /** @throws {Fault} for what the database refuses */
  query<Result>(database: DatabasePlan, work: (knex: Knex) => Promise<Result>): Promise<Result>
}

export function createTables(pools: Pools, definition: Definition): Tables {
  const query: Tables['query'] = async (database, work) => {
    try {
      return await pools.run(database, work)
    } catch (error) {
      if (!(error instanceof DatabaseFailure)) throw error
      // A function speaks to the database in a deployed backend.
      throw new Fault('Lambda:Unhandled', error.message)
    }
  }
  return {
    query,
    rows: (model, work) => query(model.table!.database, (knex) => work(rowsOf(knex, model, definition))),
    transaction: (model, work) =>
      query(model.table!.database, (knex) =>
        knex.transaction((transaction) => work(rowsOf(transaction, model, definition))),
      ),
  }
}
