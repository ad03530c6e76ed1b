import type {
  NetworkPolicy,
  NetworkPolicyPort,
  NetworkPolicySpec,
} from '#api/networking/v1/network-policy/types.ts'
import { assign, mapShared } from '#apimachinery/object.ts'

/** kubernetes: pkg/apis/networking/v1/defaults.go SetDefaults_NetworkPolicy, SetDefaults_NetworkPolicyPort */
export const defaultNetworkPolicy = (policy: NetworkPolicy): NetworkPolicy => {
  const spec = policy.spec ?? { podSelector: {} }
  const { ingress, egress } = spec
  return assign(policy, {
    spec: assign(spec, {
      ingress: ingress && mapShared(ingress, withPorts),
      egress: egress && mapShared(egress, withPorts),
      policyTypes: policyTypesOf(spec),
    }),
  })
}

const withPorts = <T extends { readonly ports?: readonly NetworkPolicyPort[] }>(rule: T): T => {
  if (rule.ports === undefined) return rule
  const ports = mapShared(rule.ports, (port) => assign(port, { protocol: port.protocol ?? 'TCP' }))
  return ports === rule.ports ? rule : { ...rule, ports }
}

const policyTypesOf = ({ policyTypes, egress }: NetworkPolicySpec): typeof policyTypes => {
  if ((policyTypes?.length ?? 0) > 0) return policyTypes
  return (egress?.length ?? 0) > 0 ? ['Ingress', 'Egress'] : ['Ingress']
}
