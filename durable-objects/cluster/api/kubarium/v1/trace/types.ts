import type { ObjectMeta } from '#apimachinery/object.ts'

/** One request, followed on its way. */
export interface Trace {
  readonly apiVersion: 'kubarium.dev/v1'
  readonly kind: 'Trace'
  readonly metadata: ObjectMeta
  readonly spec: TraceSpec
  readonly status: TraceStatus
}

export interface TraceSpec {
  readonly from: TraceFrom
  /** `http://web-service/`, `tcp://10.96.0.10:80`, `udp://…` */
  readonly to: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Exactly one of the four. */
export interface TraceFrom {
  /** `namespace/name`, or the name of a Pod in the namespace of the Trace. */
  readonly pod?: string
  readonly node?: string
  readonly internet?: boolean
  readonly workstation?: boolean
}

/** What `POST …/trace` answers, as network/trace.ts describes it. */
export interface TraceStatus {
  /** The generation whose request this is about. */
  readonly observedGeneration?: number
  readonly outcome?: string
  readonly says?: string
  readonly reply?: object
  readonly hops?: readonly object[]
}
