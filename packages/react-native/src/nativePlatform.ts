import type {
  FileUpload,
  FileUploaded,
  KeyValueStorageInterface,
  LocalFile,
  Platform,
} from '@backline/core/internal'
import { sha256 } from '@backline/core/sha256'
import { watchApp } from './appState.js'
import { type OpenAuthPage, openAuthPage } from './authPage.js'
import { notInstalled } from './errors.js'
import { openFile } from './files.js'
import {
  type AppStateLike,
  type AsyncStore,
  asyncStorage,
  expoCrypto,
  type Fflate,
  fflate,
  type NetInfoLike,
  netInfo,
  randomValues,
  reactNative,
} from './installed.js'
import { watchNetwork } from './network.js'
import { uploadFile } from './uploads.js'

/** What an app brings itself, instead of what is found by name among its packages. */
export interface NativePlatformOptions {
  /** AsyncStorage where left out. Any store with these four methods, such as one over the keychain. */
  store?: AsyncStore
  /** `@react-native-community/netinfo` where left out; without either, the network is taken to be there. */
  netInfo?: NetInfoLike
  /** React Native's own where left out. */
  appState?: AppStateLike
  /** Opens the hosted pages of `signInWithRedirect` and `signOut`. */
  openAuthPage?: OpenAuthPage
  /** Opens what `uploadData` is given as `{ uri }`. */
  openFile?(uri: string): Promise<LocalFile>
  /** Sends what `uploadData` is given as `{ uri, inBackground: true }`. */
  uploadFile?(uri: string, upload: FileUpload): Promise<FileUploaded>
}

/**
 * What a phone does otherwise than a browser. `backline` uses one by itself in React Native; make your own to keep the session elsewhere.
 *
 * @example
 * Amplify.configure(outputs, { platform: createNativePlatform({ store: encryptedStore }) })
 */
export function createNativePlatform(options: NativePlatformOptions = {}): Omit<Platform, 'fetch' | 'now'> {
  const store = storeOver(() => options.store ?? asyncStorage())
  return {
    store,
    // An app that was killed behind its browser finds there what it left with.
    tabStore: store,
    randomBytes,
    sha256: digest,
    srpNumbers:
      typeof BigInt === 'undefined'
        ? async () => (await import('./srpNumbers.js')).createSrpNumbers()
        : undefined,
    gzip: async (data) => squeezer().gzipSync(data),
    gunzip: async (data) => squeezer().gunzipSync(data),
    get os() {
      const os = reactNative()?.Platform.OS
      return os === 'android' ? 'Android' : os === 'ios' ? 'IOS' : undefined
    },
    ...watchNetwork(() => options.netInfo ?? netInfo()),
    ...watchApp(() => options.appState ?? reactNative()?.AppState),
    page: {
      // An app is no page: it has no address, and is never left for another.
      url: () => '',
      replaceUrl() {},
      onRestored() {},
      open: options.openAuthPage ?? openAuthPage,
    },
    openFile: options.openFile ?? openFile,
    uploadFile: options.uploadFile ?? uploadFile,
  }
}

function storeOver(find: () => AsyncStore | undefined): KeyValueStorageInterface {
  const found = () => {
    const store = find()
    if (store) return store
    throw notInstalled(
      '@react-native-async-storage/async-storage',
      'the session is to outlive the app',
      'pass a store of your own to createNativePlatform',
    )
  }
  return {
    losesKeys: true,
    getItem: async (key) => found().getItem(key),
    setItem: async (key, value) => void (await found().setItem(key, value)),
    removeItem: async (key) => void (await found().removeItem(key)),
    clear: async () => void (await found().clear()),
  }
}

function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  const home = globalThis as { crypto?: Partial<Crypto> }
  if (!home.crypto?.getRandomValues) randomValues()
  if (home.crypto?.getRandomValues) return home.crypto.getRandomValues(bytes)
  const expo = expoCrypto()
  if (expo) return expo.getRandomValues(bytes)
  throw notInstalled(
    'react-native-get-random-values',
    'nothing here makes random numbers that nobody can guess',
  )
}

async function digest(data: Uint8Array): Promise<Uint8Array> {
  const subtle = globalThis.crypto?.subtle
  if (!subtle) return sha256(data)
  return new Uint8Array(await subtle.digest('SHA-256', data as Uint8Array<ArrayBuffer>))
}

function squeezer(): Fflate {
  const found = fflate()
  if (found) return found
  throw notInstalled('fflate', 'bots of Lex V2 are spoken to in gzip')
}
