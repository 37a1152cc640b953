import { expect, test } from 'vitest'
import {
  confirmResetPassword,
  confirmUserAttribute,
  deleteUser,
  deleteUserAttributes,
  fetchAuthSession,
  fetchUserAttributes,
  getCurrentUser,
  resetPassword,
  sendUserAttributeVerificationCode,
  signIn,
  updatePassword,
  updateUserAttribute,
  updateUserAttributes,
} from './index.js'
import { arrive, contextOn, password, register, useSandbox } from './sandbox.fixture.js'

const state = useSandbox()
const named = (name: string) => expect.objectContaining({ name })

test('the mailed code replaces a forgotten password, and signs nobody in', async () => {
  const { sandbox } = state
  const email = 'forgetful@example.com'
  await register(sandbox, email)
  const ctx = contextOn(sandbox)

  expect(await resetPassword({ username: email }, ctx)).toEqual({
    isPasswordReset: false,
    nextStep: {
      resetPasswordStep: 'CONFIRM_RESET_PASSWORD_WITH_CODE',
      codeDeliveryDetails: {
        destination: expect.stringMatching(/^f\*\*\*@e\*\*\*$/),
        deliveryMedium: 'EMAIL',
        attributeName: 'email',
      },
    },
  })
  const { code } = await sandbox.inbox.next({ to: email })
  const change = { username: email, newPassword: 'Chosen-222' }
  const wrong = code === '000000' ? '111111' : '000000'
  await expect(confirmResetPassword({ ...change, confirmationCode: wrong }, ctx)).rejects.toEqual(
    named('CodeMismatchException'),
  )
  expect(await confirmResetPassword({ ...change, confirmationCode: code! }, ctx)).toBeUndefined()

  await expect(getCurrentUser(ctx)).rejects.toEqual(named('UserUnAuthenticatedException'))
  await expect(signIn({ username: email, password }, ctx)).rejects.toEqual(named('NotAuthorizedException'))
  expect(await signIn({ username: email, password: 'Chosen-222' }, ctx)).toMatchObject({ isSignedIn: true })
  // The code is spent.
  await expect(confirmResetPassword({ ...change, confirmationCode: code! }, ctx)).rejects.toThrow()
})

test('a changed password works at once, and the old one no longer', async () => {
  const { sandbox } = state
  const email = 'careful@example.com'
  const ctx = await arrive(sandbox, email)
  await expect(updatePassword({ oldPassword: 'Wrong-1111', newPassword: 'Chosen-222' }, ctx)).rejects.toEqual(
    named('NotAuthorizedException'),
  )
  await expect(updatePassword({ oldPassword: password, newPassword: 'short' }, ctx)).rejects.toEqual(
    named('InvalidPasswordException'),
  )
  await updatePassword({ oldPassword: password, newPassword: 'Chosen-222' }, ctx)

  expect(await getCurrentUser(ctx)).toMatchObject({ signInDetails: { loginId: email } })
  expect(await signIn({ username: email, password: 'Chosen-222' }, contextOn(sandbox))).toMatchObject({
    isSignedIn: true,
  })
})

test('an attribute that needs no proof is updated at once; a new address waits for its code', async () => {
  const { sandbox } = state
  const ctx = await arrive(sandbox, 'mover@example.com')
  const output = await updateUserAttributes(
    { userAttributes: { name: 'Ada', email: 'moved@example.com' } },
    ctx,
  )
  expect(output).toEqual({
    name: { isUpdated: true, nextStep: { updateAttributeStep: 'DONE' } },
    email: {
      isUpdated: false,
      nextStep: {
        updateAttributeStep: 'CONFIRM_ATTRIBUTE_WITH_CODE',
        codeDeliveryDetails: {
          destination: expect.stringMatching(/^m\*\*\*@e\*\*\*$/),
          deliveryMedium: 'EMAIL',
          attributeName: 'email',
        },
      },
    },
  })
  const { code } = await sandbox.inbox.next({ to: 'moved@example.com' })
  await confirmUserAttribute({ userAttributeKey: 'email', confirmationCode: code! }, ctx)
  expect(await fetchUserAttributes(ctx)).toMatchObject({
    name: 'Ada',
    email: 'moved@example.com',
    email_verified: 'true',
  })
})

test('one attribute is updated, and deleted', async () => {
  const { sandbox } = state
  const ctx = await arrive(sandbox, 'nick@example.com')
  expect(
    await updateUserAttribute({ userAttribute: { attributeKey: 'nickname', value: 'Nick' } }, ctx),
  ).toEqual({ isUpdated: true, nextStep: { updateAttributeStep: 'DONE' } })
  expect(await fetchUserAttributes(ctx)).toMatchObject({ nickname: 'Nick' })

  await deleteUserAttributes({ userAttributeKeys: ['nickname'] }, ctx)
  expect(await fetchUserAttributes(ctx)).not.toHaveProperty('nickname')
})

test('a code to confirm an attribute is sent anew, and says where', async () => {
  const { sandbox } = state
  const ctx = await arrive(sandbox, 'again@example.com')
  expect(await sendUserAttributeVerificationCode({ userAttributeKey: 'email' }, ctx)).toEqual({
    destination: expect.stringMatching(/^a\*\*\*@e\*\*\*$/),
    deliveryMedium: 'EMAIL',
    attributeName: 'email',
  })
  const { code } = await sandbox.inbox.next({ to: 'again@example.com' })
  await confirmUserAttribute({ userAttributeKey: 'email', confirmationCode: code! }, ctx)
})

test('a deleted user is signed out, and cannot come back', async () => {
  const { sandbox } = state
  const email = 'leaver@example.com'
  const ctx = await arrive(sandbox, email)
  const heard: string[] = []
  ctx.events.listen('auth', ({ payload }) => heard.push(payload.event))
  await deleteUser(ctx)

  expect(heard).toEqual(['signedOut'])
  expect((await fetchAuthSession({}, ctx)).tokens).toBeUndefined()
  await expect(signIn({ username: email, password }, ctx)).rejects.toThrow()
})

test('a deletion that the service refuses signs nobody out', async () => {
  const { sandbox } = state
  const ctx = await arrive(sandbox, 'stayer@example.com')
  sandbox.failNext({
    service: 'cognito-idp',
    status: 400,
    type: 'TooManyRequestsException',
    times: 3,
  } as never)
  await expect(deleteUser(ctx)).rejects.toThrow()
  expect(await getCurrentUser(ctx)).toBeDefined()
})

test('what is missing is named before anything is sent', async () => {
  const ctx = contextOn(state.sandbox, {
    platform: { fetch: () => Promise.reject(new Error('Nothing should be sent.')) },
  })
  const faults = [
    [resetPassword({ username: '' }, ctx), 'EmptyResetPasswordUsername'],
    [
      confirmResetPassword({ username: '', newPassword: 'x', confirmationCode: '1' }, ctx),
      'EmptyConfirmResetPasswordUsername',
    ],
    [
      confirmResetPassword({ username: 'x', newPassword: '', confirmationCode: '1' }, ctx),
      'EmptyConfirmResetPasswordNewPassword',
    ],
    [
      confirmResetPassword({ username: 'x', newPassword: 'x', confirmationCode: '' }, ctx),
      'EmptyConfirmResetPasswordConfirmationCode',
    ],
    [updatePassword({ oldPassword: 'x', newPassword: '' }, ctx), 'EmptyUpdatePassword'],
    [
      confirmUserAttribute({ userAttributeKey: 'email', confirmationCode: '' }, ctx),
      'EmptyConfirmUserAttributeCode',
    ],
    [updatePassword({ oldPassword: 'x', newPassword: 'y' }, ctx), 'UserUnAuthenticatedException'],
    [updateUserAttributes({ userAttributes: { name: 'x' } }, ctx), 'UserUnAuthenticatedException'],
    [deleteUser(ctx), 'UserUnAuthenticatedException'],
  ] as const
  for (const [fault, name] of faults) await expect(fault).rejects.toEqual(named(name))
})
