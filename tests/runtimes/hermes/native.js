// Runs in Hermes before the bundle: the native side of React Native, as far as it has to be within the engine. All else is asked of the
// program around it, by lines that are printed, and answered by lines that it types in.
;((global) => {
  function post(module, method, args) {
    print(`\u0001${JSON.stringify({ module: module, method: method, args: args })}`)
  }

  /** The engine's own: React Native replaces it, and the engine's promises then go that way. */
  const enqueue = global.setImmediate

  const timers = new Map()
  let lastTimer = 0
  function start(kind, run, wait, args) {
    const id = ++lastTimer
    timers.set(id, { run: run, args: args, again: kind === 'setInterval' })
    post('Timers', kind, [id, Number(wait) || 0])
    return id
  }
  function stop(id) {
    if (timers.delete(id)) post('Timers', 'clear', [id])
  }
  global.setTimeout = (run, wait, ...args) => start('setTimeout', run, wait, args)
  global.setInterval = (run, wait, ...args) => start('setInterval', run, wait, args)
  global.requestAnimationFrame = (run) => start('setTimeout', run, 16, [])
  global.clearTimeout = stop
  global.clearInterval = stop
  global.cancelAnimationFrame = stop

  const callables = {}
  global.RN$Bridgeless = true
  global.RN$registerCallableModule = (name, factory) => {
    callables[name] = factory
  }
  const logged =
    (level) =>
    (...parts) =>
      post('Console', level, [parts.map((each) => String(each?.stack || each)).join(' ')])
  global.console = {
    log: logged('log'),
    info: logged('info'),
    warn: logged('warn'),
    error: logged('error'),
    debug: logged('debug'),
  }
  global.nativePerformanceNow = () => Date.now()

  /** Random bytes come from outside, ahead of time, for they are asked for at once. */
  let pool = ''
  const promises = new Map()
  let lastPromise = 0
  const asked =
    (module, method) =>
    (...args) => {
      const id = ++lastPromise
      post(module, method, [id, ...args])
      return new Promise((resolve, reject) => promises.set(id, { resolve: resolve, reject: reject }))
    }
  const told =
    (module, method) =>
    (...args) =>
      post(module, method, args)
  function module(name, constants, tells, asks, own) {
    const made = { addListener: () => {}, removeListeners: () => {}, getConstants: () => constants }
    for (const each of tells || []) made[each] = told(name, each)
    for (const each of asks || []) made[each] = asked(name, each)
    return Object.assign(made, own)
  }
  let appState = 'active'
  const modules = {
    PlatformConstants: module('PlatformConstants', {
      Version: 34,
      Release: '14',
      Manufacturer: 'Backline',
      Model: 'sandbox',
      uiMode: 'normal',
      isTesting: true,
      reactNativeVersion: { major: 0, minor: 88, patch: 1, prerelease: null },
    }),
    Networking: module('Networking', {}, ['sendRequest', 'abortRequest']),
    BlobModule: module('BlobModule', { BLOB_URI_SCHEME: 'content', BLOB_URI_HOST: 'blobs' }, [
      'addNetworkingHandler',
      'createFromParts',
      'release',
    ]),
    FileReaderModule: module('FileReaderModule', {}, [], ['readAsDataURL', 'readAsText']),
    WebSocketModule: module('WebSocketModule', {}, ['connect', 'send', 'close']),
    AppState: module('AppState', { initialAppState: appState }, [], [], {
      getCurrentAppState: (done) => done({ app_state: appState }),
    }),
    NativePerformanceCxx: module('NativePerformanceCxx', {}, [], [], {
      now: () => Date.now(),
      timeOrigin: () => 0,
      getSupportedPerformanceEntryTypes: () => [],
    }),
    NativeMicrotasksCxx: { queueMicrotask: enqueue },
    NativeReactNativeFeatureFlagsCxx: {
      enableIntersectionObserverByDefault: () => false,
      enableMutationObserverByDefault: () => false,
      enableResizeObserverByDefault: () => false,
    },
    RNAsyncStorage: module(
      'RNAsyncStorage',
      {},
      [],
      ['legacy_multiGet', 'legacy_multiSet', 'legacy_multiRemove', 'legacy_clear', 'legacy_getAllKeys'],
    ),
    RNCNetInfo: module('RNCNetInfo', {}, ['configure'], ['getCurrentState']),
    RNGetRandomValues: {
      getRandomBase64(length) {
        const size = Math.ceil(length / 3) * 4
        if (size > pool.length) throw new Error('The native side has run out of random numbers.')
        const taken = pool.slice(0, size)
        pool = pool.slice(size)
        // Whole groups were taken: what is beyond the length becomes padding.
        const beyond = (3 - (length % 3)) % 3
        return beyond
          ? `${taken.slice(0, -1 - beyond)}${beyond === 2 ? 'A' : 'A'}${'=='.slice(0, beyond)}`
          : taken
      },
    },
    SourceCode: module('SourceCode', { scriptURL: 'https://localhost/index.bundle' }),
    DeviceInfo: module('DeviceInfo', {
      Dimensions: {
        windowPhysicalPixels: { width: 1080, height: 1920, scale: 3, fontScale: 1, densityDpi: 480 },
        screenPhysicalPixels: { width: 1080, height: 1920, scale: 3, fontScale: 1, densityDpi: 480 },
      },
    }),
    ExceptionsManager: module('ExceptionsManager', {}, ['reportException', 'updateExceptionMessage']),
  }
  // Files of the device. There is room for none, so they have the bytes that everybody reckons: files.ts.
  const files = {
    'file:///data/film.mp4': 6 * 1024 * 1024,
    'file:///data/a%20note.txt': 11,
    'file:///data/photo.jpg': 300_000,
  }
  const pathOf = (uri) => decodeURI(uri.replace('file://', ''))
  const sizeOf = (uri) => {
    const found = Object.keys(files).find((each) => each === uri || pathOf(each) === pathOf(uri))
    if (!found) throw new Error(`There is no ${uri} on this device.`)
    return files[found]
  }
  const device = { reads: [], modes: [], released: 0 }
  global.__device = device
  function readFile(uri, start, length) {
    const size = Math.max(0, Math.min(length, sizeOf(uri) - start))
    device.reads.push(size)
    const bytes = new Uint8Array(size)
    for (let at = 0; at < size; at++) bytes[at] = Math.imul(start + at + 1, 2_654_435_761) >>> 24
    return bytes
  }

  // The native side of Expo's modules, as `requireNativeModule` finds it.
  let lastTask = 0
  function FileSystemFile(uri) {
    this.uri = uri
  }
  Object.defineProperties(FileSystemFile.prototype, {
    exists: {
      get() {
        return this.uri in files
      },
    },
    size: {
      get() {
        return sizeOf(this.uri)
      },
    },
    type: {
      get() {
        return 'video/mp4'
      },
    },
    modificationTime: {
      get() {
        return 1_700_000_000_000
      },
    },
  })
  FileSystemFile.prototype.validatePath = () => {}
  FileSystemFile.prototype.open = function (mode) {
    device.modes.push(mode)
    const { uri } = this
    return {
      offset: 0,
      size: sizeOf(uri),
      readBytes(length) {
        const bytes = readFile(uri, this.offset, length)
        this.offset += bytes.length
        return bytes
      },
      close() {},
    }
  }
  function FileSystemUploadTask() {
    this.id = ++lastTask
    this.listeners = new Set()
  }
  FileSystemUploadTask.prototype = {
    addListener(_, listener) {
      this.listeners.add(listener)
      return { remove: () => this.listeners.delete(listener) }
    },
    start(url, file, options) {
      uploads.set(this.id, this)
      return asked('Uploader', 'start')(this.id, url, sizeOf(file.uri), options)
    },
    cancel() {
      post('Uploader', 'cancel', [this.id])
    },
    release() {
      device.released++
    },
  }
  const uploads = new Map()
  global.expo = {
    modules: {
      ExpoWebBrowser: { openBrowserAsync: asked('Browser', 'open') },
      FileSystem: {
        FileSystemFile: FileSystemFile,
        FileSystemDirectory: function FileSystemDirectory() {},
        FileSystemUploadTask: FileSystemUploadTask,
        FileSystemDownloadTask: function FileSystemDownloadTask() {},
        documentDirectory: 'file:///data/',
        cacheDirectory: 'file:///cache/',
      },
      ExpoSecureStore: {
        getValueWithKeyAsync: (key) => asked('Keychain', 'get')(key),
        setValueWithKeyAsync: (value, key) => asked('Keychain', 'set')(key, value),
        deleteValueWithKeyAsync: (key) => asked('Keychain', 'remove')(key),
      },
    },
  }
  // And of modules written for React Native itself.
  const toBase64 = (bytes) => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
    const parts = []
    for (let at = 0; at < bytes.length; at += 3) {
      const group = (bytes[at] << 16) | ((bytes[at + 1] || 0) << 8) | (bytes[at + 2] || 0)
      const four = [18, 12, 6, 0].map((shift) => letters[(group >> shift) & 63])
      parts.push(
        four
          .slice(0, Math.min(4, bytes.length - at + 1))
          .join('')
          .padEnd(4, '='),
      )
    }
    return parts.join('')
  }
  const fileSystem = module('ReactNativeFs', { FileTypeDirectory: 1, FileTypeRegular: 0 }, [], [], {
    RNFSFileTypeRegular: 0,
    RNFSFileTypeDirectory: 1,
    stat: (path) => {
      const times = { mtime: 1_700_000_000, ctime: 1_700_000_000 }
      const about = { size: sizeOf(`file://${path}`), mode: 420, type: 0, originalFilepath: path }
      return Promise.resolve(Object.assign(about, times))
    },
    read: (path, length, position) => Promise.resolve(toBase64(readFile(`file://${path}`, position, length))),
  })
  Object.assign(modules, {
    IntentAndroid: module('IntentAndroid', {}, [], [], { getInitialURL: () => Promise.resolve(null) }),
    RNInAppBrowser: module('RNInAppBrowser', {}, [], [], {
      open: ({ url }) => asked('Browser', 'openTab')(url),
      close() {},
    }),
    AmplifyRTNWebBrowser: module('AmplifyRTNWebBrowser', {}, [], [], {
      openAuthSessionAsync: asked('Browser', 'openTab'),
    }),
    ReactNativeFs: fileSystem,
    RNFSManager: fileSystem,
  })
  global.__turboModuleProxy = (name) => modules[name]
  global.nativeModuleProxy = modules

  /** What the program around types in. */
  global.__native = (line) => {
    const { kind, id, name, args, value, error } = JSON.parse(line)
    if (kind === 'timer') {
      const timer = timers.get(id)
      if (!timer) return
      if (!timer.again) timers.delete(id)
      timer.run.apply(undefined, timer.args)
    } else if (kind === 'event') {
      if (name === 'appStateDidChange') appState = args[0].app_state
      const emitter = callables.RCTDeviceEventEmitter()
      emitter.emit.apply(emitter, [name].concat(args))
    } else if (kind === 'uploading') {
      for (const listener of [...uploads.get(id).listeners]) listener(value)
    } else if (kind === 'answer') {
      const promise = promises.get(id)
      promises.delete(id)
      if (error) promise.reject(new Error(error))
      else promise.resolve(value)
    } else if (kind === 'random') {
      pool += value
    } else if (kind === 'call') {
      global.__call(name, args).then(
        (answer) => post('Host', 'answer', [id, answer]),
        (failure) => post('Host', 'failure', [id, String(failure?.stack || failure), failure?.name]),
      )
    }
  }
})(globalThis)
