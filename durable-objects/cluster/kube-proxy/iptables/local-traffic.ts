// How rules tell traffic of this cluster's Pods. kubernetes: pkg/proxy/util/localdetector.go
import type { Match } from '#netfilter/rule.ts'
import type { LocalDetector } from '#kube-proxy/backend.ts'

type OriginMatch = Extract<Match, { kind: 'address' | 'interface' }>

/** undefined: there is no way to tell. */
export const isFromPod = (detector: LocalDetector): OriginMatch | undefined => {
  switch (detector.kind) {
    case 'cidr':
      return { kind: 'address', side: 'source', cidr: detector.cidr }
    case 'bridge':
      return { kind: 'interface', name: detector.name }
    case 'interfacePrefix':
      return { kind: 'interface', name: detector.prefix, isPrefix: true }
    case 'none':
      return undefined
  }
}

export const isNotFromPod = (detector: LocalDetector): OriginMatch | undefined => {
  const match = isFromPod(detector)
  return match === undefined ? undefined : { ...match, isNegated: true }
}
