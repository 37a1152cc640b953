import { defineAuth, defineBackend, defineLocal, type GeoProps } from '@backline/schema/backend'
import { type SandboxOptions, startSandbox } from '../sandbox.js'

// For tests of this folder only: a sandbox with a map, an index and a collection, and what every SDK client of it is given.

export async function startLocation(geo: GeoProps = {}, options: Omit<SandboxOptions, 'backend'> = {}) {
  const sandbox = await startSandbox({
    ...options,
    backend: defineBackend({
      auth: defineAuth({ loginWith: { email: true } }),
      local: defineLocal({
        geo: {
          ...{ maps: [{ name: 'world' }, { name: 'night', style: 'VectorEsriDarkGrayCanvas' }] },
          ...{ placeIndexes: [{ name: 'towns' }], geofenceCollections: [{ name: 'fences' }] },
          ...geo,
        },
      }),
    }),
  })
  return {
    sandbox,
    options: {
      ...{ region: 'us-east-1', endpoint: sandbox.url, credentials: sandbox.credentials, maxAttempts: 1 },
      // Every operation of the Location client has a host of its own, in front of whatever the endpoint says.
      disableHostPrefix: true,
    },
  }
}
