import { Amplify } from 'backline'
import outputs from '../amplify_outputs.json'
import { openChat } from './chat.ts'
import { openMap } from './map.ts'
import { openSearch } from './search.ts'
import { openMessages } from './signals.ts'
import './style.css'

Amplify.configure(outputs)

const map = openMap('map')
openSearch(map)
openChat()
openMessages()
