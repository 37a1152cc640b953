-- The tables of events.postgresql.sql, as MySQL has them.
CREATE TABLE venue (
  id char(36) PRIMARY KEY DEFAULT (uuid()),
  name varchar(120) NOT NULL,
  position point,
  capacity int unsigned NOT NULL,
  country char(2) NOT NULL DEFAULT 'DE'
);
CREATE TABLE event (
  id int PRIMARY KEY AUTO_INCREMENT,
  name varchar(200) NOT NULL,
  status enum('DRAFT', 'ON_SALE', 'SOLD_OUT', 'CANCELLED') NOT NULL DEFAULT 'DRAFT',
  former_status enum('DRAFT', 'ON_SALE'),
  venue_id char(36),
  day date NOT NULL,
  doors time,
  starts_at datetime,
  announced_at timestamp NULL DEFAULT CURRENT_TIMESTAMP,
  languages set('de', 'en'),
  details longtext,
  KEY event_by_day (day, venue_id),
  FOREIGN KEY (venue_id) REFERENCES venue (id)
);
CREATE TABLE customer (
  id bigint PRIMARY KEY AUTO_INCREMENT,
  email varchar(190) NOT NULL UNIQUE,
  `displayName` text,
  is_member boolean NOT NULL DEFAULT false,
  photo mediumblob,
  birth_year year
);
CREATE TABLE ticket_type (
  event_id int NOT NULL,
  code varchar(10) NOT NULL,
  price decimal(10, 2) NOT NULL,
  tax float,
  PRIMARY KEY (event_id, code),
  FOREIGN KEY (event_id) REFERENCES event (id)
);
CREATE TABLE booking (
  customer_id bigint NOT NULL,
  event_id int NOT NULL,
  code varchar(10) NOT NULL,
  seats tinyint NOT NULL DEFAULT 1,
  booked_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
  -- In another order than the columns have.
  PRIMARY KEY (event_id, customer_id, code),
  FOREIGN KEY (customer_id) REFERENCES customer (id)
);
CREATE TABLE payment (
  id binary(16) PRIMARY KEY,
  method enum('CARD', 'INVOICE') NOT NULL,
  amount double NOT NULL
);
CREATE TABLE review (
  id mediumint PRIMARY KEY AUTO_INCREMENT,
  event_id int NOT NULL,
  stars smallint,
  text text
);
CREATE TABLE tag (name varchar(40) PRIMARY KEY);
CREATE TABLE event_tag (event_id int, tag varchar(40), PRIMARY KEY (event_id, tag));
CREATE TABLE session (token varchar(64) PRIMARY KEY, flags bit(1), data varbinary(200) NOT NULL);
CREATE TABLE setting (`key` varchar(40) PRIMARY KEY, value text NOT NULL);
CREATE TABLE `auditLog` (at timestamp NOT NULL, line text NOT NULL);
CREATE VIEW upcoming AS SELECT id, name, day FROM event WHERE day >= CURRENT_DATE;

INSERT INTO venue (id, name, capacity) VALUES ('7d1c8f4e-0d3e-4a43-9f0e-2f6c3e5a1b11', 'Stadthalle', 900);
INSERT INTO event (name, status, venue_id, day) VALUES
  ('Jazz im Hof', 'ON_SALE', '7d1c8f4e-0d3e-4a43-9f0e-2f6c3e5a1b11', '2027-06-12'),
  ('Chess open', 'DRAFT', NULL, '2027-03-01');
INSERT INTO ticket_type VALUES (1, 'STD', 24.50, NULL), (1, 'VIP', 80, 0.19);
INSERT INTO customer (email) VALUES ('ada@example.com');
INSERT INTO booking (event_id, customer_id, code, seats) VALUES (1, 1, 'STD', 2);
