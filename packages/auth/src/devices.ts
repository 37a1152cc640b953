import { type Context, type DeviceMetadata, storedDevice, toBase64, userPool } from '@backline/core/internal'
import { type AuthResponse, cognito, passwordClaim } from './cognito.js'
import { ephemeral, verifier } from './srp.js'

// Pools that remember devices: a device proves itself after its user, with a password that only it knows.

export type Device = Required<DeviceMetadata>

/** The device this user came with last time, where its secret is still whole; without the secret it is no use. */
export async function knownDevice(ctx: Context, username: string): Promise<Device | undefined> {
  const device = await storedDevice(ctx, username)
  return device?.deviceKey && device.deviceGroupKey && device.randomPassword ? (device as Device) : undefined
}

/** Answers `DEVICE_SRP_AUTH` and the verifier challenge that follows it. */
export async function proveDevice(
  ctx: Context,
  device: Device,
  username: string,
  Session: string | undefined,
  ClientMetadata?: Record<string, string>,
): Promise<AuthResponse> {
  const { clientId: ClientId } = userPool(ctx)
  const secret = await ephemeral(ctx.platform)
  const challenge = await cognito(ctx, 'RespondToAuthChallenge', {
    ChallengeName: 'DEVICE_SRP_AUTH',
    ClientId,
    ClientMetadata,
    Session,
    ChallengeResponses: { USERNAME: username, SRP_A: secret.A, DEVICE_KEY: device.deviceKey },
  })
  const asked = challenge.ChallengeParameters
  const { deviceGroupKey: pool, deviceKey: user, randomPassword: password } = device
  return cognito(ctx, 'RespondToAuthChallenge', {
    ChallengeName: 'DEVICE_PASSWORD_VERIFIER',
    ClientId,
    ClientMetadata,
    Session: challenge.Session,
    ChallengeResponses: {
      ...(await passwordClaim(ctx, secret, { pool, user, password }, asked)),
      USERNAME: asked?.USERNAME ?? username,
      DEVICE_KEY: user,
    },
  })
}

/** Gives a new device its secret. A device that cannot be confirmed is forgotten, but its user is signed in all the same. */
export async function confirmDevice(
  ctx: Context,
  AccessToken: string,
  { DeviceKey = '', DeviceGroupKey = '' }: { DeviceKey?: string; DeviceGroupKey?: string },
): Promise<Device | undefined> {
  const randomPassword = toBase64(ctx.platform.randomBytes(40))
  const made = await verifier(ctx.platform, {
    pool: DeviceGroupKey,
    user: DeviceKey,
    password: randomPassword,
  })
  try {
    await cognito(ctx, 'ConfirmDevice', {
      AccessToken,
      DeviceKey,
      DeviceSecretVerifierConfig: { Salt: toBase64(made.salt), PasswordVerifier: toBase64(made.verifier) },
    })
    return { deviceKey: DeviceKey, deviceGroupKey: DeviceGroupKey, randomPassword }
  } catch {
    return undefined
  }
}
