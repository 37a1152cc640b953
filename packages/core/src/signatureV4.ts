// A chunk of its own, with nothing else of that package in it.
export { SignatureV4 } from '@smithy/signature-v4'
