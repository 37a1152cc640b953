// `@aws-amplify/interactions/lex-v1`
export * from '@backline/interactions/lex-v1'
