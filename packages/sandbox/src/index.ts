export { runSandbox } from './cli.js'
export { runGenerate } from './generate.js'
export { LoadError } from './loader.js'
export { type Sandbox, type SandboxOptions, startSandbox } from './sandbox.js'
