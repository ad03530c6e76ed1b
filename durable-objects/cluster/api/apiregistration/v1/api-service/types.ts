import type { KubeObject } from '#apimachinery/object.ts'

export interface APIService extends KubeObject {
  readonly spec: {
    readonly service?: {
      readonly namespace?: string
      readonly name?: string
      readonly port?: number
    }
    readonly group?: string
    readonly version?: string
    readonly caBundle?: string
    readonly insecureSkipTLSVerify?: boolean
    readonly groupPriorityMinimum: number
    readonly versionPriority: number
  }
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string
      readonly status: string
      readonly reason?: string
      readonly message?: string
      readonly lastTransitionTime?: string
    }[]
  }
}
