module.exports = require('aws-amplify/adapter-nextjs')
