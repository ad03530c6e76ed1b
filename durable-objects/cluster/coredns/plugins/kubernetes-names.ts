// What a name below the cluster's zone asks for. coredns: plugin/kubernetes/parse.go

/** The parts of a name; '' for what it does not say. */
export interface NameParts {
  readonly kind: '' | 'svc' | 'pod'
  readonly namespace: string
  readonly service: string
  readonly endpoint: string
  readonly port: string
  readonly protocol: string
}

const NOTHING: NameParts = {
  kind: '',
  namespace: '',
  service: '',
  endpoint: '',
  port: '',
  protocol: '',
}

/** `relative` is the name without its zone, in lower case; undefined if nothing can have such a name. */
export const nameParts = (relative: string): NameParts | undefined => {
  if (relative === '' || relative === 'svc' || relative === 'pod') return NOTHING
  const [kind, namespace = '', service = '', ...rest] = relative.split('.').reverse()
  if (kind !== 'svc' && kind !== 'pod') return undefined
  const found = { ...NOTHING, kind, namespace, service } as const
  const [first, second, ...tooMuch] = rest
  if (tooMuch.length > 0) return undefined
  if (first === undefined) return found
  if (second === undefined) return { ...found, endpoint: first }
  return { ...found, protocol: bare(first), port: bare(second) }
}

const bare = (label: string): string => label.replace(/^_/, '')

/** The name without the zone and the dot between them. Both are absolute. */
export const relativeTo = (name: string, zone: string): string =>
  name.length === zone.length ? '' : name.slice(0, name.length - zone.length - 1)
