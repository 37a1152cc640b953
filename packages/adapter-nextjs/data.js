export * from 'aws-amplify/adapter-nextjs/data'
