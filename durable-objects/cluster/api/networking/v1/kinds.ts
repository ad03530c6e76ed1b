import { ingressClassRow } from '#api/networking/v1/ingress-class/columns.ts'
import { ingressClassStrategy } from '#api/networking/v1/ingress-class/strategy.ts'
import type { IngressClass } from '#api/networking/v1/ingress-class/types.ts'
import { ingressRow } from '#api/networking/v1/ingress/columns.ts'
import { ingressStrategy } from '#api/networking/v1/ingress/strategy.ts'
import type { Ingress } from '#api/networking/v1/ingress/types.ts'
import { ipAddressRow } from '#api/networking/v1/ip-address/columns.ts'
import { ipAddressStrategy } from '#api/networking/v1/ip-address/strategy.ts'
import type { IPAddress } from '#api/networking/v1/ip-address/types.ts'
import { networkPolicyRow } from '#api/networking/v1/network-policy/columns.ts'
import { networkPolicyStrategy } from '#api/networking/v1/network-policy/strategy.ts'
import type { NetworkPolicy } from '#api/networking/v1/network-policy/types.ts'
import { serviceCidrRow } from '#api/networking/v1/service-cidr/columns.ts'
import { serviceCidrStrategy } from '#api/networking/v1/service-cidr/strategy.ts'
import type { ServiceCIDR } from '#api/networking/v1/service-cidr/types.ts'
import { kind, type KindBehaviour } from '#api/strategy.ts'

export const networkingKinds: Readonly<Record<string, KindBehaviour>> = {
  'ingressclasses.networking.k8s.io': kind<IngressClass>({
    strategy: ingressClassStrategy,
    row: ingressClassRow,
  }),
  'ingresses.networking.k8s.io': kind<Ingress>({ strategy: ingressStrategy, row: ingressRow }),
  'ipaddresses.networking.k8s.io': kind<IPAddress>({
    strategy: ipAddressStrategy,
    row: ipAddressRow,
  }),
  'networkpolicies.networking.k8s.io': kind<NetworkPolicy>({
    strategy: networkPolicyStrategy,
    row: networkPolicyRow,
  }),
  'servicecidrs.networking.k8s.io': kind<ServiceCIDR>({
    strategy: serviceCidrStrategy,
    row: serviceCidrRow,
  }),
}
