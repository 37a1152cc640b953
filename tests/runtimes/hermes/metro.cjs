// Bundles one file of an app, as `react-native bundle` does, with the Metro and the Babel preset that the app has installed.
//   node metro.cjs APP ENTRY OUT OPTIONS
const { mkdirSync } = require('node:fs')
const { createRequire } = require('node:module')
const { dirname, join } = require('node:path')

const [app, entry, out, options] = process.argv.slice(2)
const { minify = false, only, without } = JSON.parse(options)
const ofApp = createRequire(join(app, 'package.json'))
const { runBuild } = ofApp('metro')
const { FileStore } = ofApp('metro-cache')
const { getDefaultConfig, mergeConfig } = ofApp('@react-native/metro-config')

process.chdir(app)
mkdirSync(dirname(out), { recursive: true })

const base = getDefaultConfig(app)
const config = mergeConfig(base, {
  projectRoot: app,
  watchFolders: [app],
  fileMapCacheDirectory: join(app, '.cache'),
  cacheStores: [new FileStore({ root: join(app, '.cache') })],
  maxWorkers: 2,
  reporter: { update() {} },
  resolver: { ...base.resolver, useWatchman: false, resolveRequest: resolve },
})

/** With `only`, everything but one package is an empty module: what is left is what that package weighs. */
function resolve(context, name, platform) {
  if (without?.includes(name)) throw new Error(`${name} is not installed.`)
  const isWanted = !only || name.startsWith('.') || name.startsWith('/') || name.startsWith(only)
  return isWanted ? context.resolveRequest(context, name, platform) : { type: 'empty' }
}

mkdirSync(join(app, '.cache'), { recursive: true })
runBuild(config, { entry, out, platform: 'android', dev: false, minify }).then(
  () => process.exit(0),
  (error) => {
    console.error(error)
    process.exit(1)
  },
)
