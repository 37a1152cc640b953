/** Where the words of Amplify and CDK are not just another spelling of the service's: https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_cognito.StandardAttributes.html */
const NAMES: Record<string, string> = {
  fullname: 'name',
  lastUpdateTime: 'updated_at',
  profilePage: 'profile',
  profilePicture: 'picture',
  timezone: 'zoneinfo',
}

/** `phoneNumber` → `phone_number`, `fullname` → `name`; `custom:plan` stays. */
export function attributeOnTheWire(name: string): string {
  if (name.startsWith('custom:')) return name
  return NAMES[name] ?? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
