export declare function toBase64(bytes: Uint8Array): string
export declare function fromBase64(text: string): Uint8Array
/** RFC 4648 section 5, without padding. */
export declare function toBase64Url(bytes: Uint8Array): string
export declare function fromBase64Url(text: string): Uint8Array
export declare function toHex(bytes: Uint8Array): string
export declare function fromHex(text: string): Uint8Array
export declare function utf8(text: string): Uint8Array
