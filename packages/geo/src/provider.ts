import { type Context, currentContext } from '@backline/core/internal'
import {
  type AmazonLocationServiceDeleteGeofencesResults,
  type AmazonLocationServiceGeofence,
  type AmazonLocationServiceGeofenceOptions,
  type AmazonLocationServiceListGeofenceOptions,
  type DeleteGeofencesResults,
  deleteGeofences,
  type Geofence,
  type GeofenceId,
  type GeofenceInput,
  type GeofenceOptions,
  getGeofence,
  type ListGeofenceOptions,
  type ListGeofenceResults,
  listGeofences,
  type SaveGeofencesResults,
  saveGeofences,
} from './geofences.js'
import { type AmazonLocationServiceMapStyle, getAvailableMaps, getDefaultMap, type MapStyle } from './maps.js'
import {
  type Place,
  type SearchByCoordinatesOptions,
  type SearchByTextOptions,
  type SearchForSuggestionsResults,
  searchByCoordinates,
  searchByPlaceId,
  type searchByPlaceIdOptions,
  searchByText,
  searchForSuggestions,
} from './search.js'
import type { Coordinates } from './shapes.js'

/** What answers the calls of {@link Geo} under a `providerName`. */
export interface GeoProvider {
  getCategory(): string
  getProviderName(): string
  getAvailableMaps(): MapStyle[]
  getDefaultMap(): MapStyle
  searchByText(text: string, options?: SearchByTextOptions): Promise<Place[]>
  searchByCoordinates(coordinates: Coordinates, options?: SearchByCoordinatesOptions): Promise<Place>
  searchForSuggestions(text: string, options?: SearchByTextOptions): Promise<SearchForSuggestionsResults>
  searchByPlaceId(placeId: string, options?: searchByPlaceIdOptions): Promise<Place | undefined>
  saveGeofences(geofences: GeofenceInput[], options?: GeofenceOptions): Promise<SaveGeofencesResults>
  getGeofence(geofenceId: GeofenceId, options?: ListGeofenceOptions): Promise<Geofence>
  listGeofences(options?: ListGeofenceOptions): Promise<ListGeofenceResults>
  deleteGeofences(geofenceIds: string[], options?: GeofenceOptions): Promise<DeleteGeofencesResults>
}

/** Amazon Location as a provider, by the configuration of a context: the app's, unless it is given another. */
export class AmazonLocationServiceProvider implements GeoProvider {
  static CATEGORY = 'Geo'
  static PROVIDER_NAME = 'AmazonLocationService'
  private readonly ctx: () => Context

  /** @param _config not read: what `Amplify.configure` was given counts, as in v6. */
  constructor(_config?: unknown, ctx?: Context) {
    this.ctx = () => ctx ?? currentContext()
  }
  getCategory(): string {
    return AmazonLocationServiceProvider.CATEGORY
  }
  getProviderName(): string {
    return AmazonLocationServiceProvider.PROVIDER_NAME
  }
  getAvailableMaps(): AmazonLocationServiceMapStyle[] {
    return getAvailableMaps(this.ctx())
  }
  getDefaultMap(): AmazonLocationServiceMapStyle {
    return getDefaultMap(this.ctx())
  }
  searchByText(text: string, options?: SearchByTextOptions): Promise<Place[]> {
    return searchByText(text, options, this.ctx())
  }
  searchForSuggestions(text: string, options?: SearchByTextOptions): Promise<SearchForSuggestionsResults> {
    return searchForSuggestions(text, options, this.ctx())
  }
  searchByPlaceId(placeId: string, options?: searchByPlaceIdOptions): Promise<Place | undefined> {
    return searchByPlaceId(placeId, options, this.ctx())
  }
  searchByCoordinates(coordinates: Coordinates, options?: SearchByCoordinatesOptions): Promise<Place> {
    return searchByCoordinates(coordinates, options, this.ctx())
  }
  saveGeofences(
    geofences: GeofenceInput[],
    options?: AmazonLocationServiceGeofenceOptions,
  ): Promise<SaveGeofencesResults> {
    return saveGeofences(geofences, options, this.ctx())
  }
  getGeofence(
    geofenceId: GeofenceId,
    options?: AmazonLocationServiceGeofenceOptions,
  ): Promise<AmazonLocationServiceGeofence> {
    return getGeofence(geofenceId, options, this.ctx())
  }
  listGeofences(options?: AmazonLocationServiceListGeofenceOptions): Promise<ListGeofenceResults> {
    return listGeofences(options, this.ctx())
  }
  deleteGeofences(
    geofenceIds: string[],
    options?: AmazonLocationServiceGeofenceOptions,
  ): Promise<AmazonLocationServiceDeleteGeofencesResults> {
    return deleteGeofences(geofenceIds, options, this.ctx())
  }
}
