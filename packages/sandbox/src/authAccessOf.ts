import {
  type AuthAction,
  type AuthProps,
  authAllow,
  type Definition,
  type FunctionProps,
  kindOf,
  type Recording,
} from '@backline/schema/backend'
import { functionPlan } from './functionPlanOf.js'
import type { AuthPlan, Warn } from './plan.js'

/** What each word of `access` lets a function do: https://docs.amplify.aws/react/build-a-backend/auth/grant-access-to-auth-resources/ */
const ACTIONS: Record<AuthAction, string[]> = {
  manageUsers: [
    'AdminConfirmSignUp',
    'AdminCreateUser',
    'AdminDeleteUser',
    'AdminDeleteUserAttributes',
    'AdminDisableUser',
    'AdminEnableUser',
    'AdminGetUser',
    'AdminListGroupsForUser',
    'AdminRespondToAuthChallenge',
    'AdminSetUserMFAPreference',
    'AdminSetUserSettings',
    'AdminUpdateUserAttributes',
    'AdminUserGlobalSignOut',
  ],
  manageGroupMembership: ['AdminAddUserToGroup', 'AdminRemoveUserFromGroup'],
  manageGroups: ['GetGroup', 'ListGroups', 'CreateGroup', 'DeleteGroup', 'UpdateGroup'],
  manageUserDevices: ['AdminForgetDevice', 'AdminGetDevice', 'AdminListDevices', 'AdminUpdateDeviceStatus'],
  managePasswordRecovery: ['AdminResetUserPassword', 'AdminSetUserPassword'],
  addUserToGroup: ['AdminAddUserToGroup'],
  createUser: ['AdminCreateUser'],
  deleteUser: ['AdminDeleteUser'],
  deleteUserAttributes: ['AdminDeleteUserAttributes'],
  disableUser: ['AdminDisableUser'],
  enableUser: ['AdminEnableUser'],
  forgetDevice: ['AdminForgetDevice'],
  getDevice: ['AdminGetDevice'],
  getUser: ['AdminGetUser'],
  listDevices: ['AdminListDevices'],
  listGroupsForUser: ['AdminListGroupsForUser'],
  listUsers: ['ListUsers'],
  listUsersInGroup: ['ListUsersInGroup'],
  removeUserFromGroup: ['AdminRemoveUserFromGroup'],
  resetUserPassword: ['AdminResetUserPassword'],
  setUserMfaPreference: ['AdminSetUserMFAPreference'],
  setUserPassword: ['AdminSetUserPassword'],
  setUserSettings: ['AdminSetUserSettings'],
  updateDeviceStatus: ['AdminUpdateDeviceStatus'],
  updateUserAttributes: ['AdminUpdateUserAttributes'],
}

/** What `access: (allow) => [allow.resource(fn).to([…])]` gives to functions, by their names. */
export function accessOf({ access }: Pick<AuthProps, 'access'>, warn: Warn): Pick<AuthPlan, 'access'> {
  if (!access) return {}
  const granted: NonNullable<AuthPlan['access']> = {}
  for (const { resource, actions } of access(authAllow)) {
    if (kindOf(resource) !== 'function') {
      throw new Error('defineAuth: access: allow.resource(…) takes what defineFunction({ … }) returned.')
    }
    const unknown = actions.find((action) => !ACTIONS[action])
    if (unknown) {
      throw new Error(
        `defineAuth: access: the action '${unknown}' is none of ${Object.keys(ACTIONS).join(', ')}.`,
      )
    }
    const { name } = functionPlan(resource, warn)
    granted[name] = [...(granted[name] ?? []), ...actions.flatMap((action) => ACTIONS[action]!)]
  }
  return { access: granted }
}

/**
 * Grants that an app makes with CDK instead: `auth.resources.userPool.grant(fn.resources.lambda, …)` for the operations it
 * names; a policy that is put on the function's role for all of them, because policies are not read.
 */
export function applyGrant(
  auth: AuthPlan,
  name: string,
  functions: Record<string, Definition<never, FunctionProps>>,
  { path, args }: Recording,
): boolean {
  const policy =
    /^(\w+)\.resources\..+\.(addToRolePolicy|attachInlinePolicy|addManagedPolicy|addToPrincipalPolicy)$/
  const isGrant = path === `${name}.resources.userPool.grant`
  const part = isGrant
    ? /^\$\{(\w+)\.resources\.lambda\}$/.exec(String(args?.[0]))?.[1]
    : policy.exec(path)?.[1]
  const definition = part === undefined ? undefined : functions[part]
  if (!definition) return false
  const operations = isGrant
    ? (args ?? []).slice(1).map((each) => String(each).replace(/^cognito-idp:/, ''))
    : ['*']
  const known = functionPlan(definition, () => {}).name
  auth.access = { ...auth.access, [known]: [...(auth.access?.[known] ?? []), ...operations] }
  return true
}
