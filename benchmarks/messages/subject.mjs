// One library matching events against in-app messages, in a process of its own: node subject.mjs <backline | aws-amplify>
const [library] = process.argv.slice(2)
const MESSAGES = 500
const EVENTS = 10_000

const { Amplify } = await import(library)
const { defaultStorage } = await import(`${library}/utils`)
const { dispatchEvent, initializeInAppMessaging, onMessageReceived } = await import(
  `${library}/in-app-messaging`
)

// A tenth of the messages is for each name; of those every tenth fits an event's attributes and metrics.
const campaigns = Array.from({ length: MESSAGES }, (_, n) => ({
  CampaignId: `campaign-${n}`,
  InAppMessage: { Layout: 'TOP_BANNER', Content: [{ HeaderConfig: { Header: `Message ${n}` } }] },
  Schedule: {
    EndDate: '2100-01-01T00:00:00Z',
    EventFilter: {
      FilterType: 'ENDPOINT',
      Dimensions: {
        EventType: { DimensionType: 'INCLUSIVE', Values: [`event-${n % 10}`] },
        Attributes: { shelf: { AttributeType: 'INCLUSIVE', Values: [`shelf-${Math.floor(n / 10) % 10}`] } },
        Metrics: { price: { ComparisonOperator: 'GREATER_THAN', Value: n % 50 } },
      },
    },
  },
  Priority: 1 + (n % 5),
  TotalCap: 1_000_000,
}))
Amplify.configure({ Notifications: { InAppMessaging: { Pinpoint: { appId: 'app', region: 'us-east-1' } } } })
await defaultStorage.setItem('Pinpoint_inAppMessages', JSON.stringify(campaigns))
initializeInAppMessaging()
let received = 0
onMessageReceived(() => received++)

const event = (n) => ({
  name: `event-${n % 10}`,
  attributes: { shelf: `shelf-${n % 7}` },
  metrics: { price: n % 100 },
})
for (let n = 0; n < 100; n++) await dispatchEvent(event(n))
received = 0
const began = process.cpuUsage()
for (let n = 0; n < EVENTS; n++) await dispatchEvent(event(n))
const { user, system } = process.cpuUsage(began)
console.log(JSON.stringify({ received, cpu: (user + system) / 1000 }))
process.exit(0)
