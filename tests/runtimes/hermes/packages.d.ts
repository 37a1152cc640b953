// Installed in the phone's app alone. Against its own types the adapter is checked by tests/compat/expo.test.ts.
declare module 'expo-secure-store' {
  export function getItemAsync(key: string): Promise<string | null>
  export function setItemAsync(key: string, value: string): Promise<void>
  export function deleteItemAsync(key: string): Promise<void>
}
