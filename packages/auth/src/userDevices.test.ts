import { createMemoryStore } from '@backline/core/internal'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fetchDevices, forgetDevice, rememberDevice, signIn } from './index.js'
import { type ScriptedPool, scriptedPool, tokensOf } from './scriptedPool.fixture.js'

let pool: ScriptedPool
beforeEach(async () => {
  pool = await scriptedPool({
    InitiateAuth: () => ({
      AuthenticationResult: {
        ...tokensOf('sub-bob'),
        NewDeviceMetadata: { DeviceKey: 'key-1', DeviceGroupKey: 'group' },
      },
    }),
    ConfirmDevice: () => ({}),
    UpdateDeviceStatus: () => ({}),
    ForgetDevice: () => ({}),
  })
})
afterEach(() => pool.close())

async function arrived() {
  const store = createMemoryStore()
  const ctx = pool.context({ store })
  await signIn({ username: 'bob', password: 'x', options: { authFlowType: 'USER_PASSWORD_AUTH' } }, ctx)
  const stored = () => store.getItem('CognitoIdentityServiceProvider.client.bob.deviceKey')
  return { ctx, stored }
}
const said = () => JSON.parse(pool.heard.at(-1)!.body)

test('this device is remembered', async () => {
  const { ctx } = await arrived()
  await rememberDevice(ctx)
  expect(said()).toMatchObject({ DeviceKey: 'key-1', DeviceRememberedStatus: 'remembered' })
})

test('this device is forgotten, there and here; another one only there', async () => {
  const { ctx, stored } = await arrived()
  await forgetDevice({ device: { id: 'key-2' } }, ctx)
  expect(said().DeviceKey).toBe('key-2')
  expect(await stored()).toBe('key-1')

  await forgetDevice(undefined, ctx)
  expect(said().DeviceKey).toBe('key-1')
  expect(await stored()).toBeNull()
  await expect(forgetDevice({}, ctx)).rejects.toMatchObject({ name: 'DeviceMetadataNotFoundException' })
  await expect(rememberDevice(ctx)).rejects.toMatchObject({ name: 'DeviceMetadataNotFoundException' })
})

test('all devices are listed, however many pages', async () => {
  pool.script.ListDevices = ({ PaginationToken }) => ({
    PaginationToken: PaginationToken ? undefined : 'more',
    Devices: [
      {
        DeviceKey: PaginationToken ? 'key-2' : 'key-1',
        DeviceAttributes: [
          { Name: 'device_name', Value: 'Firefox' },
          { Name: 'last_ip_used', Value: '127.0.0.1' },
        ],
        DeviceCreateDate: 1_700_000_000.5,
      },
    ],
  })
  const { ctx } = await arrived()
  const devices = await fetchDevices(ctx)
  expect(devices.map(({ id }) => id)).toEqual(['key-1', 'key-2'])
  expect(devices[0]).toEqual({
    id: 'key-1',
    name: 'Firefox',
    attributes: { device_name: 'Firefox', last_ip_used: '127.0.0.1' },
    createDate: new Date(1_700_000_000_500),
    lastModifiedDate: undefined,
    lastAuthenticatedDate: undefined,
  })
})

test('nobody has no devices', async () => {
  await expect(fetchDevices(pool.context())).rejects.toMatchObject({ name: 'UserUnAuthenticatedException' })
})
