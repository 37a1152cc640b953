export { runSandbox } from './cli.js'
export { LoadError } from './loader.js'
export { type Sandbox, type SandboxOptions, startSandbox } from './sandbox.js'
