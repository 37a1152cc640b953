// `@aws-amplify/interactions` and `@aws-amplify/interactions/lex-v2`
export * from '@backline/interactions'
