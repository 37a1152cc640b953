import {
  type Context,
  clearStoredDevice,
  currentContext,
  type Session,
  session,
  storedDevice,
} from '@backline/core/internal'
import { cognito } from './cognito.js'
import { nobody } from './currentUser.js'
import { AuthError } from './errors.js'

// The devices of the signed-in user, this one and others. How a device proves itself during a sign-in is in devices.ts.

export interface AuthDevice {
  id: string
  name?: string
  attributes: Partial<Record<'device_status' | 'device_name' | 'last_ip_used', string>> &
    Record<string, string>
  createDate?: Date
  lastAuthenticatedDate?: Date
  lastModifiedDate?: Date
}

/** @throws {AuthError} where this device is none that the pool tracks. */
async function thisDevice(ctx: Context, { username }: Session): Promise<string> {
  const device = await storedDevice(ctx, username)
  if (device?.deviceKey) return device.deviceKey
  throw new AuthError('DeviceMetadataNotFoundException', 'The user pool does not know this device.', {
    recoverySuggestion: 'See that the pool tracks devices. A device is known after its next sign-in.',
  })
}

/**
 * Remembers this device, so that the pool asks for no second factor on it, where it is set up so.
 *
 * @example
 * await rememberDevice()
 *
 * @throws {AuthError} `UserUnAuthenticatedException`, `DeviceMetadataNotFoundException` when the pool does not track this device
 */
export async function rememberDevice(ctx: Context = currentContext()): Promise<void> {
  const current = (await session(ctx)) ?? nobody(ctx)
  await cognito(ctx, 'UpdateDeviceStatus', {
    AccessToken: `${current.accessToken}`,
    DeviceKey: await thisDevice(ctx, current),
    DeviceRememberedStatus: 'remembered',
  })
}

export interface ForgetDeviceInput {
  /** One of {@link fetchDevices}; this device when left out. */
  device?: Pick<AuthDevice, 'id'>
}

/**
 * Makes the pool forget a device of the signed-in user: this one unless another is named.
 *
 * @example
 * const [lost] = await fetchDevices()
 * await forgetDevice({ device: lost })
 *
 * @throws {AuthError} `UserUnAuthenticatedException`, `DeviceMetadataNotFoundException`, `ResourceNotFoundException`
 */
export async function forgetDevice(
  { device }: ForgetDeviceInput = {},
  ctx: Context = currentContext(),
): Promise<void> {
  const current = (await session(ctx)) ?? nobody(ctx)
  const DeviceKey = device?.id || (await thisDevice(ctx, current))
  await cognito(ctx, 'ForgetDevice', { AccessToken: `${current.accessToken}`, DeviceKey })
  const own = await storedDevice(ctx, current.username)
  if (DeviceKey === own?.deviceKey) await clearStoredDevice(ctx, current.username)
}

export type FetchDevicesOutput = AuthDevice[]

/**
 * The devices that the signed-in user came with and the pool tracks, all of them.
 *
 * @example
 * for (const { name, lastAuthenticatedDate } of await fetchDevices()) list(name, lastAuthenticatedDate)
 *
 * @throws {AuthError} `UserUnAuthenticatedException`, `InvalidUserPoolConfigurationException`
 */
export async function fetchDevices(ctx: Context = currentContext()): Promise<FetchDevicesOutput> {
  const { accessToken } = (await session(ctx)) ?? nobody(ctx)
  const devices: FetchDevicesOutput = []
  let PaginationToken: string | undefined
  do {
    const page = await cognito(
      ctx,
      'ListDevices',
      { AccessToken: `${accessToken}`, Limit: 60, PaginationToken },
      { idempotent: true },
    )
    PaginationToken = page.PaginationToken
    for (const device of page.Devices ?? []) {
      const attributes: AuthDevice['attributes'] = {}
      for (const { Name, Value } of device.DeviceAttributes ?? []) if (Name && Value) attributes[Name] = Value
      devices.push({
        id: device.DeviceKey ?? '',
        name: attributes.device_name,
        attributes,
        createDate: date(device.DeviceCreateDate),
        lastModifiedDate: date(device.DeviceLastModifiedDate),
        lastAuthenticatedDate: date(device.DeviceLastAuthenticatedDate),
      })
    }
  } while (PaginationToken)
  return devices
}

/** On the wire a date is a number of seconds, whatever the type says. */
function date(seconds: unknown): Date | undefined {
  return seconds ? new Date((seconds as number) * 1000) : undefined
}
