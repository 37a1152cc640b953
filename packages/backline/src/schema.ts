// The schema builder: `a`, and the types that the data client reads.
export * from '@backline/schema'
