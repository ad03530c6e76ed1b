// What a component of kube-system is told, put back to what kubeadm wrote.
import type { Place, Remedy } from './cause.ts'
import { type DiagnosisContext, patchCommand } from './context.ts'

/** `place`: of the ConfigMap, with `data.KEY` or `data['KEY']` as its field. */
export const configMapRemedy = (
  { client }: DiagnosisContext,
  place: Place,
  text: string,
): Remedy => {
  const { apiVersion, kind, namespace = '', name, field = '' } = place
  const key = /^data(?:\.|\[')(.+?)(?:'\])?$/.exec(field)?.[1] ?? field
  const says = 'Go back to what kubeadm wrote.'
  const patch = { data: { [key]: text } }
  if (client.get('configmaps', namespace, name) === undefined)
    return { says, apply: [{ apiVersion, kind, metadata: { name, namespace }, ...patch }] }
  return {
    says,
    patch: { target: place, type: 'merge', patch },
    command: patchCommand(place, patch),
  }
}
