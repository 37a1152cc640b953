import * as SecureStore from 'expo-secure-store'

// As the README of @backline/react-native has it.
const names = 'names'
const nameOf = (key: string) => key.replace(/[^\w.-]/g, (character) => `_${character.charCodeAt(0)}_`)
const known = async () => new Set<string>(JSON.parse((await SecureStore.getItemAsync(names)) ?? '[]'))

/** The session in the keychain. Its keys take letters, digits, `.`, `-` and `_`, and it cannot list them. */
export const secureStore = {
  getItem: (key: string) => SecureStore.getItemAsync(nameOf(key)),
  async setItem(key: string, value: string) {
    const all = await known()
    if (!all.has(key)) await SecureStore.setItemAsync(names, JSON.stringify([...all, key]))
    await SecureStore.setItemAsync(nameOf(key), value)
  },
  removeItem: (key: string) => SecureStore.deleteItemAsync(nameOf(key)),
  async clear() {
    for (const key of [names, ...(await known())]) await SecureStore.deleteItemAsync(nameOf(key))
  },
}
