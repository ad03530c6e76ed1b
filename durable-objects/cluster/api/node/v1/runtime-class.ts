import type { Toleration } from '#api/core/v1/pod/types.ts'
import type { KubeObject } from '#apimachinery/object.ts'

export interface RuntimeClass extends KubeObject {
  readonly handler?: string
  readonly overhead?: { readonly podFixed?: Readonly<Record<string, string>> }
  readonly scheduling?: {
    readonly nodeSelector?: Readonly<Record<string, string>>
    readonly tolerations?: readonly Toleration[]
  }
}
