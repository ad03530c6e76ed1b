import type { ComponentDefinition } from '#client/component.ts'
import { KubeProxies } from './proxies.ts'

export const proxyComponents: readonly ComponentDefinition[] = [
  {
    name: 'kube-proxy',
    manager: 'kube-proxy',
    username: 'system:serviceaccount:kube-system:kube-proxy',
    create: (context) => new KubeProxies('kube-proxy', context),
  },
]
