// Made from the API's facts by scripts/generate-types.mjs.
import type { LabelSelector } from '#apimachinery/labels.ts'
import type { ObjectMeta } from '#apimachinery/object.ts'

export interface IPBlock {
  readonly cidr: string
  readonly except?: readonly string[]
}

export interface NetworkPolicy {
  readonly apiVersion: 'networking.k8s.io/v1'
  readonly kind: 'NetworkPolicy'
  readonly metadata: ObjectMeta
  readonly spec: NetworkPolicySpec
}

export interface NetworkPolicyEgressRule {
  readonly ports?: readonly NetworkPolicyPort[]
  readonly to?: readonly NetworkPolicyPeer[]
}

export interface NetworkPolicyIngressRule {
  readonly from?: readonly NetworkPolicyPeer[]
  readonly ports?: readonly NetworkPolicyPort[]
}

export interface NetworkPolicyPeer {
  readonly ipBlock?: IPBlock
  readonly namespaceSelector?: LabelSelector
  readonly podSelector?: LabelSelector
}

export interface NetworkPolicyPort {
  readonly endPort?: number
  readonly port?: number | string
  readonly protocol?: 'SCTP' | 'TCP' | 'UDP'
}

export interface NetworkPolicySpec {
  readonly egress?: readonly NetworkPolicyEgressRule[]
  readonly ingress?: readonly NetworkPolicyIngressRule[]
  readonly podSelector: LabelSelector
  readonly policyTypes?: readonly ('Egress' | 'Ingress')[]
}
