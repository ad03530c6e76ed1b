import type { ObjectMeta } from '#apimachinery/object.ts'

/** A node's hardware. It has the name of its Node. */
export interface Machine {
  readonly apiVersion: 'kubarium.dev/v1'
  readonly kind: 'Machine'
  readonly metadata: ObjectMeta
  readonly spec: MachineSpec
  readonly status: MachineStatus
}

export interface MachineSpec {
  /** `Off`: nothing on the node runs, nobody hears from it. Default `On`. */
  readonly power?: 'On' | 'Off'
  /** `Cut`: everything runs on, but no packet leaves or arrives. Default `Connected`. */
  readonly network?: 'Connected' | 'Cut'
}

export interface MachineStatus {
  readonly power?: 'On' | 'Off'
  /** When the power last changed. */
  readonly since?: string
}
