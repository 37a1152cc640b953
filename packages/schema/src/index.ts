export { a } from './a.js'
export type { AiModel, AiModelName, DataTool, InferenceConfiguration } from './ai.js'
export type {
  Client,
  ClientSchema,
  ConversationEntry,
  Enums,
  EnumValues,
  FilterOptions,
  GetOptions,
  IndexQuery,
  IndexQueryOptions,
  KeyedList,
  ListOptions,
  LiveOptions,
  ModelEntry,
  ModelOperations,
  Models,
  MutationOptions,
  SelectionOptions,
  SelectionSet,
  SubscriptionOptions,
} from './client.js'
export type { CombinedSchema } from './combine.js'
export type {
  ConversationMessage,
  ConversationPage,
  ConversationRoute,
  ConversationRow,
  ConversationStreamError,
  ConversationStreamEvent,
  ConversationTool,
  DocumentBlock,
  ImageBlock,
  MessageContent,
  SendMessageInput,
  SentContent,
  ToolConfiguration,
  ToolResultBlock,
  ToolResultContent,
  ToolUseBlock,
} from './conversationClient.js'
export type {
  AnswerDefinition,
  ConversationDefinition,
  CustomStep,
  CustomTypeDefinition,
  DatabaseEngine,
  EnumDefinition,
  FieldDefinition,
  FunctionStep,
  HandlerDefinition,
  IndexDefinition,
  ModelDefinition,
  NamedFieldDefinition,
  OperationDefinition,
  RelationFieldDefinition,
  RowDefinition,
  ScalarFieldDefinition,
  SchemaDefinition,
} from './definition.js'
export { SchemaError } from './errors.js'
// A program that emits declarations of its schema names these.
export type {
  AnyRecord,
  BooleanFamily,
  Buildable,
  CustomType,
  EnumType,
  Family,
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
export type { GeneratedSchema, Nested, NestedList, ToMany, ToOne } from './generated.js'
export type { EntryPath } from './handlers.js'
export type { IntrospectedConversation } from './introspectConversations.js'
export { introspectConversation } from './introspectConversations.js'
export type { IntrospectedField, IntrospectedFields, IntrospectedValue } from './introspectedFields.js'
export {
  type IntrospectedModel,
  type IntrospectedOperation,
  type ModelIntrospection,
  modelIntrospection,
} from './introspection.js'
export type {
  CallerIdentity,
  FunctionContext,
  OperationEvent,
  OperationHandler,
} from './lambda.js'
export type { AnyIndex, Model, OperationName, SecondaryIndex } from './models.js'
export type { CallOperation, SubscriptionOperation } from './operations.js'
export type {
  OperationCall,
  OperationEntry,
  OperationOptions,
  OperationTypes,
  SubscriptionCall,
} from './operationTypes.js'
export { plural } from './plural.js'
export type { BelongsToField, HasManyField, HasOneField } from './relationFields.js'
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
export { type AnySchema, definitionOf, type Schema } from './schema.js'
export type { ServerClient } from './serverClient.js'
export { configure, type SqlSchema } from './sql.js'
export type { JsFunction, Transformed } from './transformed.js'
export type {
  CustomTypeEntry,
  CustomTypes,
  EnumEntry,
  LazyMany,
  LazyOne,
  ModelTypes,
} from './values.js'
