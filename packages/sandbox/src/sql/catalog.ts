// The tables of a database, read from its catalog, with types as `ampx generate schema-from-database` chooses them.

/** A type of the schema builder, as its name on `a`. */
export type FieldType =
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'float'
  | 'id'
  | 'integer'
  | 'ipAddress'
  | 'json'
  | 'string'
  | 'time'

export interface Column {
  name: string
  /** Or the values of an enum, in their order. */
  type: FieldType | readonly string[]
  isArray: boolean
  isRequired: boolean
  /** The database counts it up. */
  isCounted: boolean
}

export interface Table {
  name: string
  isView: boolean
  /** May the user of the connection read it? */
  isReadable: boolean
  columns: readonly Column[]
  /** Columns of the primary key, in its order. */
  key: readonly string[]
}

/** As far as reading a catalog needs one. */
interface Catalog {
  engine: 'mysql' | 'postgresql'
  query(text: string): Promise<{ rows: readonly Record<string, unknown>[] }>
}

/** The tables and views of a database, by name: of PostgreSQL those of the schema `public`. */
export async function readTables(database: Catalog): Promise<Table[]> {
  const { rows } = await database.query(database.engine === 'mysql' ? MYSQL : POSTGRESQL)
  const enums = database.engine === 'mysql' ? undefined : await readEnums(database)
  const tables = new Map<string, Table & { columns: Column[]; key: string[] }>()
  for (const row of rows as unknown as Row[]) {
    const table = tables.get(row.table) ?? {
      name: row.table,
      isView: row.kind === 'view',
      isReadable: Boolean(row.readable),
      columns: [],
      key: [],
    }
    tables.set(row.table, table)
    table.columns.push(enums ? postgresqlColumn(row, enums) : mysqlColumn(row))
    if (row.position !== null) table.key[Number(row.position) - 1] = row.column
  }
  return [...tables.values()].sort((one, other) => (one.name < other.name ? -1 : 1))
}

interface Row {
  table: string
  kind: 'table' | 'view'
  readable: boolean | number
  column: string
  type: string
  /** Of MySQL, with the values of an enum; of PostgreSQL, the identity of its type. */
  full: string
  required: boolean | number
  array: boolean | number
  counted: boolean | number
  position: number | string | null
}

// ------------------------------------------------------------------------------------------------------------- PostgreSQL

/**
 * From `pg_catalog`, which tells everybody everything: of a key, `information_schema` tells only those who may write.
 * A domain is what it is a domain of, as `information_schema` has it.
 */
const POSTGRESQL = `
SELECT c.relname AS "table",
  CASE WHEN c.relkind IN ('v', 'm') THEN 'view' ELSE 'table' END AS "kind",
  has_schema_privilege(c.relnamespace, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT') AS "readable",
  a.attname AS "column",
  COALESCE(e.typname, b.typname) AS "type",
  b.oid::text AS "full",
  a.attnotnull OR (t.typtype = 'd' AND t.typnotnull) AS "required",
  e.oid IS NOT NULL AS "array",
  a.attidentity <> '' OR COALESCE(pg_get_expr(d.adbin, d.adrelid) ~ '^nextval\\(.+::regclass\\)$', false) AS "counted",
  (SELECT k.n FROM pg_index i, unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, n)
    WHERE i.indrelid = c.oid AND i.indisprimary AND k.attnum = a.attnum) AS "position"
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
LEFT JOIN pg_type e ON e.oid = b.typelem AND b.typcategory = 'A'
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
ORDER BY c.oid, a.attnum`

const POSTGRESQL_ENUMS = `
SELECT e.enumtypid::text AS "type", e.enumlabel AS "value"
FROM pg_enum e
JOIN pg_type t ON t.oid = e.enumtypid
JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE n.nspname = 'public'
ORDER BY e.enumtypid, e.enumsortorder`

/** By the names of `pg_type`; every other type is a string. */
const POSTGRESQL_TYPES: Readonly<Record<string, FieldType>> = {
  bool: 'boolean',
  int2: 'integer',
  int4: 'integer',
  int8: 'integer',
  bit: 'integer',
  float4: 'float',
  float8: 'float',
  numeric: 'float',
  money: 'float',
  uuid: 'id',
  date: 'date',
  time: 'time',
  timestamp: 'datetime',
  json: 'json',
  jsonb: 'json',
  box: 'json',
  circle: 'json',
  line: 'json',
  lseg: 'json',
  path: 'json',
  point: 'json',
  polygon: 'json',
  cidr: 'ipAddress',
  inet: 'ipAddress',
}

/** The values of each enum, by the identity of its type. */
async function readEnums(database: Catalog): Promise<Map<string, string[]>> {
  const enums = new Map<string, string[]>()
  const { rows } = await database.query(POSTGRESQL_ENUMS)
  for (const { type, value } of rows as unknown as { type: string; value: string }[])
    enums.set(type, [...(enums.get(type) ?? []), value])
  return enums
}

function postgresqlColumn(row: Row, enums: Map<string, string[]>): Column {
  return {
    ...column(row),
    // Arrays of an enum have another type than the enum, and are strings.
    type: enums.get(row.full) ?? typeIn(POSTGRESQL_TYPES, row.type),
  }
}

// ------------------------------------------------------------------------------------------------------------------ MySQL

/** Tables that the user may not read are not told of. */
const MYSQL = `
SELECT c.TABLE_NAME AS \`table\`,
  CASE WHEN t.TABLE_TYPE = 'VIEW' THEN 'view' ELSE 'table' END AS \`kind\`,
  TRUE AS \`readable\`,
  c.COLUMN_NAME AS \`column\`,
  c.DATA_TYPE AS \`type\`,
  c.COLUMN_TYPE AS \`full\`,
  c.IS_NULLABLE = 'NO' AS \`required\`,
  FALSE AS \`array\`,
  FALSE AS \`counted\`,
  k.SEQ_IN_INDEX AS \`position\`
FROM information_schema.COLUMNS c
JOIN information_schema.TABLES t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
LEFT JOIN information_schema.STATISTICS k ON k.TABLE_SCHEMA = c.TABLE_SCHEMA AND k.TABLE_NAME = c.TABLE_NAME
  AND k.COLUMN_NAME = c.COLUMN_NAME AND k.INDEX_NAME = 'PRIMARY'
WHERE c.TABLE_SCHEMA = DATABASE()
ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION`

/** Every other type is a string, sets too. What MySQL calls a boolean is a number. */
const MYSQL_TYPES: Readonly<Record<string, FieldType>> = {
  bit: 'integer',
  tinyint: 'integer',
  smallint: 'integer',
  mediumint: 'integer',
  int: 'integer',
  bigint: 'integer',
  year: 'integer',
  float: 'float',
  double: 'float',
  decimal: 'float',
  date: 'date',
  time: 'time',
  timestamp: 'datetime',
  datetime: 'datetime',
  json: 'json',
}

function mysqlColumn(row: Row): Column {
  const values = [...row.full.matchAll(/'((?:[^']|'')*)'/g)].map(([, value]) => value!.replaceAll("''", "'"))
  return { ...column(row), type: row.type === 'enum' ? values : typeIn(MYSQL_TYPES, row.type) }
}

// ------------------------------------------------------------------------------------------------------------------- both

function column(row: Row): Omit<Column, 'type'> {
  return {
    name: row.column,
    isArray: Boolean(row.array),
    isRequired: Boolean(row.required),
    isCounted: Boolean(row.counted),
  }
}

function typeIn(types: Readonly<Record<string, FieldType>>, name: string): FieldType {
  return Object.hasOwn(types, name) ? types[name]! : 'string'
}
