import { type SearchForSuggestionsResult, searchByPlaceId, searchForSuggestions } from 'backline/geo'
import { element, reason } from './elements.ts'
import type { TripMap } from './map.ts'

export function openSearch(map: TripMap): void {
  const field = element<HTMLInputElement>('search')
  const list = element('found')

  const choose = async ({ text, placeId }: SearchForSuggestionsResult) => {
    field.value = text
    list.replaceChildren()
    const place = placeId ? await searchByPlaceId(placeId) : undefined
    if (place?.geometry) map.show(place.geometry.point, place.label ?? text)
  }

  field.addEventListener('input', async () => {
    const text = field.value.trim()
    try {
      const suggestions = text ? await searchForSuggestions(text, { maxResults: 5 }) : []
      // Somebody has typed on meanwhile: a later answer is on its way.
      if (text !== field.value.trim()) return
      list.replaceChildren(
        ...suggestions.map((suggestion) => {
          const item = document.createElement('li')
          const button = item.appendChild(document.createElement('button'))
          button.type = 'button'
          button.textContent = suggestion.text
          button.addEventListener('click', () => void choose(suggestion))
          return item
        }),
      )
    } catch (error) {
      element('place').textContent = reason(error)
    }
  })
}
