-- A database as a company that sells tickets would have it.
CREATE TYPE event_status AS ENUM ('DRAFT', 'ON_SALE', 'SOLD_OUT', 'CANCELLED');
CREATE TYPE payment_method AS ENUM ('CARD', 'INVOICE');
CREATE DOMAIN mail_address AS text CHECK (VALUE LIKE '%@%');

CREATE TABLE venue (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name varchar(120) NOT NULL,
  position point,
  capacity integer NOT NULL CHECK (capacity > 0),
  country char(2) NOT NULL DEFAULT 'DE'
);
CREATE TABLE event (
  id serial PRIMARY KEY,
  name text NOT NULL,
  status event_status NOT NULL DEFAULT 'DRAFT',
  former_status event_status,
  venue_id uuid REFERENCES venue (id),
  day date NOT NULL,
  doors time,
  starts_at timestamp,
  announced_at timestamptz DEFAULT now(),
  keywords text[] NOT NULL DEFAULT '{}',
  ratings integer[],
  phases event_status[],
  details jsonb
);
CREATE INDEX event_by_day ON event (day, venue_id);
CREATE TABLE customer (
  id bigserial PRIMARY KEY,
  email mail_address NOT NULL UNIQUE,
  "displayName" text,
  is_member boolean NOT NULL DEFAULT false,
  last_ip inet,
  photo bytea,
  balance money
);
CREATE TABLE ticket_type (
  event_id integer NOT NULL REFERENCES event (id),
  code varchar(10) NOT NULL,
  price numeric(10, 2) NOT NULL,
  tax real,
  PRIMARY KEY (event_id, code)
);
CREATE TABLE booking (
  customer_id bigint NOT NULL REFERENCES customer (id),
  event_id integer NOT NULL,
  code varchar(10) NOT NULL,
  seats smallint NOT NULL DEFAULT 1,
  booked_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  -- In another order than the columns have.
  PRIMARY KEY (event_id, customer_id, code),
  FOREIGN KEY (event_id, code) REFERENCES ticket_type (event_id, code)
);
CREATE TABLE payment (
  id uuid PRIMARY KEY,
  method payment_method NOT NULL,
  amount numeric NOT NULL,
  receipt xml,
  took interval
);
CREATE TABLE review (
  id smallserial PRIMARY KEY,
  event_id integer NOT NULL REFERENCES event (id) ON DELETE CASCADE,
  stars double precision,
  text text
);
CREATE TABLE tag (name text PRIMARY KEY);
CREATE TABLE event_tag (
  event_id integer REFERENCES event (id),
  tag text REFERENCES tag (name),
  PRIMARY KEY (event_id, tag)
);
CREATE TABLE session (
  token varchar(64) PRIMARY KEY,
  network cidr,
  flags bit(1),
  data json NOT NULL
);
CREATE TABLE setting (key varchar(40) PRIMARY KEY, value jsonb NOT NULL);
CREATE TABLE "auditLog" (at timestamptz NOT NULL, line text NOT NULL);
CREATE VIEW upcoming AS SELECT id, name, day FROM event WHERE day >= CURRENT_DATE;

INSERT INTO venue (id, name, capacity) VALUES ('7d1c8f4e-0d3e-4a43-9f0e-2f6c3e5a1b11', 'Stadthalle', 900);
INSERT INTO event (name, status, venue_id, day, keywords) VALUES
  ('Jazz im Hof', 'ON_SALE', '7d1c8f4e-0d3e-4a43-9f0e-2f6c3e5a1b11', '2027-06-12', '{jazz,summer}'),
  ('Chess open', 'DRAFT', NULL, '2027-03-01', '{}');
INSERT INTO ticket_type VALUES (1, 'STD', 24.50), (1, 'VIP', 80);
INSERT INTO customer (email) VALUES ('ada@example.com');
INSERT INTO booking VALUES (1, 1, 'STD', 2);
