import type { KubeObject } from '#apimachinery/object.ts'

/** Makes Events as client-go's recorder does: repeated ones are counted, floods are cut off. */
export interface EventRecorder {
  /** `component` is the event's source, e.g. `deployment-controller`; `host` the node for a kubelet's. */
  record(event: {
    readonly object: KubeObject
    readonly type: 'Normal' | 'Warning'
    readonly reason: string
    readonly message: string
    readonly component: string
    readonly host?: string
    /** `spec.containers{web}` */
    readonly fieldPath?: string
    /** Set for the newer events API (the scheduler): `Binding`, `Scheduling`. */
    readonly action?: string
  }): void
}
