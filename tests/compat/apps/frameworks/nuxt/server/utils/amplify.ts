import { createNuxtAdapter } from 'backline/adapter-nuxt'
import outputs from '../../amplify_outputs.json'

export const amplify = createNuxtAdapter({ config: outputs, origin: process.env.ORIGIN })
