// How js-cookie spells cookies, and so `aws-amplify` does: pages and servers find each other's sessions, and those of before.

/** All that a name may hold stays as it is. */
export function encodeName(name: string): string {
  return encodeURIComponent(name)
    .replace(/%(2[346B]|5E|60|7C)/g, decodeURIComponent)
    .replace(/[()]/g, (sign) => (sign === '(' ? '%28' : '%29'))
}

/** So does all that a value may hold. */
export function encodeValue(value: string): string {
  return encodeURIComponent(value).replace(/%(2[346BF]|3[AC-F]|40|5[BDE]|60|7[BCD])/g, decodeURIComponent)
}
