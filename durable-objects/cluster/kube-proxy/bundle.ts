// What a back end writes for one Service port on one node. Bundles are plain values made once for each distinct input and shared by
// all nodes whose input is equal; apply-bundles.ts puts them into a node's tables and takes them out again.
import type { Chain, ElementSet, SetElement } from '#netfilter/ruleset.ts'
import type { Rule } from '#netfilter/rule.ts'

/** Chains of this port alone, such as KUBE-SVC-… and KUBE-SEP-…. */
export interface BundleChain {
  /** `ip nat`, `ip filter`, `ip kube-proxy` */
  readonly table: string
  readonly chain: Chain
}

/** This port's rules in a chain that all ports share, such as KUBE-SERVICES. They stand in the order of the ports' keys. */
export interface BundleRules {
  readonly table: string
  readonly chain: string
  readonly rules: readonly Rule[]
}

/** This port's element of a set that all ports share. Ports of one Service may ask for the same element. */
export interface BundleElement {
  readonly table: string
  readonly set: string
  readonly key: string
  readonly element: SetElement
}

/** Sets of this port alone, such as the affinity sets of its endpoints. */
export interface BundleSet {
  readonly table: string
  readonly set: ElementSet
}

export interface Bundle {
  readonly chains: readonly BundleChain[]
  readonly rules: readonly BundleRules[]
  readonly sets: readonly BundleSet[]
  readonly elements: readonly BundleElement[]
}
