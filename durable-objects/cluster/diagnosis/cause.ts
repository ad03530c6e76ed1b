// What a diagnosis says. Codes are stable: pages and exercises refer to them.

export const CAUSE_CODES = [
  'NoPodMatchesSelector',
  'PodsInAnotherNamespace',
  'ScaledToZero',
  'BeingDeleted',
  'PodHasNoNode',
  'ImageCannotBePulled',
  'ConfigurationMissing',
  'ContainerKeepsEnding',
  'NoPodIsReady',
  'TargetPortNotListening',
  'NamedPortMissing',
  'ListensOnLoopback',
  'PortNotExposed',
  'ShortNameAcrossNamespaces',
  'ExternalNameIsAddress',
  'ExternalNameNotFound',
  'ExternalNamePortRefused',
  'ExternalNameHostRefused',
  'HeadlessDoesNotBalance',
  'NodeIsDown',
  'NoLocalEndpoint',
  'NodePortsAtOtherAddresses',
  'ExternalIPLeadsNowhere',
  'LoadBalancerPending',
  'SelectorlessWithoutEndpoints',
  'NetworkPolicyDenies',
  'DnsIsDown',
  'ProxyIsStopped',
  'ServicesShareThePods',
  'OnlyInsideTheCluster',
  'CallerAsksAnotherDns',
] as const

export type CauseCode =
  | (typeof CAUSE_CODES)[number]
  /** No check knows why: what a trace tells of it. */
  | 'RequestFails'

/** An object, and the field in it: `spec.ports[0].targetPort`. */
export interface Place {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace?: string
  readonly name: string
  readonly field?: string
}

/** One thing that was looked at: what was expected there and what was found. */
export interface Evidence {
  readonly place: Place
  readonly expected?: unknown
  readonly found: unknown
}

/** A change that mends it: for `kubectl patch --type merge`, or, where a patch cannot, objects to apply or delete. */
export interface Remedy {
  readonly says: string
  readonly patch?: { readonly target: Place; readonly type: 'merge'; readonly patch: object }
  readonly apply?: readonly object[]
  /** Deleted before `apply`. */
  readonly delete?: readonly Place[]
  /** The same as a line for a shell. */
  readonly command?: string
}

export interface Cause {
  readonly code: CauseCode
  /** For a beginner: what is wrong and why it matters. */
  readonly says: string
  readonly evidence: readonly Evidence[]
  /** Where to mend it. */
  readonly place: Place
  readonly remedy?: Remedy
}

/** What is as it should be, and surprises people all the same. */
export interface Note {
  readonly says: string
  readonly place: Place
}

export interface Diagnosis {
  readonly service: string
  readonly isHealthy: boolean
  readonly causes: readonly Cause[]
  readonly notes: readonly Note[]
  /** What was looked at, in order, in words. */
  readonly checked: readonly string[]
}
