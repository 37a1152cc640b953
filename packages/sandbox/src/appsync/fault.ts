/** An error with AppSync's `errorType`. */
export class Fault extends Error {
  readonly errorType: string

  constructor(errorType: string, message: string) {
    super(message)
    this.errorType = errorType
  }
}

export const refused = (field: string, type: string) =>
  new Fault('Unauthorized', `Not Authorized to access ${field} on type ${type}`)
