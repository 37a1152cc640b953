// The one place that reaches for what an app has installed. Metro leaves a package out that is required directly within `try` and is not
// there, and only then: each name stands on its own. https://metrobundler.dev/docs/configuration/#allowoptionaldependencies

declare const require: (name: string) => unknown

/** Of `react-native`, what we use. */
export interface ReactNative {
  AppState: AppStateLike
  Platform: { OS: string }
}

/** Who is in front: React Native's `AppState`. */
export interface AppStateLike {
  currentState?: string | null
  addEventListener(type: 'change', listener: (state: string) => void): { remove(): void }
}

/** `@react-native-community/netinfo`, or what looks like it. */
export interface NetInfoLike {
  addEventListener(listener: (state: { isConnected: boolean | null }) => void): () => void
}

/** `@react-native-async-storage/async-storage`, or another store with the same four methods. */
export interface AsyncStore {
  getItem(key: string): Promise<string | null>
  setItem(key: string, value: string): Promise<unknown>
  removeItem(key: string): Promise<unknown>
  clear(): Promise<unknown>
}

export interface ExpoCrypto {
  getRandomValues(bytes: Uint8Array): Uint8Array
}

/** What came of a page that `expo-web-browser` or `react-native-inappbrowser-reborn` had opened. */
export interface BrowserResult {
  type: string
  url?: string
}

export interface ExpoWebBrowser {
  openAuthSessionAsync(
    url: string,
    redirectUrl: string | undefined,
    options: { preferEphemeralSession: boolean },
  ): Promise<BrowserResult>
}

export interface InAppBrowser {
  openAuth(
    url: string,
    redirectUrl: string | undefined,
    options: { ephemeralWebSession: boolean },
  ): Promise<BrowserResult>
}

export interface AmplifyWebBrowser {
  module: {
    openAuthSessionAsync(
      url: string,
      redirectUrls: string[],
      preferPrivateSession?: boolean,
    ): Promise<string | null | undefined>
  }
}

/** `expo-file-system` of SDK 54 and later. */
export interface ExpoFileSystem {
  /** Of SDK 56 and later. */
  FileMode?: { ReadOnly: string }
  File: new (
    uri: string,
  ) => {
    exists: boolean
    name: string
    type?: string
    modificationTime?: number | null
    open(mode?: string): ExpoFileHandle
    /** Of SDK 56 and later. */
    createUploadTask?(url: string, options: ExpoUploadOptions): ExpoUploadTask
  }
}

export interface ExpoUploadOptions {
  httpMethod: 'PUT'
  headers: Record<string, string>
  sessionType: 'background'
  signal: AbortSignal
  onProgress(progress: { bytesSent: number; totalBytes: number }): void
}

export interface ExpoUploadTask {
  uploadAsync(): Promise<{ status: number; headers: Record<string, string>; body: string }>
  release?(): void
}

export interface ExpoFileHandle {
  size: number | null
  offset: number | null
  readBytes(length: number): Uint8Array | Promise<Uint8Array>
  close(): void
}

/** `react-native-fs`, and the fork of it that is looked after. */
export interface ReactNativeFs {
  stat(path: string): Promise<{ size: number | string; mtime?: Date | number }>
  read(path: string, length: number, position: number, encoding: 'base64'): Promise<string>
}

export interface Fflate {
  gzipSync(data: Uint8Array): Uint8Array
  gunzipSync(data: Uint8Array): Uint8Array
}

/** A module that was written as an ES module has its main export in `default`. */
function mainOf<T>(module: unknown): T {
  return ((module as { default?: T }).default ?? module) as T
}

export function reactNative(): ReactNative | undefined {
  try {
    return require('react-native') as ReactNative
  } catch {
    return undefined
  }
}

export function asyncStorage(): AsyncStore | undefined {
  try {
    return mainOf(require('@react-native-async-storage/async-storage'))
  } catch {
    return undefined
  }
}

export function netInfo(): NetInfoLike | undefined {
  try {
    return mainOf(require('@react-native-community/netinfo'))
  } catch {
    return undefined
  }
}

/** Fills `crypto.getRandomValues` in. */
export function randomValues(): unknown {
  try {
    return require('react-native-get-random-values')
  } catch {
    return undefined
  }
}

export function expoCrypto(): ExpoCrypto | undefined {
  try {
    return require('expo-crypto') as ExpoCrypto
  } catch {
    return undefined
  }
}

/** Fills `URL` and `URLSearchParams` in. */
export function wholeUrl(): unknown {
  try {
    return require('react-native-url-polyfill/auto')
  } catch {
    return undefined
  }
}

export function expoWebBrowser(): ExpoWebBrowser | undefined {
  try {
    return require('expo-web-browser') as ExpoWebBrowser
  } catch {
    return undefined
  }
}

export function inAppBrowser(): InAppBrowser | undefined {
  try {
    return mainOf(require('react-native-inappbrowser-reborn'))
  } catch {
    return undefined
  }
}

export function amplifyWebBrowser(): AmplifyWebBrowser | undefined {
  try {
    return require('@aws-amplify/rtn-web-browser') as AmplifyWebBrowser
  } catch {
    return undefined
  }
}

export function expoFileSystem(): ExpoFileSystem | undefined {
  try {
    return require('expo-file-system') as ExpoFileSystem
  } catch {
    return undefined
  }
}

export function reactNativeFs(): ReactNativeFs | undefined {
  try {
    return mainOf(require('@dr.pogodin/react-native-fs'))
  } catch {
    return formerReactNativeFs()
  }
}

function formerReactNativeFs(): ReactNativeFs | undefined {
  try {
    return mainOf(require('react-native-fs'))
  } catch {
    return undefined
  }
}

export function fflate(): Fflate | undefined {
  try {
    return require('fflate') as Fflate
  } catch {
    return undefined
  }
}
