import { createAmplifyContext } from '@backline/core'
import { type Context, createMemoryStore, type LibraryOptions } from '@backline/core/internal'
import { startSandbox } from '@backline/sandbox'
import { defineAuth, defineBackend, defineLocal, type GeoProps } from '@backline/schema/backend'

// For tests of this package only: the sandbox's Amazon Location, and contexts of guests that watch what goes to it.

export interface Sent {
  method: string
  /** Path and query. */
  target: string
  body: Record<string, unknown>
  headers: Record<string, string>
}

export async function startLocation(geo: GeoProps = {}) {
  const sandbox = await startSandbox({
    backend: defineBackend({
      auth: defineAuth({ loginWith: { email: true } }),
      local: defineLocal({
        geo: {
          maps: [{ name: 'world' }, { name: 'night', style: 'VectorEsriDarkGrayCanvas' }],
          placeIndexes: [{ name: 'towns' }],
          geofenceCollections: [{ name: 'fences' }, { name: 'others' }],
          ...geo,
        },
      }),
    }),
  })

  /** The app of a guest. `change` is made to the configuration, under `Geo.LocationService`. */
  function open(change: Record<string, unknown> = {}) {
    const sent: Sent[] = []
    const ctx: Context = createAmplifyContext(sandbox.outputs, {
      platform: {
        store: createMemoryStore(),
        async fetch(input, init) {
          const { pathname, search } = new URL(String(input))
          if (pathname !== '/') {
            const { method = 'GET', body, headers } = init ?? {}
            sent.push({
              ...{ method, target: pathname + search },
              body: body ? JSON.parse(String(body)) : {},
              headers: headers as Record<string, string>,
            })
          }
          return fetch(input, init)
        },
      },
    } as LibraryOptions)
    const LocationService = { ...ctx.config.Geo!.LocationService!, ...change }
    ctx.config = { ...ctx.config, Geo: { LocationService } }
    return { ctx, sent }
  }

  return { sandbox, open }
}
