// As Vite's own `vite/client` says it.
declare module '*.css' {}
