import {
  DeleteUserAttributesCommand,
  DeleteUserCommand,
  GetUserAttributeVerificationCodeCommand,
  GetUserCommand,
  UpdateUserAttributesCommand,
  VerifyUserAttributeCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { afterEach, expect, test } from 'vitest'
import { startPool, type TestPool } from '../pool.fixture.js'

const ADA = 'ada@example.com'

let pool: TestPool
let AccessToken: string

afterEach(() => pool.stop())

async function start(customAttributes: string[] = []) {
  pool = await startPool({ customAttributes })
  await pool.register(ADA)
  AccessToken = (await pool.signIn(ADA)).AccessToken
}

const update = (Name: string, Value: string) =>
  pool.sdk.send(new UpdateUserAttributesCommand({ AccessToken, UserAttributes: [{ Name, Value }] }))

async function attributes() {
  const { UserAttributes } = await pool.sdk.send(new GetUserCommand({ AccessToken }))
  return Object.fromEntries(UserAttributes!.map(({ Name, Value }) => [Name, Value]))
}

test('attributes that the pool knows can be changed and removed', async () => {
  await start(['custom:plan'])
  expect((await update('custom:plan', 'gold')).CodeDeliveryDetailsList).toEqual([])
  await update('nickname', 'Ada')
  expect(await attributes()).toMatchObject({ 'custom:plan': 'gold', nickname: 'Ada' })
  await pool.sdk.send(new DeleteUserAttributesCommand({ AccessToken, UserAttributeNames: ['nickname'] }))
  expect(await attributes()).not.toHaveProperty('nickname')
  await expect(update('custom:shoe', '42')).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message:
      'Attributes did not conform to the schema: custom:shoe: Attribute does not exist in the schema.\n',
  })
  await expect(update('email_verified', 'true')).rejects.toMatchObject({
    name: 'NotAuthorizedException',
    message: 'A client attempted to write unauthorized attribute',
  })
  await expect(
    pool.sdk.send(new DeleteUserAttributesCommand({ AccessToken, UserAttributeNames: ['email'] })),
  ).rejects.toMatchObject({ name: 'InvalidParameterException' })
})

test('a new email counts once its code has come back', async () => {
  await start()
  const { CodeDeliveryDetailsList } = await update('email', 'lovelace@example.com')
  expect(CodeDeliveryDetailsList).toEqual([
    { AttributeName: 'email', DeliveryMedium: 'EMAIL', Destination: 'l***@e***' },
  ])
  expect(await attributes()).toMatchObject({ email: ADA, email_verified: 'true' })
  const { code } = await pool.sandbox.inbox.next({ to: 'lovelace@example.com' })
  await pool.sdk.send(new VerifyUserAttributeCommand({ AccessToken, AttributeName: 'email', Code: code }))
  expect(await attributes()).toMatchObject({ email: 'lovelace@example.com', email_verified: 'true' })
  await pool.signIn('lovelace@example.com')
  await expect(pool.signIn(ADA)).rejects.toMatchObject({ name: 'NotAuthorizedException' })
})

test('an email that somebody else signs in with stays theirs', async () => {
  await start()
  await pool.register('bob@example.com')
  await expect(update('email', 'Bob@example.com')).rejects.toMatchObject({ name: 'AliasExistsException' })
})

test('a phone number is texted its code', async () => {
  await start()
  await update('phone_number', '+15555550123')
  const { channel, code } = await pool.sandbox.inbox.next({ to: '+15555550123' })
  expect(channel).toBe('sms')
  await pool.sdk.send(
    new VerifyUserAttributeCommand({ AccessToken, AttributeName: 'phone_number', Code: code }),
  )
  expect(await attributes()).toMatchObject({ phone_number: '+15555550123', phone_number_verified: 'true' })
  const { CodeDeliveryDetails } = await pool.sdk.send(
    new GetUserAttributeVerificationCodeCommand({ AccessToken, AttributeName: 'phone_number' }),
  )
  expect(CodeDeliveryDetails?.Destination).toBe('+*******0123')
})

test('a deleted user is gone, and so is the session', async () => {
  await start()
  await pool.sdk.send(new DeleteUserCommand({ AccessToken }))
  await expect(attributes()).rejects.toMatchObject({ name: 'NotAuthorizedException' })
  await expect(pool.signIn(ADA)).rejects.toMatchObject({ message: 'Incorrect username or password.' })
  await pool.register(ADA)
})
