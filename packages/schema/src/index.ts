export { a } from './a.js'
export type {
  Client,
  ClientSchema,
  CustomTypeEntry,
  EnumEntry,
  Enums,
  EnumValues,
  FilterOptions,
  GetOptions,
  IndexQueryOptions,
  ListOptions,
  ModelEntry,
  ModelOperations,
  Models,
  MutationOptions,
  SelectionOptions,
  SelectionSet,
  SubscriptionOptions,
} from './client.js'
export type {
  CustomTypeDefinition,
  EnumDefinition,
  FieldDefinition,
  IndexDefinition,
  ModelDefinition,
  NamedFieldDefinition,
  RelationFieldDefinition,
  ScalarFieldDefinition,
  SchemaDefinition,
} from './definition.js'
export { SchemaError } from './errors.js'
// A program that emits declarations of its schema names these.
export type {
  AnyRecord,
  BelongsToField,
  BooleanFamily,
  Buildable,
  CustomType,
  EnumType,
  Family,
  HasManyField,
  HasOneField,
  Json,
  JsonFamily,
  ListField,
  NumberFamily,
  RefField,
  RefListField,
  ScalarField,
  ScalarName,
  StringFamily,
} from './fields.js'
export type {
  BooleanFilter,
  CompositeKeyCondition,
  EnumFilter,
  EnumListFilter,
  NumericFilter,
  NumericKeyCondition,
  SizeFilter,
  StringFilter,
  StringKeyCondition,
  SubscriptionBooleanFilter,
  SubscriptionNumericFilter,
  SubscriptionStringFilter,
} from './filters.js'
export {
  type IntrospectedField,
  type IntrospectedFields,
  type IntrospectedModel,
  type ModelIntrospection,
  modelIntrospection,
} from './introspection.js'
export type { AnyIndex, Model, OperationName, SecondaryIndex } from './models.js'
export { plural } from './plural.js'
export type {
  AuthMode,
  CallOptions,
  Cancellable,
  CustomHeaders,
  GraphQLFormattedError,
  ListResult,
  ListReturnValue,
  ModelSortDirection,
  ObservedReturnValue,
  ObserveQueryReturnValue,
  PageOptions,
  RequestOptions,
  SingularResult,
  SingularReturnValue,
  Snapshot,
} from './results.js'
export type {
  Allow,
  AllowCallback,
  AnyRule,
  GroupRule,
  Operation,
  OwnerRule,
  Rule,
  RuleDefinition,
} from './rules.js'
export { type AnySchema, definitionOf, type Schema, type Transformed } from './schema.js'
export type { CustomTypes, LazyMany, LazyOne, ModelTypes } from './values.js'
