// Names that stand for names: where an ExternalName leads in the end.
import type { Service } from '#api/core/v1/service/types.ts'
import type { Cause } from './cause.ts'
import { type DiagnosisContext, namespaceOf, placeOf } from './context.ts'

/** coredns: plugin/backend_lookup.go follows so many names of the cluster, and no more. */
const MOST_NAMES = 8

export interface Chain {
  /** The Services that it goes through, the one that was asked for first. */
  readonly services: readonly Service[]
  readonly target: string
  readonly end: 'name' | 'circle' | 'too long'
}

export const chainOf = ({ client, service }: DiagnosisContext): Chain => {
  const services: Service[] = [service]
  for (;;) {
    const target = targetOf(services.at(-1)!)
    const [, name = '', namespace = ''] =
      /^([^.]+)\.([^.]+)\.svc\.cluster\.local$/.exec(target) ?? []
    const next = name === '' ? undefined : client.get('services', namespace, name)
    if (next?.spec.type !== 'ExternalName') return { services, target, end: 'name' }
    const isCircle = services.some(({ metadata: { uid } }) => uid === next.metadata.uid)
    services.push(next)
    if (isCircle) return { services, target, end: 'circle' }
    if (services.length > MOST_NAMES) return { services, target, end: 'too long' }
  }
}

export const targetOf = ({ spec: { externalName = '' } }: Service): string =>
  externalName.replace(/\.$/, '')

/** A name without an end has no address. */
export const endlessCause = ({ services, end }: Chain): Cause | undefined => {
  if (end === 'name') return undefined
  const [service] = services
  const path = services.map((each) => `${namespaceOf(each)}/${each.metadata.name}`).join(' → ')
  const place = placeOf(service!, 'spec.externalName')
  return {
    code: 'ExternalNameNotFound',
    says: `${end === 'circle' ? 'These names stand for each other in a circle' : 'So many names stand for each other that DNS gives up'}: ${path}. Every ExternalName must lead to a name that has an address in the end; this one has none.`,
    evidence: [...new Set(services)]
      .slice(0, 3)
      .map((each) => ({ place: placeOf(each, 'spec.externalName'), found: targetOf(each) })),
    place,
  }
}
