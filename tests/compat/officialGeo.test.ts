import dns from 'node:dns'
import { Amplify, type ResourcesConfig } from '@aws-amplify/core'
import { Geo } from '@aws-amplify/geo'
import { Interactions } from '@aws-amplify/interactions'
import { Interactions as InteractionsV1 } from '@aws-amplify/interactions/lex-v1'
import { type Sandbox, startSandbox } from '@backline/sandbox'
import { parseAmplifyConfig } from 'aws-amplify/utils'
import { Amplify as OurAmplify } from 'backline'
import { fetchAuthSession } from 'backline/auth'
import { defineAuth, defineBackend, defineLocal } from 'backline/backend'
import { Geo as OurGeo } from 'backline/geo'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

// The official @aws-amplify/geo and @aws-amplify/interactions, unmodified, on the sandbox: with the outputs that it wrote, and the SDK
// clients within them pointed here by the environment. Their answers are those of ours.

let sandbox: Sandbox
const { lookup } = dns

beforeAll(async () => {
  sandbox = await startSandbox({
    backend: defineBackend({
      auth: defineAuth({ loginWith: { email: true } }),
      local: defineLocal({
        geo: {
          maps: [{ name: 'world' }],
          placeIndexes: [{ name: 'towns' }],
          geofenceCollections: [{ name: 'fences' }],
        },
        lex: {
          bots: [
            {
              name: 'Florist',
              intents: [
                {
                  name: 'Order',
                  sampleUtterances: ['order flowers'],
                  slots: [{ name: 'Count', type: 'AMAZON.Number', prompt: 'How many?' }],
                  closing: '{Count} flowers.',
                  fulfillment: () => ({}),
                },
              ],
            },
          ],
        },
      }),
    }),
  })
  const { port } = new URL(sandbox.url)
  for (const service of ['LOCATION', 'LEX_RUNTIME_V2', 'LEX_RUNTIME_SERVICE'])
    vi.stubEnv(`AWS_ENDPOINT_URL_${service}`, `http://localhost:${port}`)
  // The Location client puts `places.` and its like before any host; Node does not know that they are this machine.
  dns.lookup = ((host: string, ...rest: [never, never]) =>
    lookup(host.endsWith('.localhost') ? 'localhost' : host, ...rest)) as typeof lookup
  OurAmplify.configure(sandbox.outputs)
  // Not by aws-amplify: from 6.22 on its `configure` fills a context that these two packages, which ask the core, do not know of.
  const { custom } = sandbox.outputs as { custom: { interactions: ResourcesConfig['Interactions'] } }
  Amplify.configure(
    { ...parseAmplifyConfig(sandbox.outputs as never), Interactions: custom.interactions },
    {
      Auth: {
        credentialsProvider: {
          getCredentialsAndIdentityId: async () => {
            const { credentials, identityId } = await fetchAuthSession()
            return { credentials: credentials!, identityId }
          },
          clearCredentialsAndIdentityId() {},
        },
      },
    },
  )
})
afterAll(async () => {
  dns.lookup = lookup
  vi.unstubAllEnvs()
  await sandbox.stop()
})

test('both find the same places', async () => {
  for (const geo of [Geo, OurGeo]) {
    const [place] = await geo.searchByText('san fran', { maxResults: 3, countries: ['USA'] })
    expect(place).toEqual({
      label: 'San Francisco, CA, USA',
      geometry: { point: [-122.41942, 37.77493] },
      municipality: 'San Francisco',
      region: 'California',
      country: 'USA',
      interpolated: false,
      categories: ['MunicipalityType'],
    })
    const [suggestion] = await geo.searchForSuggestions('oslo', { maxResults: 1 })
    expect(suggestion).toEqual({ text: 'Oslo, NOR', placeId: expect.any(String) })
    expect(await geo.searchByPlaceId(suggestion!.placeId!)).toMatchObject({ municipality: 'Oslo' })
    expect(await geo.searchByCoordinates([10.75, 59.91])).toMatchObject({ municipality: 'Oslo' })
    expect(geo.getAvailableMaps()).toEqual([
      { mapName: 'world', style: 'VectorEsriStreets', region: 'us-east-1' },
    ])
  }
})

test('what one saves the other lists and deletes', async () => {
  const polygon: [number, number][][] = [
    [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 0],
    ],
  ]
  const fences = Array.from({ length: 12 }, (_, at) => ({ geofenceId: `fence-${at}`, geometry: { polygon } }))
  const { successes, errors } = await Geo.saveGeofences(fences)
  expect({ saved: successes.length, errors }).toEqual({ saved: 12, errors: [] })
  const { entries } = await OurGeo.listGeofences()
  expect(entries).toEqual((await Geo.listGeofences()).entries)
  expect(await OurGeo.getGeofence('fence-3')).toEqual(await Geo.getGeofence('fence-3'))
  const ids = entries.map(({ geofenceId }) => geofenceId)
  expect((await OurGeo.deleteGeofences(ids)).successes).toHaveLength(12)
  expect((await Geo.listGeofences()).entries).toEqual([])
})

test('the official client talks to the bots of both generations', async () => {
  for (const interactions of [Interactions, InteractionsV1]) {
    const completed = vi.fn()
    interactions.onComplete({ botName: 'Florist', callback: completed })
    const first = await interactions.send({ botName: 'Florist', message: 'order flowers' })
    expect(first.message ?? first.messages[0].content).toBe('How many?')
    const last = await interactions.send({ botName: 'Florist', message: 'seven' })
    expect(last.message ?? last.messages[0].content).toBe('7 flowers.')
    expect(completed).toHaveBeenCalledExactlyOnceWith(undefined, last)
  }
})
