// `aws-amplify/auth/enable-oauth-listener`
import '@backline/auth/enableOAuthListener'
