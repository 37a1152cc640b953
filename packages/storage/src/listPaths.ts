import { type Context, credentials, currentContext, session } from '@backline/core/internal'
import { StorageError } from './errors.js'

export type StorageAccess = 'read' | 'get' | 'list' | 'write' | 'delete'

export interface PathAccess {
  type: 'PREFIX'
  permission: StorageAccess[]
  bucket: string
  /** Such as `photos/*`. */
  prefix: string
}

export interface ListPathsOutput {
  locations: PathAccess[]
}

/**
 * The paths of the configured buckets that whoever is signed in, or a guest, may use, by the rules of `defineStorage`.
 *
 * @throws {StorageError} `NoS3Config`, `NoAuthConfig`
 */
export async function listPaths(ctx: Context = currentContext()): Promise<ListPathsOutput> {
  const { Storage, Auth } = ctx.config
  if (!Storage?.S3) throw new StorageError('NoS3Config', 'The configuration has no Storage.S3.')
  if (!Auth?.Cognito) throw new StorageError('NoAuthConfig', 'The configuration has no Auth.Cognito.')
  const who = await session(ctx)
  const identityId = who && (await credentials(ctx))?.identityId
  const group = highestGroup(Auth.Cognito.groups ?? [], who?.accessToken.payload['cognito:groups'])
  // A member of a group has the role of the group and none besides; owners have that of the signed-in.
  const role = !who ? 'guest' : group === undefined ? 'authenticated' : `groups${group}`

  const locations: PathAccess[] = []
  for (const { bucketName: bucket, paths = {} } of Object.values(Storage.S3.buckets ?? {})) {
    for (const [path, rules] of Object.entries(paths)) {
      const add = (prefix: string, permission: string[] | undefined) => {
        if (permission)
          locations.push({ type: 'PREFIX', permission: permission as StorageAccess[], bucket, prefix })
      }
      if (role === 'authenticated' && identityId)
        add(
          path.replace(/\$\{cognito-identity\.amazonaws\.com:sub\}|\{entity_id\}/g, identityId),
          rules.entityidentity,
        )
      add(path, rules[role])
    }
  }
  return { locations }
}

/** Of the groups of the user the one that the definition names first, as the identity pool chooses. */
function highestGroup(known: Record<string, Record<string, number>>[], mine: unknown): string | undefined {
  const precedence = new Map(
    known.flatMap((each) =>
      Object.entries(each).map(([name, about]) => [name, about.precedence ?? 0] as const),
    ),
  )
  return (Array.isArray(mine) ? (mine as string[]) : [])
    .filter((name) => precedence.has(name))
    .sort((one, other) => precedence.get(one)! - precedence.get(other)!)[0]
}
