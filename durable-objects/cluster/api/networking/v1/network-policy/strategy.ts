// kubernetes: pkg/registry/networking/networkpolicy/strategy.go
import { defaultNetworkPolicy } from '#api/networking/v1/network-policy/defaults.ts'
import type { NetworkPolicy, NetworkPolicyPeer } from '#api/networking/v1/network-policy/types.ts'
import { validateNetworkPolicy } from '#api/networking/v1/network-policy/validation.ts'
import type { Strategy } from '#api/strategy.ts'
import { at, child } from '#apimachinery/field-error.ts'
import { warningsForCidr } from '#apimachinery/validation/ip.ts'

const peerWarnings = (peers: readonly NetworkPolicyPeer[], path: string): readonly string[] =>
  peers.flatMap(({ ipBlock }, index) => {
    if (ipBlock === undefined) return []
    const here = child(at(path, index), 'ipBlock')
    return [
      ...warningsForCidr(child(here, 'cidr'), ipBlock.cidr),
      ...(ipBlock.except ?? []).flatMap((text, i) =>
        warningsForCidr(at(child(here, 'except'), i), text),
      ),
    ]
  })

const warnings = ({ spec }: NetworkPolicy): readonly string[] => [
  ...(spec.ingress ?? []).flatMap(({ from = [] }, index) =>
    peerWarnings(from, child(at('spec.ingress', index), 'from')),
  ),
  ...(spec.egress ?? []).flatMap(({ to = [] }, index) =>
    peerWarnings(to, child(at('spec.egress', index), 'to')),
  ),
]

export const networkPolicyStrategy: Strategy<NetworkPolicy> = {
  defaults: defaultNetworkPolicy,
  validate: validateNetworkPolicy,
  warningsOnCreate: warnings,
  validateUpdate: validateNetworkPolicy,
  warningsOnUpdate: warnings,
}
