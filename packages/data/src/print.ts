// A chunk of its own, loaded by the first parsed document: the printer without the rest of that package.
export { print } from 'graphql'
