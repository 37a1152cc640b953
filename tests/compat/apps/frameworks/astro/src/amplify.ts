import { createAstroAdapter } from 'backline/adapter-astro'
import outputs from '../amplify_outputs.json'

export const amplify = createAstroAdapter({ config: outputs, origin: process.env.ORIGIN })
