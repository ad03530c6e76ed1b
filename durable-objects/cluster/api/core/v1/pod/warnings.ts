// What the API server takes, but says something about. kubernetes: pkg/api/pod/warnings.go
import { append } from '#apimachinery/append.ts'
import { deprecatedLabel, labelKeyWarnings } from '#api/core/v1/node/deprecated-labels.ts'
import type { PodTemplateSpec } from '#api/core/v1/pod-template/spec-types.ts'
import type { NodeSelectorTerm } from '#api/core/v1/pod/affinity-types.ts'
import { containerWarnings, portWarnings } from '#api/core/v1/pod/container-warnings.ts'
import type { Pod, PodSpec } from '#api/core/v1/pod/types.ts'
import { volumeWarnings } from '#api/core/v1/pod/volume-warnings.ts'
import { child, quote } from '#apimachinery/field-error.ts'
import { own, type ObjectMeta } from '#apimachinery/object.ts'
import { warningsForIp } from '#apimachinery/validation/ip.ts'
import { isDns1123Label } from '#apimachinery/validation/names.ts'

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution'
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution'

const DEPRECATED_ANNOTATIONS: readonly (readonly [string, string])[] = [
  [
    'scheduler.alpha.kubernetes.io/critical-pod',
    'non-functional in v1.16+; use the "priorityClassName" field instead',
  ],
  [
    'security.alpha.kubernetes.io/sysctls',
    'non-functional in v1.11+; use the "sysctls" field instead',
  ],
  [
    'security.alpha.kubernetes.io/unsafe-sysctls',
    'non-functional in v1.11+; use the "sysctls" field instead',
  ],
]

const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod'
const NO_SELECTOR = 'a null labelSelector results in matching no pod'

/** For a name that becomes the host name of Pods. `use`: what upstream says of the name. */
export const nameWarnings = (name: string | undefined, use: string): readonly string[] => {
  const messages = isDns1123Label(name ?? '')
  return messages.length === 0
    ? []
    : [
        `metadata.name: this is used in ${use}, which can result in surprising behavior; a DNS label is recommended: [${messages.join(' ')}]`,
      ]
}

export const podWarnings = (pod: Pod): readonly string[] => [
  ...nameWarnings(pod.metadata.name, "the Pod's hostname"),
  ...specWarnings(pod.spec, pod.metadata, ''),
]

/** `path` is the template's: `spec.template`. */
export const podTemplateWarnings = (
  template: PodTemplateSpec | undefined,
  path: string,
): readonly string[] =>
  template === undefined ? [] : specWarnings(template.spec, template.metadata, path)

const specWarnings = (spec: PodSpec, meta: ObjectMeta, path: string): readonly string[] => {
  const specPath = child(path, 'spec')
  return [
    ...labelWarnings(spec, specPath),
    ...annotationWarnings(meta, child(path, 'metadata', 'annotations')),
    ...volumeWarnings(spec.volumes, `${specPath}.volumes`),
    ...listWarnings(spec, specPath),
    ...seccompWarnings(spec, meta, child(path, 'metadata', 'annotations')),
    ...containerWarnings(spec, meta, path),
    ...portWarnings(spec, specPath),
    ...graceWarnings(spec, specPath),
    ...affinityWarnings(spec, `${specPath}.affinity`),
    ...addressWarnings(spec, specPath),
  ]
}

/** Labels of nodes that have another name by now. kubernetes: pkg/api/node GetWarningsForNodeSelectorTerm */
export const termWarnings = (term: NodeSelectorTerm | undefined, path: string): readonly string[] =>
  (term?.matchExpressions ?? []).flatMap(({ key }, index) => {
    const why = deprecatedLabel(key)
    return why === undefined ? [] : [`${path}.matchExpressions[${index}].key: ${key} is ${why}`]
  })

const labelWarnings = (spec: PodSpec, path: string): readonly string[] => {
  const warnings = [...labelKeyWarnings(spec.nodeSelector, (key) => `${path}.nodeSelector[${key}]`)]
  const affinity = spec.affinity?.nodeAffinity
  const here = `${path}.affinity.nodeAffinity`
  for (const [index, term] of (affinity?.[REQUIRED]?.nodeSelectorTerms ?? []).entries())
    append(warnings, termWarnings(term, `${here}.${REQUIRED}.nodeSelectorTerms[${index}]`))
  for (const [index, term] of (affinity?.[PREFERRED] ?? []).entries())
    append(warnings, termWarnings(term.preference, `${here}.${PREFERRED}[${index}].preference`))
  for (const [index, constraint] of (spec.topologySpreadConstraints ?? []).entries()) {
    const at = `${path}.topologySpreadConstraints[${index}]`
    const why = deprecatedLabel(constraint.topologyKey)
    if (why !== undefined) warnings.push(`${at}.topologyKey: ${constraint.topologyKey} is ${why}`)
    if (constraint.labelSelector === undefined) warnings.push(`${at}.labelSelector: ${NO_SELECTOR}`)
  }
  return warnings
}

const annotationWarnings = (meta: ObjectMeta, path: string): readonly string[] =>
  meta.annotations === undefined
    ? []
    : DEPRECATED_ANNOTATIONS.filter(([key]) => own(meta.annotations, key) !== undefined).map(
        ([key, message]) => `${path}[${key}]: ${message}`,
      )

const listWarnings = (spec: PodSpec, path: string): readonly string[] => {
  const warnings: string[] = []
  const addresses = new Set<string>()
  for (const [index, { ip = '' }] of (spec.hostAliases ?? []).entries()) {
    if (addresses.has(ip))
      warnings.push(`${path}.hostAliases[${index}].ip: duplicate ip ${quote(ip)}`)
    addresses.add(ip)
  }
  const secrets = (spec.imagePullSecrets ?? []).map(({ name = '' }) => name)
  for (const [index, name] of secrets.entries())
    if (secrets.indexOf(name) < index)
      warnings.push(`${path}.imagePullSecrets[${index}].name: duplicate name ${quote(name)}`)
  for (const [index, name] of secrets.entries())
    if (name === '') warnings.push(`${path}.imagePullSecrets[${index}].name: invalid empty name ""`)
  return warnings
}

const addressWarnings = (spec: PodSpec, path: string): readonly string[] => [
  ...(spec.dnsConfig?.nameservers ?? []).flatMap((address, index) =>
    warningsForIp(`${path}.dnsConfig.nameservers[${index}]`, address),
  ),
  ...(spec.hostAliases ?? []).flatMap(({ ip = '' }, index) =>
    warningsForIp(`${path}.hostAliases[${index}].ip`, ip),
  ),
]

const seccompWarnings = (spec: PodSpec, meta: ObjectMeta, path: string): readonly string[] =>
  spec.securityContext?.seccompProfile === undefined &&
  own(meta.annotations, SECCOMP_POD) !== undefined
    ? [`${path}[${SECCOMP_POD}]: non-functional in v1.27+; use the "seccompProfile" field instead`]
    : []

const graceWarnings = (spec: PodSpec, path: string): readonly string[] =>
  (spec.terminationGracePeriodSeconds ?? 0) < 0
    ? [
        `${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`,
      ]
    : []

const affinityWarnings = (spec: PodSpec, path: string): readonly string[] =>
  (['podAffinity', 'podAntiAffinity'] as const).flatMap((kind) => {
    const affinity = spec.affinity?.[kind]
    const required = (affinity?.[REQUIRED] ?? []).flatMap((term, index) =>
      term.labelSelector === undefined
        ? [`${path}.${kind}.${REQUIRED}[${index}].labelSelector: ${NO_SELECTOR}`]
        : [],
    )
    const preferred = (affinity?.[PREFERRED] ?? []).flatMap((term, index) =>
      term.podAffinityTerm?.labelSelector === undefined
        ? [`${path}.${kind}.${PREFERRED}[${index}].podAffinityTerm.labelSelector: ${NO_SELECTOR}`]
        : [],
    )
    return [...required, ...preferred]
  })
