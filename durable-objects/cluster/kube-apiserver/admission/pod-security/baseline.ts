// kubernetes: pod-security-admission policy/check_*.go, those of the baseline level, in the order of their names
import { SAFE_SYSCTLS } from '#api/core/v1/pod/sysctls.ts'
import type { SELinuxOptions } from '#api/core/v1/pod/container-types.ts'
import { own } from '#apimachinery/object.ts'
import {
  containersOf,
  containersText,
  namesWhere,
  plural,
  quoted,
  settersText,
  sortedSet,
  type Check,
} from '#kube-apiserver/admission/pod-security/check.ts'

const APP_ARMOR_ANNOTATION = 'container.apparmor.security.beta.kubernetes.io/'

const appArmorProfile: Check = (spec, metadata) => {
  const pod = spec.securityContext?.appArmorProfile?.type === 'Unconfined'
  const containers = namesWhere(
    spec,
    ({ securityContext }) => securityContext?.appArmorProfile?.type === 'Unconfined',
  )
  const annotations = Object.keys(metadata.annotations ?? {})
    .filter((key) => key.startsWith(APP_ARMOR_ANNOTATION))
    .map((key) => [key, own(metadata.annotations, key)!] as const)
    .filter(
      ([, value]) => value !== '' && value !== 'runtime/default' && !value.startsWith('localhost/'),
    )
    .map(([key, value]) => `${key}="${value}"`)
    .sort()
  const setters = settersText(pod, containers)
  const details = [
    ...(setters === '' ? [] : [`${setters} must not set AppArmor profile type to "Unconfined"`]),
    ...(annotations.length === 0
      ? []
      : [`${plural('annotation', 'annotations', annotations.length)} ${annotations.join(', ')}`]),
  ]
  if (details.length === 0) return undefined
  return {
    reason: plural('forbidden AppArmor profile', 'forbidden AppArmor profiles', details.length),
    detail: details.join('; '),
  }
}

const DEFAULT_CAPABILITIES: ReadonlySet<string> = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
])

export const capabilities: Check = (spec) => {
  const added = ({ securityContext }: (typeof spec.containers)[number]): readonly string[] =>
    (securityContext?.capabilities?.add ?? []).filter((name) => !DEFAULT_CAPABILITIES.has(name))
  const names = namesWhere(spec, (container) => added(container).length > 0)
  if (names.length === 0) return undefined
  const forbidden = sortedSet(containersOf(spec).flatMap(added))
  return {
    reason: 'non-default capabilities',
    detail: `${containersText(names)} must not include ${quoted(forbidden)} in securityContext.capabilities.add`,
  }
}

const hostNamespaces: Check = (spec) => {
  const set = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter(
    (field) => spec[field] === true,
  )
  return set.length === 0
    ? undefined
    : { reason: 'host namespaces', detail: set.map((field) => `${field}=true`).join(', ') }
}

export const hostPathVolumes: Check = (spec) => {
  const names = (spec.volumes ?? [])
    .filter(({ hostPath }) => hostPath !== undefined)
    .map(({ name }) => name)
  return names.length === 0
    ? undefined
    : {
        reason: 'hostPath volumes',
        detail: `${plural('volume', 'volumes', names.length)} ${quoted(names)}`,
      }
}

const hostPorts: Check = (spec) => {
  const ports = ({ ports: all = [] }: (typeof spec.containers)[number]): readonly string[] =>
    all.filter(({ hostPort = 0 }) => hostPort !== 0).map(({ hostPort }) => String(hostPort))
  const names = namesWhere(spec, (container) => ports(container).length > 0)
  if (names.length === 0) return undefined
  const used = sortedSet(containersOf(spec).flatMap(ports))
  return {
    reason: 'hostPort',
    detail: `${containersText(names)} ${plural('uses', 'use', names.length)} ${plural('hostPort', 'hostPorts', used.length)} ${used.join(', ')}`,
  }
}

const privileged: Check = (spec) => {
  const names = namesWhere(spec, ({ securityContext }) => securityContext?.privileged === true)
  return names.length === 0
    ? undefined
    : {
        reason: 'privileged',
        detail: `${containersText(names)} must not set securityContext.privileged=true`,
      }
}

const procMount: Check = (spec) => {
  // User namespaces make it harmless.
  if (spec.hostUsers === false) return undefined
  const isSet = (value: string | undefined): boolean => value !== undefined && value !== 'Default'
  const names = namesWhere(spec, ({ securityContext }) => isSet(securityContext?.procMount))
  return names.length === 0
    ? undefined
    : {
        reason: 'procMount',
        detail: `${containersText(names)} must not set securityContext.procMount to "Unmasked"`,
      }
}

const SELINUX_TYPES: ReadonlySet<string> = new Set([
  '',
  'container_t',
  'container_init_t',
  'container_kvm_t',
  'container_engine_t',
])

const seLinuxOptions: Check = (spec) => {
  const types: string[] = []
  let user = false
  let role = false
  const isBad = (options: SELinuxOptions | undefined): boolean => {
    if (options === undefined) return false
    const badType = !SELINUX_TYPES.has(options.type ?? '')
    const badUser = (options.user ?? '') !== ''
    const badRole = (options.role ?? '') !== ''
    if (badType) types.push(options.type!)
    user ||= badUser
    role ||= badRole
    return badType || badUser || badRole
  }
  const pod = isBad(spec.securityContext?.seLinuxOptions)
  const names = namesWhere(spec, ({ securityContext }) => isBad(securityContext?.seLinuxOptions))
  if (!pod && names.length === 0) return undefined
  const distinct = sortedSet(types)
  const details = [
    ...(distinct.length === 0
      ? []
      : [`${plural('type', 'types', distinct.length)} ${quoted(distinct)}`]),
    ...(user ? ['user may not be set'] : []),
    ...(role ? ['role may not be set'] : []),
  ]
  return {
    reason: 'seLinuxOptions',
    detail: `${settersText(pod, names)} set forbidden securityContext.seLinuxOptions: ${details.join('; ')}`,
  }
}

export const seccompProfile: Check = (spec) => {
  const pod = spec.securityContext?.seccompProfile?.type === 'Unconfined'
  const names = namesWhere(
    spec,
    ({ securityContext }) => securityContext?.seccompProfile?.type === 'Unconfined',
  )
  return !pod && names.length === 0
    ? undefined
    : {
        reason: 'seccompProfile',
        detail: `${settersText(pod, names)} must not set securityContext.seccompProfile.type to "Unconfined"`,
      }
}

const sysctls: Check = (spec) => {
  const names = (spec.securityContext?.sysctls ?? [])
    .map(({ name }) => name)
    .filter((name) => !SAFE_SYSCTLS.has(name))
  return names.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: names.join(', ') }
}

const windowsHostProcess: Check = (spec) => {
  const pod = spec.securityContext?.windowsOptions?.hostProcess === true
  const names = namesWhere(
    spec,
    ({ securityContext }) => securityContext?.windowsOptions?.hostProcess === true,
  )
  return !pod && names.length === 0
    ? undefined
    : {
        reason: 'hostProcess',
        detail: `${settersText(pod, names)} must not set securityContext.windowsOptions.hostProcess=true`,
      }
}

export const baselineChecks: readonly Check[] = [
  appArmorProfile,
  capabilities,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  privileged,
  procMount,
  seLinuxOptions,
  seccompProfile,
  sysctls,
  windowsHostProcess,
]
