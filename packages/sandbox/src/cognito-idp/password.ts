import type { Operation } from '../awsJson.js'
import { newPassword, notAuthorized, text, texts } from '../input.js'
import { signedIn } from './account.js'
import { checkNotLocked, countWrongPassword, forgetAttempts } from './attempts.js'
import { checkClient } from './clients.js'
import { expiredCode, sendCode, takeCode } from './codes.js'
import { migrate } from './migration.js'
import { authPlan, type Pool } from './pool.js'
import { checkPassword, pretendedDelivery } from './signUp.js'
import { runTrigger } from './triggers.js'
import { findUser, passwordFits, protect, saveUser, type User } from './users.js'

/** Forgotten and changed passwords. */
export function passwordOperations(pool: Pool): Record<string, Operation> {
  const { store, log } = pool.world
  return {
    async ForgotPassword(input) {
      checkClient(pool, input)
      const login = text(input, 'Username')
      if (authPlan(pool).recovery?.length === 0)
        throw notAuthorized('Contact administrator to reset password.')
      const metadata = texts(input, 'ClientMetadata')
      if (!findUser(pool, login)) await migrate(pool, login, { metadata })
      const user = findUser(pool, login)
      if (user?.status === 'FORCE_CHANGE_PASSWORD') {
        throw notAuthorized('User password cannot be reset in the current state.')
      }
      const attribute = user?.enabled ? verified(pool, user) : undefined
      if (!user || !attribute) {
        if (user)
          log('cognito-idp: ForgotPassword sent nothing: the user has no verified email or phone number.')
        return { CodeDeliveryDetails: pretendedDelivery(login) }
      }
      const options = { source: 'CustomMessage_ForgotPassword', metadata }
      return { CodeDeliveryDetails: await sendCode(pool, user, 'password', attribute, options) }
    },

    async ConfirmForgotPassword(input) {
      checkClient(pool, input)
      const user = findUser(pool, text(input, 'Username'))
      const code = text(input, 'ConfirmationCode')
      const password = newPassword(input, 'Password')
      if (!user?.enabled) throw expiredCode()
      checkPassword(pool, password)
      takeCode(pool, user, 'password', code)
      store.transaction(() => {
        saveUser(pool, { ...user, ...protect(pool, user.username, password), status: 'CONFIRMED' })
        forgetAttempts(pool, 'password', user.username)
      })
      await runTrigger(pool, 'postConfirmation', {
        source: 'PostConfirmation_ConfirmForgotPassword',
        user: { ...user, status: 'CONFIRMED' },
        request: { clientMetadata: texts(input, 'ClientMetadata') },
      })
      return {}
    },

    async ChangePassword(input) {
      const user = await signedIn(pool, text(input, 'AccessToken'))
      const old = text(input, 'PreviousPassword')
      const password = newPassword(input, 'ProposedPassword')
      checkNotLocked(pool, user.username)
      if (!passwordFits(pool, user, old)) {
        countWrongPassword(pool, user.username)
        throw notAuthorized()
      }
      checkPassword(pool, password)
      saveUser(pool, { ...user, ...protect(pool, user.username, password) })
      return {}
    },
  }
}

/** The first proven address that the pool recovers accounts by. */
function verified(pool: Pool, { attributes }: User): 'email' | 'phone_number' | undefined {
  const { recovery = ['email', 'phone_number'] as const } = authPlan(pool)
  return recovery.find((name) => attributes[name] && attributes[`${name}_verified`] === 'true')
}
