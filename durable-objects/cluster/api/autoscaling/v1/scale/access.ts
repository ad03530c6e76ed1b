import type { ScaleAccess } from '#api/strategy.ts'
import { labelSelectorText } from '#apimachinery/label-text.ts'
import type { LabelSelector } from '#apimachinery/labels.ts'
import { assign, type KubeObject } from '#apimachinery/object.ts'

interface Scalable extends KubeObject {
  readonly spec: { readonly replicas?: number; readonly selector?: LabelSelector }
  readonly status: { readonly replicas?: number }
}

/** How /scale reads and writes a workload that has `spec.replicas` and a label selector. */
export const scaleAccess = <T extends Scalable>(): ScaleAccess<T> => ({
  replicas: (object) => object.spec.replicas ?? 0,
  statusReplicas: (object) => object.status?.replicas ?? 0,
  selector: (object) => labelSelectorText(object.spec.selector),
  withReplicas: (object, replicas) =>
    assign<Scalable>(object, { spec: assign(object.spec, { replicas }) }) as T,
})
