import {
  AdminDisableUserCommand,
  AdminResetUserPasswordCommand,
  ChangePasswordCommand,
  ConfirmForgotPasswordCommand,
  ForgotPasswordCommand,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { afterEach, expect, test } from 'vitest'
import { PASSWORD, startPool, type TestPool } from '../pool.fixture.js'

const ADA = 'ada@example.com'
const NEW = 'Better-horse-2'

let pool: TestPool

afterEach(() => pool.stop())

const forgot = (Username: string) =>
  pool.sdk.send(new ForgotPasswordCommand({ ClientId: pool.ClientId, Username }))
const confirm = (Username: string, ConfirmationCode: string, Password = NEW) =>
  pool.sdk.send(
    new ConfirmForgotPasswordCommand({ ClientId: pool.ClientId, Username, ConfirmationCode, Password }),
  )

test('the mailed code replaces a forgotten password', async () => {
  pool = await startPool()
  await pool.register(ADA)
  const { CodeDeliveryDetails } = await forgot(ADA)
  expect(CodeDeliveryDetails?.Destination).toBe('a***@e***')
  const { code } = await pool.sandbox.inbox.next({ to: ADA })
  await expect(confirm(ADA, code!, 'short')).rejects.toMatchObject({ name: 'InvalidPasswordException' })
  await confirm(ADA, code!)
  await expect(pool.signIn(ADA)).rejects.toMatchObject({ name: 'NotAuthorizedException' })
  await pool.signIn(ADA, NEW)
  await expect(confirm(ADA, code!)).rejects.toMatchObject({ name: 'ExpiredCodeException' })
})

test('a forgotten password does not tell who is registered', async () => {
  pool = await startPool()
  const { CodeDeliveryDetails } = await forgot('nobody@example.com')
  expect(CodeDeliveryDetails).toEqual({
    AttributeName: 'email',
    DeliveryMedium: 'EMAIL',
    Destination: 'n***@e***',
  })
  expect(pool.sandbox.inbox.all()).toEqual([])
  await expect(confirm('nobody@example.com', '123456')).rejects.toMatchObject({
    name: 'ExpiredCodeException',
  })
})

test('guessing codes comes to an end', async () => {
  pool = await startPool()
  await pool.register(ADA)
  await forgot(ADA)
  const { code } = await pool.sandbox.inbox.next({ to: ADA })
  const wrong = code === '000000' ? '000001' : '000000'
  for (let guess = 0; guess < 10; guess++) {
    await expect(confirm(ADA, wrong)).rejects.toMatchObject({ name: 'CodeMismatchException' })
  }
  await expect(confirm(ADA, code!)).rejects.toMatchObject({
    name: 'LimitExceededException',
    message: 'Attempt limit exceeded, please try after some time.',
  })
})

test('guessing passwords comes to an end too, for users and strangers alike', async () => {
  pool = await startPool()
  await pool.register(ADA)
  for (const who of [ADA, 'nobody@example.com']) {
    for (let guess = 0; guess < 5; guess++) {
      await expect(pool.signIn(who, 'Wrong-horse-1')).rejects.toMatchObject({
        message: 'Incorrect username or password.',
      })
    }
    await expect(pool.signIn(who)).rejects.toMatchObject({
      name: 'NotAuthorizedException',
      message: 'Password attempts exceeded',
    })
  }
  pool.sandbox.clock.advance(1_000)
  await pool.signIn(ADA)
})

test('somebody signed in changes the password by knowing the old one', async () => {
  pool = await startPool()
  await pool.register(ADA)
  const { AccessToken } = await pool.signIn(ADA)
  const change = (PreviousPassword: string, ProposedPassword: string) =>
    pool.sdk.send(new ChangePasswordCommand({ AccessToken, PreviousPassword, ProposedPassword }))
  await expect(change('Wrong-horse-1', NEW)).rejects.toMatchObject({ name: 'NotAuthorizedException' })
  await expect(change(PASSWORD, 'weak')).rejects.toMatchObject({ name: 'InvalidPasswordException' })
  await change(PASSWORD, NEW)
  await pool.signIn(ADA, NEW)
})

test('an administrator’s reset asks for a new password; a disabled user is out', async () => {
  pool = await startPool()
  await pool.register(ADA)
  const who = { UserPoolId: pool.UserPoolId, Username: ADA }
  await pool.sdk.send(new AdminResetUserPasswordCommand(who))
  await expect(pool.signIn(ADA)).rejects.toMatchObject({ name: 'PasswordResetRequiredException' })
  const { code } = await pool.sandbox.inbox.next({ to: ADA })
  await confirm(ADA, code!)
  const { RefreshToken } = await pool.signIn(ADA, NEW)
  await pool.sdk.send(new AdminDisableUserCommand(who))
  await expect(pool.signIn(ADA, NEW)).rejects.toMatchObject({
    name: 'NotAuthorizedException',
    message: 'User is disabled.',
  })
  await expect(
    pool.sdk.send(
      new InitiateAuthCommand({
        ClientId: pool.ClientId,
        AuthFlow: 'REFRESH_TOKEN_AUTH',
        AuthParameters: { REFRESH_TOKEN: RefreshToken },
      }),
    ),
  ).rejects.toMatchObject({ name: 'NotAuthorizedException' })
})
