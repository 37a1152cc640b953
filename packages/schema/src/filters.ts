// What `filter` and key conditions accept: the operators AppSync's generated inputs have, no more.
// The named interfaces are shared by every model, so a filter costs the compiler one lookup per field.

export interface SizeFilter {
  eq?: number
  ne?: number
  gt?: number
  ge?: number
  lt?: number
  le?: number
  between?: [number, number]
}

/** For strings, ids, dates and everything else that travels as a string. */
export interface StringFilter {
  eq?: string
  ne?: string
  gt?: string
  ge?: string
  lt?: string
  le?: string
  between?: [string, string]
  beginsWith?: string
  contains?: string
  notContains?: string
  attributeExists?: boolean
  size?: SizeFilter
}

export interface NumericFilter {
  eq?: number
  ne?: number
  gt?: number
  ge?: number
  lt?: number
  le?: number
  between?: [number, number]
  attributeExists?: boolean
}

export interface BooleanFilter {
  eq?: boolean
  ne?: boolean
  attributeExists?: boolean
}

export interface EnumFilter<Value> {
  eq?: Value
  ne?: Value
}

export interface EnumListFilter<Value> {
  eq?: Value[]
  ne?: Value[]
  contains?: Value
  notContains?: Value
}

/** What `onCreate`, `onUpdate` and `onDelete` can filter by: AppSync evaluates these itself, hence `in` and no `size`. */
export interface SubscriptionStringFilter {
  eq?: string
  ne?: string
  gt?: string
  ge?: string
  lt?: string
  le?: string
  between?: [string, string]
  beginsWith?: string
  contains?: string
  notContains?: string
  in?: string[]
  notIn?: string[]
}

export interface SubscriptionNumericFilter {
  eq?: number
  ne?: number
  gt?: number
  ge?: number
  lt?: number
  le?: number
  between?: [number, number]
  in?: number[]
  notIn?: number[]
}

export interface SubscriptionBooleanFilter {
  eq?: boolean
  ne?: boolean
}

/** Which rows of a partition: on the sort key of an identifier or an index. */
export interface StringKeyCondition<Value extends string = string> {
  eq?: Value
  gt?: string
  ge?: string
  lt?: string
  le?: string
  between?: [string, string]
  beginsWith?: string
}

export interface NumericKeyCondition {
  eq?: number
  gt?: number
  ge?: number
  lt?: number
  le?: number
  between?: [number, number]
}

/** Several sort keys are one condition, on an object that holds them all. */
export interface CompositeKeyCondition<Keys> {
  eq?: Keys
  gt?: Keys
  ge?: Keys
  lt?: Keys
  le?: Keys
  between?: [Keys, Keys]
  /** The leading keys only. */
  beginsWith?: Partial<Keys>
}
