// kubernetes: plugin/pkg/admission/defaulttolerationseconds/admission.go
import type { Pod, Toleration } from '#api/core/v1/pod/types.ts'
import { assign, freeze } from '#apimachinery/object.ts'
import type { AdmissionPlugin } from '#kube-apiserver/admission/plugin.ts'

const DEFAULTS: readonly Toleration[] = freeze(
  ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].map((key): Toleration => ({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 300,
  })),
)

const tolerates = (tolerations: readonly Toleration[], wanted: string): boolean =>
  tolerations.some(
    ({ key = '', effect }) =>
      (key === wanted || key === '') && (effect ?? 'NoExecute') === 'NoExecute',
  )

/** A Pod stays five minutes on a node that died, unless it says otherwise. */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  resources: ['pods'],
  admit: ({ object, subresource }) => {
    if (subresource !== undefined) return object
    const pod = object as Pod
    const given = pod.spec.tolerations ?? []
    const missing =
      given.length === 0 ? DEFAULTS : DEFAULTS.filter(({ key }) => !tolerates(given, key!))
    if (missing.length === 0) return pod
    const tolerations = given.length === 0 ? missing : [...given, ...missing]
    return assign(pod, { spec: assign(pod.spec, { tolerations }) })
  },
}
