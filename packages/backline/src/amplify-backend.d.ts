// Types for the imports of an `amplify/` folder where `@aws-amplify/backend` is not installed. Patterns, not names: TypeScript asks
// patterns last, so the real packages' types win where they are there.
declare module '@aws-amplify/backend*' {
  export const a: typeof import('./backend.js').a
  export const defineAuth: typeof import('./backend.js').defineAuth
  export const defineBackend: typeof import('./backend.js').defineBackend
  export const defineData: typeof import('./backend.js').defineData
  export const defineFunction: typeof import('./backend.js').defineFunction
  export const defineStorage: typeof import('./backend.js').defineStorage
  export const referenceAuth: typeof import('./backend.js').referenceAuth
  export const secret: typeof import('./backend.js').secret
  export type ClientSchema<T extends { readonly '~types': object }> = import('./backend.js').ClientSchema<T>
}

// And for those of a generated `schema.sql.ts`.
declare module '@aws-amplify/data-schema*' {
  export const a: typeof import('./schema.js').a
  export const configure: typeof import('./schema.js').configure
  export type ClientSchema<T extends { readonly '~types': object }> = import('./schema.js').ClientSchema<T>
}
