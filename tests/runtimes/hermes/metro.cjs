// Bundles one file of an app, as `react-native bundle` does, with the Metro and the Babel preset that the app has installed.
//   node metro.cjs APP ENTRY OUT OPTIONS
const { mkdirSync } = require('node:fs')
const { createRequire } = require('node:module')
const { dirname, join } = require('node:path')

const [app, entry, out, options] = process.argv.slice(2)
const { minify = false, only } = JSON.parse(options)
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
  resolver: { ...base.resolver, useWatchman: false, ...(only && { resolveRequest: resolveOnly }) },
})

/** Everything but one package is an empty module: what is left is what that package weighs. */
function resolveOnly(context, name, platform) {
  const isOwn = name.startsWith('.') || name.startsWith('/') || name.startsWith(only)
  return isOwn ? context.resolveRequest(context, name, platform) : { type: 'empty' }
}

mkdirSync(join(app, '.cache'), { recursive: true })
runBuild(config, { entry, out, platform: 'android', dev: false, minify }).then(
  () => process.exit(0),
  (error) => {
    console.error(error)
    process.exit(1)
  },
)
