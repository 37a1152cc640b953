// The app that all sizes are told of: benchmarks/size/size.mjs has it too.
import { Amplify } from 'backline'
import { fetchAuthSession, getCurrentUser, signIn, signOut, signUp } from 'backline/auth'
import { generateClient } from 'backline/data'
import { getUrl, list, uploadData } from 'backline/storage'

Amplify.configure({})
Object.assign(globalThis, {
  app: {
    fetchAuthSession,
    getCurrentUser,
    signIn,
    signOut,
    signUp,
    generateClient,
    getUrl,
    list,
    uploadData,
  },
})
