// `aws-amplify/auth/enable-oauth-listener`
import '@backline/auth/enable-oauth-listener'
