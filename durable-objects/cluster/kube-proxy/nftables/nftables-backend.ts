// kube-proxy's mode nftables: one table, verdict maps to find the Service, one chain for each Service port.
// kubernetes: pkg/proxy/nftables/proxier.go
import type { Backend } from '#kube-proxy/backend.ts'
import { ownSets } from './base-sets.ts'
import { base } from './base.ts'
import { bundle } from './bundle.ts'
import { hairpinsByNode } from './hairpins.ts'

export const nftablesBackend: Backend = {
  base,
  // all that ports share is elements of maps
  lastRules: () => [],
  bundle,
  ownSets,
  ownElements: hairpinsByNode,
}
