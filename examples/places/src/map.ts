import { getDefaultMap, searchByCoordinates, transformRequest } from 'backline/geo'
import { Marker, NavigationControl, setWorkerUrl, Map as WorldMap } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
import 'maplibre-gl/dist/maplibre-gl.css'
import { element, reason } from './elements.ts'
import { signal } from './signals.ts'

export interface TripMap {
  /** Flies there and puts the pin down. */
  show(position: [number, number], label: string): void
}

export function openMap(container: string): TripMap {
  setWorkerUrl(workerUrl)
  const map = new WorldMap({
    container,
    style: getDefaultMap().mapName,
    // Signs the style, tiles, glyphs and sprites with the credentials of whoever is here: a guest.
    transformRequest,
    center: [12, 48],
    zoom: 3.4,
  })
  map.addControl(new NavigationControl())
  const pin = new Marker({ color: '#1f6f54' })

  const show = (position: [number, number], label: string) => {
    element('place').textContent = label
    pin.setLngLat(position).addTo(map)
    map.flyTo({ center: position, zoom: 7 })
    signal('town_shown', { town: label })
  }
  map.on('click', async ({ lngLat }) => {
    try {
      const { label = '', geometry } = await searchByCoordinates([lngLat.lng, lngLat.lat])
      if (geometry) show(geometry.point, label)
    } catch (error) {
      element('place').textContent = reason(error)
    }
  })
  map.on('error', () => {
    // Its message holds a signed address, which is nothing to show.
    element('place').textContent = 'A part of the map could not be loaded.'
  })
  map.on('idle', () => {
    element(container).dataset.drawn = 'true'
  })
  return { show }
}
