export default defineEventHandler((event) => amplify.middleware(event))
