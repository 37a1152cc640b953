import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  deleteGeofences,
  type GeofenceInput,
  getGeofence,
  listGeofences,
  saveGeofences,
} from './geofences.js'
import { startLocation } from './location.fixture.js'

let location: Awaited<ReturnType<typeof startLocation>>
beforeAll(async () => {
  location = await startLocation()
})
afterAll(() => location.sandbox.stop())
beforeEach(() => location.sandbox.reset())

/** A square whose south-west is at the given place. */
const fence = (geofenceId: string, west = 0, south = 0): GeofenceInput => ({
  geofenceId,
  geometry: {
    polygon: [
      [
        [west, south],
        [west + 1, south],
        [west + 1, south + 1],
        [west, south + 1],
        [west, south],
      ],
    ],
  },
})

const many = (count: number) =>
  Array.from({ length: count }, (_, at) => fence(`fence-${String(at).padStart(3, '0')}`, at / 10))

test('a geofence is saved, read, replaced and deleted', async () => {
  const { ctx } = location.open()
  const { successes, errors } = await saveGeofences(fence('park'), {}, ctx)
  expect(errors).toEqual([])
  expect(successes).toEqual([
    { geofenceId: 'park', createTime: expect.any(Date), updateTime: expect.any(Date) },
  ])
  const saved = await getGeofence('park', {}, ctx)
  expect(saved).toEqual({ ...fence('park'), status: 'ACTIVE', ...times(successes[0]!) })

  location.sandbox.clock.advance(60_000)
  const [again] = (await saveGeofences(fence('park', 5), {}, ctx)).successes
  expect(again!.createTime).toEqual(successes[0]!.createTime)
  expect(again!.updateTime!.getTime() - successes[0]!.updateTime!.getTime()).toBeGreaterThanOrEqual(60_000)
  expect((await getGeofence('park', {}, ctx)).geometry).toEqual(fence('park', 5).geometry)

  expect(await deleteGeofences('park', {}, ctx)).toEqual({ successes: ['park'], errors: [] })
  await expect(getGeofence('park', {}, ctx)).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
})

const times = ({ createTime, updateTime }: { createTime?: Date; updateTime?: Date }) => ({
  createTime,
  updateTime,
})

test('many go ten to a call, and are listed a hundred to a page', async () => {
  const { ctx, sent } = location.open()
  const { successes, errors } = await saveGeofences(many(123), {}, ctx)
  expect(errors).toEqual([])
  expect(successes.map(({ geofenceId }) => geofenceId).sort()).toEqual(
    many(123).map(({ geofenceId }) => geofenceId),
  )
  expect(sent.map(({ body }) => (body.Entries as unknown[]).length).sort((a, b) => b - a)).toEqual([
    ...Array(12).fill(10),
    3,
  ])

  const first = await listGeofences({}, ctx)
  expect(first.entries).toHaveLength(100)
  const second = await listGeofences({ nextToken: first.nextToken }, ctx)
  expect(second.nextToken).toBeUndefined()
  expect([...first.entries, ...second.entries].map(({ geofenceId }) => geofenceId)).toEqual(
    many(123).map(({ geofenceId }) => geofenceId),
  )
  const gone = await deleteGeofences(
    many(123).map(({ geofenceId }) => geofenceId),
    {},
    ctx,
  )
  expect(gone.successes).toHaveLength(123)
  expect((await listGeofences({}, ctx)).entries).toEqual([])
})

test('collections are kept apart', async () => {
  const { ctx } = location.open()
  await saveGeofences(fence('park'), { collectionName: 'others' }, ctx)
  expect((await listGeofences({}, ctx)).entries).toEqual([])
  expect((await listGeofences({ collectionName: 'others' }, ctx)).entries).toHaveLength(1)
  await expect(listGeofences({ collectionName: 'nowhere' }, ctx)).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: expect.stringContaining('nowhere'),
  })
})

test('bad geofences of a list are told by their vertex, and the rest goes through', async () => {
  const { ctx } = location.open()
  const ring = fence('x').geometry.polygon[0]!
  const shaped = (geofenceId: string, polygon: unknown) =>
    ({ geofenceId, geometry: { polygon } }) as GeofenceInput
  const { successes, errors } = await saveGeofences(
    [
      ...many(12),
      shaped('open', [ring.slice(0, 4)]),
      shaped('clockwise', [[...ring].reverse()]),
      shaped('crossing', [
        [
          [0, 0],
          [2, 2],
          [2, 0],
          [0, 2],
          [0, 0],
        ],
      ]),
      shaped('outside', [
        [
          [0, 0],
          [181, 0],
          [2, 2],
          [0, 0],
        ],
      ]),
      shaped('flat', ring),
      { geofenceId: 'no geometry' } as never,
      fence('fence-000'),
    ],
    {},
    ctx,
  )
  expect(successes).toHaveLength(12)
  expect(errors).toEqual(
    [
      ['open', "Geofence 'open': the ring is open: vertex 3, [0,1], must be the same as vertex 0, [0,0]."],
      ['clockwise', expect.stringContaining('clockwise')],
      ['crossing', expect.stringContaining('the edge from vertex 0 meets the edge from vertex 2')],
      ['outside', expect.stringContaining('vertex 1, [181,0]: the longitude 181')],
      ['flat', expect.stringContaining('one more pair of brackets')],
      ['no geometry', expect.stringContaining('geofenceId must be letters')],
      ['fence-000', expect.stringContaining('in the list twice')],
    ].map(([geofenceId, message]) => ({ geofenceId, error: { code: 'InvalidGeofence', message } })),
  )
})

test('one bad geofence alone is thrown, as v6 does', async () => {
  const { ctx, sent } = location.open()
  const open = fence('park')
  open.geometry.polygon[0]!.pop()
  await expect(saveGeofences(open, {}, ctx)).rejects.toMatchObject({
    name: 'InvalidGeofence',
    message: expect.stringContaining("Geofence 'park': the ring is open"),
  })
  await expect(saveGeofences([], {}, ctx)).rejects.toMatchObject({ message: 'Geofence input array is empty' })
  await expect(deleteGeofences([], {}, ctx)).rejects.toMatchObject({
    message: 'GeofenceId input array is empty',
  })
  await expect(deleteGeofences(['good', 'not good'], {}, ctx)).rejects.toMatchObject({
    name: 'InvalidGeofenceId',
    message: expect.stringContaining('Invalid geofence ids: not good.'),
  })
  await expect(getGeofence('a/b', {}, ctx)).rejects.toMatchObject({ name: 'InvalidGeofenceId' })
  expect(sent).toEqual([])
})

test('a call that fails is told for each of its geofences, and the other calls go through', async () => {
  const { ctx } = location.open()
  // As often as one call is made at most.
  location.sandbox.failNext({ service: 'geo', status: 403 })
  const { successes, errors } = await saveGeofences(many(25), {}, ctx)
  expect(successes.length + errors.length).toBe(25)
  expect(errors.length === 10 || errors.length === 5).toBe(true)
  expect(new Set(errors.map(({ error }) => error.code))).toEqual(new Set(['AccessDeniedException']))
  expect((await listGeofences({}, ctx)).entries).toHaveLength(successes.length)
})

test('geofences that the service refuses for now are told, and the others of their call go through', async () => {
  const { ctx } = location.open()
  location.sandbox.failNext({ service: 'geo', records: 3 })
  const { successes, errors } = await saveGeofences(many(10), {}, ctx)
  expect(errors.map(({ geofenceId, error }) => [geofenceId, error.code])).toEqual(
    ['fence-000', 'fence-001', 'fence-002'].map((id) => [id, 'ThrottlingError']),
  )
  expect(successes).toHaveLength(7)
})

test('deleting tells which ids there are not', async () => {
  const { ctx } = location.open()
  await saveGeofences(many(3), {}, ctx)
  const { successes, errors } = await deleteGeofences(['fence-001', 'ghost', 'fence-002'], {}, ctx)
  expect(successes).toEqual(['fence-001', 'fence-002'])
  expect(errors).toEqual([
    {
      geofenceId: 'ghost',
      error: { code: 'ResourceNotFoundError', message: expect.stringContaining('ghost') },
    },
  ])
})

test('without credentials nothing is tried, and the error says what to do', async () => {
  const { ctx } = location.open()
  ctx.config = {
    ...ctx.config,
    Auth: { Cognito: { ...ctx.config.Auth!.Cognito, allowGuestAccess: false } as never },
  }
  await expect(saveGeofences(many(20), {}, ctx)).rejects.toMatchObject({ name: 'NoCredentials' })
  const none = location.open({ geofenceCollections: undefined })
  await expect(saveGeofences(many(1), {}, none.ctx)).rejects.toMatchObject({
    name: 'NoGeofenceCollection',
    recoverySuggestion: expect.stringContaining('collectionName'),
  })
})
