import type { Platform } from './platform.js'

/** Browsers, Node and workers. To be written by the owner of core. */
export declare const web: Platform
