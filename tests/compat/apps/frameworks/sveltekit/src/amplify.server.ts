import { createSvelteKitAdapter } from 'backline/adapter-sveltekit'
import outputs from '../amplify_outputs.json'

export const amplify = createSvelteKitAdapter({ config: outputs, origin: process.env.ORIGIN })
