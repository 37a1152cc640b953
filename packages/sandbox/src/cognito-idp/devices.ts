import { randomBytes, randomUUID } from 'node:crypto'
import { type Input, type Operation, ServiceError } from '../awsJson.js'
import { invalidParameter, notAuthorized, optionalText, parameter, text } from '../input.js'
import { signedIn } from './account.js'
import { proves, startSrp } from './passwordFactor.js'
import { authPlan, type Pool } from './pool.js'
import { ask, asked, challenge, close, type Outcome, type SignIn } from './sessions.js'
import { findUser, type User } from './users.js'

// Devices that the pool tracks: https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-device-tracking.html
// A device proves itself by SRP as a user does, with its group key in the pool's place and its own key in the user's.

interface Device {
  key: string
  sub: string
  group_key: string
  name: string | null
  /** Hexadecimal; null until the device is confirmed. */
  salt: string | null
  verifier: string | null
  remembered: number
  created_at: number
  modified_at: number
  used_at: number
}

/** What people do with their devices. */
export function deviceOperations(pool: Pool): Record<string, Operation> {
  const { store, clock } = pool.world
  const owned = async (input: Input) =>
    device(pool, await signedIn(pool, text(input, 'AccessToken')), text(input, 'DeviceKey'))
  return {
    async ConfirmDevice(input) {
      const { key } = await owned(input)
      const secrets = (input.DeviceSecretVerifierConfig ?? {}) as Input
      const [salt, verifier] = [hex(secrets, 'Salt'), hex(secrets, 'PasswordVerifier')]
      const always = authPlan(pool).deviceTracking === 'always'
      store.run(
        'UPDATE devices SET name = ?, salt = ?, verifier = ?, remembered = ?, modified_at = ? WHERE key = ?',
        optionalText(input, 'DeviceName') ?? null,
        salt,
        verifier,
        always ? 1 : 0,
        clock.now(),
        key,
      )
      return { UserConfirmationNecessary: !always }
    },

    async UpdateDeviceStatus(input) {
      const { key } = await owned(input)
      remember(pool, key, statusIn(input))
      return {}
    },

    async GetDevice(input) {
      return { Device: described(await owned(input)) }
    },

    async ForgetDevice(input) {
      // Only a call with an access token is served; the device is named or, as the service allows, is the token's own.
      const { key } = await owned(input)
      store.run('DELETE FROM devices WHERE key = ?', key)
      return {}
    },

    async ListDevices(input) {
      return listed(pool, await signedIn(pool, text(input, 'AccessToken')), input)
    },
  }
}

/** The administrator's side of the same. */
export const adminDeviceOperations = (
  pool: Pool,
  known: (input: Input) => User,
): Record<string, (input: Input) => object> => ({
  AdminGetDevice: (input) => ({ Device: described(device(pool, known(input), text(input, 'DeviceKey'))) }),
  AdminListDevices: (input) => listed(pool, known(input), input),
  AdminForgetDevice(input) {
    const { key } = device(pool, known(input), text(input, 'DeviceKey'))
    pool.world.store.run('DELETE FROM devices WHERE key = ?', key)
    return {}
  },
  AdminUpdateDeviceStatus(input) {
    const { key } = device(pool, known(input), text(input, 'DeviceKey'))
    remember(pool, key, statusIn(input))
    return {}
  },
})

/** A key for a device that has none; to be confirmed with the access token that comes along. */
export function newDevice({ world: { store, clock, region } }: Pool, { sub }: User) {
  const now = clock.now()
  // Those that were never confirmed have nothing to come back with.
  store.run('DELETE FROM devices WHERE verifier IS NULL AND created_at < ?', now - 86_400_000)
  const [DeviceKey, DeviceGroupKey] = [
    `${region}_${randomUUID()}`,
    `-${randomBytes(6).toString('base64url').slice(0, 8)}`,
  ]
  store.run(
    'INSERT INTO devices VALUES (?, ?, ?, NULL, NULL, NULL, 0, ?, ?, ?)',
    DeviceKey,
    sub,
    DeviceGroupKey,
    now,
    now,
    now,
  )
  return { DeviceKey, DeviceGroupKey }
}

/** @throws {ServiceError} for a device that this user does not have; clients then sign in without one. */
export function checkDevice(pool: Pool, user: User, key: string | undefined): void {
  if (key && authPlan(pool).deviceTracking) device(pool, user, key)
}

/** Asks the device to prove itself, if it is one that can. */
export function askForDevice(pool: Pool, signIn: SignIn, user: User) {
  const { deviceKey, deviceDone } = signIn
  if (!deviceKey || deviceDone || !authPlan(pool).deviceTracking) return undefined
  const { verifier, remembered } = device(pool, user, deviceKey)
  if (!verifier || !remembered) return undefined
  return challenge(pool, signIn, 'DEVICE_SRP_AUTH', {}, { USERNAME: user.username, DEVICE_KEY: deviceKey })
}

/** DEVICE_SRP_AUTH: the first half. */
export function startDeviceSrp(pool: Pool, session: string, given: Record<string, string>): Outcome {
  const question = asked(pool, 'DEVICE_SRP_AUTH', session, given)
  const { signIn } = question
  const { user, known } = claimed(pool, signIn, given)
  const srp = startSrp(known.verifier!, parameter(given, 'SRP_A'))
  close(pool, question)
  const companion = randomBytes(384).toString('base64')
  return {
    at: 'answered',
    reply: {
      ChallengeName: 'DEVICE_PASSWORD_VERIFIER',
      Session: companion,
      ChallengeParameters: {
        SALT: known.salt!,
        SECRET_BLOCK: ask(pool, signIn, 'DEVICE_PASSWORD_VERIFIER', { ...srp, companion }, { bytes: 1024 }),
        SRP_B: srp.publicB,
        USERNAME: user.username,
        DEVICE_KEY: known.key,
      },
    },
  }
}

/** DEVICE_PASSWORD_VERIFIER: the second. */
export function finishDeviceSrp(pool: Pool, given: Record<string, string>): Outcome {
  const question = asked(
    pool,
    'DEVICE_PASSWORD_VERIFIER',
    parameter(given, 'PASSWORD_CLAIM_SECRET_BLOCK'),
    given,
  )
  const { signIn } = question
  const { user, known } = claimed(pool, signIn, given)
  const right = proves(question, given, {
    verifier: known.verifier!,
    poolName: known.group_key,
    username: known.key,
  })
  close(pool, question)
  if (!right) throw notAuthorized()
  return {
    at: 'proven',
    user,
    signIn: { ...signIn, deviceDone: true, secondDone: true, source: 'AuthenticateDevice' },
  }
}

export function countUse({ world: { store, clock } }: Pool, key: string): void {
  store.run('UPDATE devices SET used_at = ? WHERE key = ?', clock.now(), key)
}

function claimed(pool: Pool, signIn: SignIn, given: Record<string, string>) {
  const user = findUser(pool, signIn.username)
  if (!user || parameter(given, 'DEVICE_KEY') !== signIn.deviceKey) throw notAuthorized()
  const known = device(pool, user, signIn.deviceKey)
  if (!known.verifier || !known.salt) throw notAuthorized()
  return { user, known }
}

function device({ world: { store } }: Pool, { sub }: User, key: string): Device {
  const row = store.get<Device>('SELECT * FROM devices WHERE key = ? AND sub = ?', key, sub)
  if (!row) throw new ServiceError('ResourceNotFoundException', 'Device does not exist.')
  return row
}

function remember({ world: { store, clock } }: Pool, key: string, remembered: boolean): void {
  store.run(
    'UPDATE devices SET remembered = ?, modified_at = ? WHERE key = ?',
    remembered ? 1 : 0,
    clock.now(),
    key,
  )
}

function statusIn(input: Input): boolean {
  const status = text(input, 'DeviceRememberedStatus')
  if (status !== 'remembered' && status !== 'not_remembered') {
    throw invalidParameter('DeviceRememberedStatus must be remembered or not_remembered.')
  }
  return status === 'remembered'
}

function listed({ world: { store } }: Pool, { sub }: User, input: Input) {
  const most = input.Limit ?? 60
  if (typeof most !== 'number' || !Number.isInteger(most) || !(most >= 0 && most <= 60))
    throw invalidParameter('Limit must be between 0 and 60.')
  const after = optionalText(input, 'PaginationToken')
  // Only confirmed devices are anybody's.
  const all = store.all<Device>(
    'SELECT * FROM devices WHERE sub = ? AND verifier IS NOT NULL ORDER BY created_at, key',
    sub,
  )
  const start = after === undefined ? 0 : all.findIndex(({ key }) => key === after) + 1
  if (after !== undefined && start === 0) throw invalidParameter('Invalid pagination token provided.')
  const page = all.slice(start, start + (most || 60))
  return {
    Devices: page.map(described),
    ...(start + page.length < all.length ? { PaginationToken: page.at(-1)!.key } : {}),
  }
}

function described({ key, name, remembered, created_at, modified_at, used_at }: Device) {
  return {
    DeviceKey: key,
    DeviceAttributes: [
      { Name: 'device_status', Value: 'valid' },
      { Name: 'device_name', Value: name ?? '' },
      { Name: 'dev:device_remembered_status', Value: remembered ? 'remembered' : 'not_remembered' },
    ],
    DeviceCreateDate: created_at / 1000,
    DeviceLastModifiedDate: modified_at / 1000,
    DeviceLastAuthenticatedDate: used_at / 1000,
  }
}

/** Base64 on the wire; numbers here are hexadecimal. */
function hex(input: Input, name: string): string {
  const value = Buffer.from(text(input, name), 'base64').toString('hex')
  if (!value || value.length > 1024) throw invalidParameter(`Invalid ${name} in DeviceSecretVerifierConfig.`)
  return value
}
