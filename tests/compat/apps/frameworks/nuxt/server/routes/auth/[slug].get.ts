export default defineEventHandler(amplify.authRoutes())
