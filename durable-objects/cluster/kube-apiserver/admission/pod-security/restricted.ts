// kubernetes: pod-security-admission policy/check_*.go, those of the restricted level, in the order of their names
import type { Container } from '#api/core/v1/pod/container-types.ts'
import type { PodSpec } from '#api/core/v1/pod/types.ts'
import {
  baselineChecks,
  capabilities,
  hostPathVolumes,
  seccompProfile as baselineSeccomp,
} from '#kube-apiserver/admission/pod-security/baseline.ts'
import {
  containersOf,
  containersText,
  isWindows,
  namesWhere,
  plural,
  quoted,
  settersText,
  sortedSet,
  type Check,
} from '#kube-apiserver/admission/pod-security/check.ts'

const allowPrivilegeEscalation: Check = (spec) => {
  if (isWindows(spec)) return undefined
  const names = namesWhere(
    spec,
    ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false,
  )
  return names.length === 0
    ? undefined
    : {
        reason: 'allowPrivilegeEscalation != false',
        detail: `${containersText(names)} must set securityContext.allowPrivilegeEscalation=false`,
      }
}

const restrictedCapabilities: Check = (spec) => {
  if (isWindows(spec)) return undefined
  const added = ({ securityContext }: Container): readonly string[] =>
    (securityContext?.capabilities?.add ?? []).filter((name) => name !== 'NET_BIND_SERVICE')
  const keeping = namesWhere(
    spec,
    ({ securityContext }) => securityContext?.capabilities?.drop?.includes('ALL') !== true,
  )
  const adding = namesWhere(spec, (container) => added(container).length > 0)
  const details = [
    ...(keeping.length === 0
      ? []
      : [`${containersText(keeping)} must set securityContext.capabilities.drop=["ALL"]`]),
    ...(adding.length === 0
      ? []
      : [
          `${containersText(adding)} must not include ${quoted(sortedSet(containersOf(spec).flatMap(added)))} in securityContext.capabilities.add`,
        ]),
  ]
  return details.length === 0
    ? undefined
    : { reason: 'unrestricted capabilities', detail: details.join('; ') }
}

const ALLOWED_VOLUMES: ReadonlySet<string> = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
])

const restrictedVolumes: Check = (spec) => {
  const bad = (spec.volumes ?? []).flatMap((volume) => {
    const type = Object.keys(volume).find((key) => key !== 'name')
    return type === undefined || ALLOWED_VOLUMES.has(type) ? [] : [{ name: volume.name, type }]
  })
  if (bad.length === 0) return undefined
  const types = sortedSet(bad.map(({ type }) => type))
  const volumes = `${plural('volume', 'volumes', bad.length)} ${quoted(bad.map(({ name }) => name))}`
  const words = plural('restricted volume type', 'restricted volume types', types.length)
  return {
    reason: 'restricted volume types',
    detail: `${volumes} ${plural('uses', 'use', bad.length)} ${words} ${quoted(types)}`,
  }
}

const runAsNonRoot: Check = (spec) => {
  const ofPod = spec.securityContext?.runAsNonRoot
  const setting = (value: boolean | undefined) =>
    namesWhere(spec, ({ securityContext }) => securityContext?.runAsNonRoot === value)
  const setters = settersText(ofPod === false, setting(false))
  if (setters !== '')
    return {
      reason: 'runAsNonRoot != true',
      detail: `${setters} must not set securityContext.runAsNonRoot=false`,
    }
  const silent = ofPod === true ? [] : setting(undefined)
  return silent.length === 0
    ? undefined
    : {
        reason: 'runAsNonRoot != true',
        detail: `pod or ${containersText(silent)} must set securityContext.runAsNonRoot=true`,
      }
}

const runAsUser: Check = (spec) => {
  const setters = settersText(
    spec.securityContext?.runAsUser === 0,
    namesWhere(spec, ({ securityContext }) => securityContext?.runAsUser === 0),
  )
  return setters === ''
    ? undefined
    : { reason: 'runAsUser=0', detail: `${setters} must not set runAsUser=0` }
}

const seccompTypes = (spec: PodSpec): readonly string[] =>
  [spec, ...containersOf(spec)].flatMap(
    ({ securityContext }) => securityContext?.seccompProfile?.type ?? [],
  )

const isGoodSeccomp = (type: string): boolean => type === 'RuntimeDefault' || type === 'Localhost'

const restrictedSeccomp: Check = (spec) => {
  if (isWindows(spec)) return undefined
  const ofPod = spec.securityContext?.seccompProfile?.type
  const isBad = (type: string | undefined): boolean => type !== undefined && !isGoodSeccomp(type)
  const setters = settersText(
    isBad(ofPod),
    namesWhere(spec, ({ securityContext }) => isBad(securityContext?.seccompProfile?.type)),
  )
  const values = sortedSet(seccompTypes(spec).filter(isBad))
  if (setters !== '')
    return {
      reason: 'seccompProfile',
      detail: `${setters} must not set securityContext.seccompProfile.type to ${quoted(values)}`,
    }
  const silent =
    ofPod === undefined
      ? namesWhere(spec, ({ securityContext }) => securityContext?.seccompProfile === undefined)
      : []
  return silent.length === 0
    ? undefined
    : {
        reason: 'seccompProfile',
        detail: `pod or ${containersText(silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
      }
}

/** Checks that a stricter one of the restricted level stands for. */
const OVERRIDDEN: ReadonlySet<Check> = new Set([capabilities, hostPathVolumes, baselineSeccomp])

export const restrictedChecks: readonly Check[] = [
  ...baselineChecks.filter((check) => !OVERRIDDEN.has(check)),
  allowPrivilegeEscalation,
  restrictedCapabilities,
  restrictedVolumes,
  runAsNonRoot,
  runAsUser,
  restrictedSeccomp,
]
