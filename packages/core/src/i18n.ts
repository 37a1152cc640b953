import { currentContext, perContext } from './context.js'

// biome-ignore lint/suspicious/noExplicitAny: a word may be a text, a list or an object of texts, as in v6.
type Word = any
type Vocabulary = Record<string, Word>

const words = /* @__PURE__ */ perContext(
  'i18n',
  (): { config: { language: string | null }; vocabularies: Record<string, Vocabulary> } => ({
    config: { language: null },
    vocabularies: {},
  }),
)

/** Words of an app in the languages of its users. */
export const I18n = {
  /** Sets the configuration, `{ language }`; returns it. */
  configure(config?: Record<string, Word>): { language: string | null } {
    const state = words(currentContext())
    if (config) state.config = { ...state.config, ...(config.I18n ?? config) }
    return state.config
  },

  getModuleName(): string {
    return 'I18n'
  },

  setLanguage(language: string): void {
    words(currentContext()).config.language = language
  },

  /** The word in the language that was set, or else the browser's: `fr-CA`, then `fr`, then `fallback`, then the key. */
  get(key: string, fallback?: string): Word {
    const { config, vocabularies } = words(currentContext())
    const language = config.language || globalThis.navigator?.language || ''
    const word = vocabularies[language]?.[key] || vocabularies[language.split('-')[0]!]?.[key]
    return word || (fallback ?? key)
  },

  putVocabulariesForLanguage(language: string, vocabulary: Vocabulary): void {
    const { vocabularies } = words(currentContext())
    vocabularies[language] = { ...vocabularies[language], ...vocabulary }
  },

  putVocabularies(vocabularies: Record<string, Vocabulary>): void {
    for (const [language, vocabulary] of Object.entries(vocabularies)) {
      I18n.putVocabulariesForLanguage(language, vocabulary)
    }
  },
}
