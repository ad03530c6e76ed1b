/** What a template is made of. kubernetes: client-go util/jsonpath/node.go */
export type JsonPathNode =
  | { readonly type: 'list'; readonly nodes: readonly JsonPathNode[] }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'field'; readonly name: string }
  | { readonly type: 'identifier'; readonly name: string }
  | { readonly type: 'array'; readonly slice: Slice }
  | {
      readonly type: 'filter'
      readonly left: readonly JsonPathNode[]
      readonly right: readonly JsonPathNode[]
      readonly operator: string
    }
  | { readonly type: 'integer' | 'float'; readonly value: number }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'wildcard' | 'recursive' }
  | { readonly type: 'union'; readonly members: readonly (readonly JsonPathNode[])[] }

/** `[from:to:step]`; undefined is what was left out. */
export interface Slice {
  readonly from: number | undefined
  readonly to: number | undefined
  /** `[3]`: `to` was not written but follows from `from`. */
  readonly single: boolean
  readonly step: number | undefined
}
