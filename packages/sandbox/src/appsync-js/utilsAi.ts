// Runs inside the context of a resolver, in the place of `@aws-appsync/utils/ai`.

export const invokeModel = (payload: object) => ({ operation: 'InvokeModel', ...payload })

export const converse = (payload: object) => ({ operation: 'Converse', ...payload })
