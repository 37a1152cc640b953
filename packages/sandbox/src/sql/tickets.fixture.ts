/** An app of a company that sells tickets: its tables in PostgreSQL or MySQL, and notes in DynamoDB. */
export const backendOf = (
  engine: 'postgresql' | 'mysql',
  builder = '@aws-amplify/data-schema',
) => `import { a } from '${builder}'
import { configure } from '${builder === '@aws-amplify/data-schema' ? `${builder}/internals` : builder}'
import { defineAuth, defineBackend, defineData, secret } from '@aws-amplify/backend'

const tables = configure({
  database: { identifier: 'tickets', engine: '${engine}', connectionUri: secret('TICKETS_DATABASE') },
}).schema({
  event: a.model({
    id: a.integer()${engine === 'mysql' ? '.required()' : '.default()'},
    name: a.string().required(),
    status: a.ref('Status').required(),
    venue_id: a.id(),
    day: a.date(),
    doors: a.time(),
    starts_at: a.datetime(),
    keywords: a.string().array(),
    details: a.json(),
    price: a.float(),
    is_open: a.boolean(),
  }).identifier(['id']),
  venue: a.model({ id: a.id().required(), name: a.string().required() }).identifier(['id']),
  seat: a.model({ event_id: a.integer().required(), code: a.string().required(), holder: a.string() }).identifier(['event_id', 'code']),
  diary: a.model({ id: a.id().required(), owner: a.string(), text: a.string() }).identifier(['id']),
  Status: a.enum(['DRAFT', 'ON_SALE']),
})
  .renameModels(() => [['venue', 'Venue']])
  .setRelationships((models) => [
    models.event.relationships({ venue: a.belongsTo('Venue', 'venue_id'), seats: a.hasMany('seat', 'event_id') }),
    models.Venue.relationships({ events: a.hasMany('event', 'venue_id') }),
    models.seat.relationships({ event: a.belongsTo('event', 'event_id') }),
  ])
  .setAuthorization((models, schema) => [
    schema.authorization((allow) => [allow.publicApiKey()]),
    models.diary.authorization((allow) => [allow.owner()]),
  ])
  .addToSchema({ Sale: a.customType({ venue: a.string(), events: a.integer(), open: a.boolean() }) })
  .addQueries({
    named: a.query().arguments({ name: a.string().required(), more: a.string() }).returns(a.ref('event').array())
      .handler(a.handler.inlineSql("SELECT * FROM event WHERE name = :name OR name = :more ORDER BY id"))
      .authorization((allow) => [allow.publicApiKey()]),
    sales: a.query().returns(a.ref('Sale').array())
      .handler(a.handler.sqlReference('./sales.sql'))
      .authorization((allow) => [allow.publicApiKey()]),
    howMany: a.query().returns(a.integer())
      .handler(a.handler.inlineSql('SELECT count(*) FROM event'))
      .authorization((allow) => [allow.authenticated()]),
    broken: a.query().returns(a.string())
      .handler(a.handler.inlineSql('SELECT nothing FROM nowhere'))
      .authorization((allow) => [allow.publicApiKey()]),
  })
  .addMutations({
    rename: a.mutation().arguments({ id: a.integer().required(), name: a.string().required() }).returns(a.ref('event'))
      .handler(a.handler.inlineSql("UPDATE event SET name = :name WHERE id = :id${engine === 'mysql' ? '' : ' RETURNING *'}"))
      .authorization((allow) => [allow.publicApiKey()]),
  })

const notes = a.schema({
  Note: a.model({ text: a.string(), count: a.integer() }).authorization((allow) => [allow.publicApiKey()]),
})
const schema = a.combine([notes, tables])
defineBackend({
  auth: defineAuth({ loginWith: { email: true } }),
  data: defineData({
    schema,
    authorizationModes: { defaultAuthorizationMode: 'apiKey', apiKeyAuthorizationMode: { expiresInDays: 7 } },
  }),
})
`

export const SALES = `-- What is on sale, by where: 'a :name in a text' is text
SELECT v.name AS venue, count(e.id) AS events, max(CASE WHEN e.is_open THEN 1 ELSE 0 END) AS open
FROM venue v LEFT JOIN event e ON e.venue_id = v.id
GROUP BY v.id, v.name
ORDER BY v.name
`

export const POSTGRESQL = `
CREATE TYPE status AS ENUM ('DRAFT', 'ON_SALE');
CREATE TABLE venue (id uuid PRIMARY KEY, name text NOT NULL);
CREATE TABLE event (
  id serial PRIMARY KEY,
  name text NOT NULL,
  status status NOT NULL,
  venue_id uuid REFERENCES venue (id),
  day date,
  doors time,
  starts_at timestamp,
  keywords text[],
  details jsonb,
  price numeric(10, 2),
  is_open boolean NOT NULL DEFAULT true
);
CREATE TABLE seat (event_id integer REFERENCES event (id), code varchar(10), holder text, PRIMARY KEY (event_id, code));
CREATE TABLE diary (id uuid PRIMARY KEY, owner text, text text);
`

export const MYSQL = `
CREATE TABLE venue (id char(36) PRIMARY KEY, name varchar(120) NOT NULL);
CREATE TABLE event (
  id int AUTO_INCREMENT PRIMARY KEY,
  name varchar(120) NOT NULL,
  status ENUM ('DRAFT', 'ON_SALE') NOT NULL,
  venue_id char(36),
  day date,
  doors time,
  starts_at datetime(3),
  keywords json,
  details json,
  price decimal(10, 2),
  is_open tinyint(1) NOT NULL DEFAULT 1,
  FOREIGN KEY (venue_id) REFERENCES venue (id)
);
CREATE TABLE seat (event_id int, code varchar(10), holder text, PRIMARY KEY (event_id, code), FOREIGN KEY (event_id) REFERENCES event (id));
CREATE TABLE diary (id char(36) PRIMARY KEY, owner varchar(200), text text);
`
