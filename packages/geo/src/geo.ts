import { currentContext, perContext } from '@backline/core/internal'
import { GeoError } from './errors.js'
import type {
  AmazonLocationServiceGeofenceOptions,
  AmazonLocationServiceListGeofenceOptions,
  DeleteGeofencesResults,
  Geofence,
  GeofenceId,
  GeofenceInput,
  ListGeofenceResults,
  SaveGeofencesResults,
} from './geofences.js'
import { saveGeofences } from './geofences.js'
import type { MapStyle } from './maps.js'
import { AmazonLocationServiceProvider, type GeoProvider } from './provider.js'
import type {
  Place,
  SearchByCoordinatesOptions,
  SearchByTextOptions,
  SearchForSuggestionsResults,
  searchByPlaceIdOptions,
} from './search.js'
import { checkCoordinates } from './search.js'
import type { Coordinates } from './shapes.js'

const providers = /* @__PURE__ */ perContext('geo.providers', (): { list: GeoProvider[] } => ({
  list: [new AmazonLocationServiceProvider()],
}))

/**
 * The calls of geo as one object, as v6 has them, each by the provider that `providerName` names: Amazon Location where it is left
 * out. The functions beside it, such as `searchByText`, are the same for Amazon Location alone and cost an app fewer bytes.
 */
class GeoClass {
  static MODULE = 'Geo'

  getModuleName(): string {
    return GeoClass.MODULE
  }
  /** Takes another provider of places, maps and geofences. Its category must be `Geo`. */
  addPluggable(pluggable: GeoProvider): void {
    if (pluggable?.getCategory() === 'Geo') providers(currentContext()).list.push(pluggable)
  }
  /** @throws {GeoError} `NoProvider` */
  getPluggable(providerName: string): GeoProvider {
    const { list } = providers(currentContext())
    const found = list.find((each) => each.getProviderName() === providerName)
    if (found) return found
    throw new GeoError('NoProvider', `No plugin found in Geo for the provider ${providerName}.`, {
      recoverySuggestion: 'Give it to Geo.addPluggable first.',
    })
  }
  removePluggable(providerName: string): void {
    const state = providers(currentContext())
    state.list = state.list.filter((each) => each.getProviderName() !== providerName)
  }

  getAvailableMaps(provider?: string): MapStyle[] {
    return this.by(provider).getAvailableMaps()
  }
  getDefaultMap(provider?: string): MapStyle {
    return this.by(provider).getDefaultMap()
  }
  async searchByText(text: string, options?: SearchByTextOptions): Promise<Place[]> {
    return this.by(options?.providerName).searchByText(text, options)
  }
  async searchForSuggestions(
    text: string,
    options?: SearchByTextOptions,
  ): Promise<SearchForSuggestionsResults> {
    return this.by(options?.providerName).searchForSuggestions(text, options)
  }
  async searchByPlaceId(placeId: string, options?: searchByPlaceIdOptions): Promise<Place | undefined> {
    return this.by().searchByPlaceId(placeId, options)
  }
  async searchByCoordinates(coordinates: Coordinates, options?: SearchByCoordinatesOptions): Promise<Place> {
    checkCoordinates('The coordinates', coordinates)
    return this.by(options?.providerName).searchByCoordinates(coordinates, options)
  }
  async saveGeofences(
    geofences: GeofenceInput | GeofenceInput[],
    options?: AmazonLocationServiceGeofenceOptions,
  ): Promise<SaveGeofencesResults> {
    const provider = this.by(options?.providerName)
    // A provider takes lists; ours tells one geofence from a list of one.
    if (provider instanceof AmazonLocationServiceProvider) return saveGeofences(geofences, options)
    return provider.saveGeofences([geofences].flat(), options)
  }
  async getGeofence(
    geofenceId: GeofenceId,
    options?: AmazonLocationServiceGeofenceOptions,
  ): Promise<Geofence> {
    return this.by(options?.providerName).getGeofence(geofenceId, options)
  }
  async listGeofences(options?: AmazonLocationServiceListGeofenceOptions): Promise<ListGeofenceResults> {
    return this.by(options?.providerName).listGeofences(options)
  }
  async deleteGeofences(
    geofenceIds: GeofenceId | GeofenceId[],
    options?: AmazonLocationServiceGeofenceOptions,
  ): Promise<DeleteGeofencesResults> {
    return this.by(options?.providerName).deleteGeofences([geofenceIds].flat(), options)
  }

  private by(providerName: string = AmazonLocationServiceProvider.PROVIDER_NAME): GeoProvider {
    return this.getPluggable(providerName)
  }
}

export const Geo: GeoClass = /* @__PURE__ */ new GeoClass()
