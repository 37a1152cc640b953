import { type Input, ServiceError } from '../awsJson.js'
import { invalidParameter, optionalText, text } from '../input.js'
import type { GroupChange } from '../plan.js'
import { authPlan, type Pool, setInPool } from './pool.js'
import { attributeList, describedUser, groupsOf, listUsers } from './users.js'

/** Groups made, changed and dropped over the wire; they stand above the definition's until the sandbox is reset. */
export const groupOperations = (pool: Pool): Record<string, (input: Input) => object> => {
  const change = (name: string, changed: GroupChange | null) =>
    setInPool(pool, 'groupChanges', { ...authPlan(pool).groupChanges, [name]: changed })
  const now = () => pool.world.clock.now() / 1000
  return {
    CreateGroup(input) {
      const name = text(input, 'GroupName')
      if (authPlan(pool).groups.includes(name)) {
        throw new ServiceError('GroupExistsException', 'A group with the name already exists.')
      }
      change(name, { ...detailsIn(input), CreationDate: now(), LastModifiedDate: now() })
      return { Group: described(pool, name) }
    },

    GetGroup: (input) => ({ Group: described(pool, known(pool, input)) }),

    UpdateGroup(input) {
      const name = known(pool, input)
      change(name, { ...authPlan(pool).groupChanges?.[name], ...detailsIn(input), LastModifiedDate: now() })
      return { Group: described(pool, name) }
    },

    DeleteGroup(input) {
      const name = known(pool, input)
      pool.world.store.transaction(() => {
        pool.world.store.run('DELETE FROM user_groups WHERE name = ?', name)
        change(name, null)
      })
      return {}
    },

    ListGroups: (input) => {
      const { page, next } = paged(input, 'NextToken', authPlan(pool).groups, (name) => name)
      return { Groups: page.map((name) => described(pool, name)), ...(next ? { NextToken: next } : {}) }
    },

    ListUsersInGroup(input) {
      const name = known(pool, input)
      const members = listUsers(pool).filter((user) => groupsOf(pool, user).includes(name))
      const { page, next } = paged(input, 'NextToken', members, ({ sub }) => sub)
      return {
        Users: page.map((user) => ({ ...describedUser(user), Attributes: attributeList(user) })),
        ...(next ? { NextToken: next } : {}),
      }
    },
  }
}

/** A page of at most 60, and the token of the next. */
export function paged<Item>(input: Input, tokenName: string, all: Item[], tokenOf: (item: Item) => string) {
  const most = input.Limit ?? 60
  if (typeof most !== 'number' || !Number.isInteger(most) || !(most >= 0 && most <= 60)) {
    throw invalidParameter('Limit must be between 0 and 60.')
  }
  const after = optionalText(input, tokenName)
  const start = after === undefined ? 0 : all.findIndex((item) => tokenOf(item) === after) + 1
  if (after !== undefined && start === 0) throw invalidParameter('Invalid pagination token provided.')
  const page = all.slice(start, start + (most || 60))
  return { page, next: start + page.length < all.length ? tokenOf(page.at(-1)!) : undefined }
}

function detailsIn(input: Input): GroupChange {
  const { Precedence } = input
  if (Precedence !== undefined && !(Number.isInteger(Precedence) && (Precedence as number) >= 0)) {
    throw invalidParameter('Precedence must be a whole number that is not negative.')
  }
  const details = {
    Description: optionalText(input, 'Description'),
    RoleArn: optionalText(input, 'RoleArn'),
    Precedence: Precedence as number | undefined,
  }
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined))
}

/** As the service describes a group. One of the definition's has the precedence of its place there. */
export function described(pool: Pool, GroupName: string) {
  const { groupChanges } = authPlan(pool)
  const place = pool.world.plan.auth?.groups.indexOf(GroupName) ?? -1
  return {
    GroupName,
    UserPoolId: pool.id,
    ...(place >= 0 ? { Precedence: place } : {}),
    ...groupChanges?.[GroupName],
  }
}

export function known(pool: Pool, input: Input): string {
  const name = text(input, 'GroupName')
  if (!authPlan(pool).groups.includes(name))
    throw new ServiceError('ResourceNotFoundException', 'Group not found.')
  return name
}
