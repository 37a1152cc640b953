// Where everything of a sandbox says that it is.
export const REGION = 'us-east-1'
export const ACCOUNT = '000000000000'
