// What a profile makes of a container for debugging and the Pod around it. kubernetes: kubectl pkg/cmd/debug/profiles.go
import type { JsonObject } from '#apimachinery/object.ts'
import type { Flags } from '#kubectl/command/flags.ts'

export const PROFILES = ['baseline', 'general', 'legacy', 'netadmin', 'restricted', 'sysadmin']

/** A container beside the others, a copy of a Pod, or a Pod on a node. */
export type DebugStyle = 'ephemeral' | 'copy' | 'node'

/** What the container may do. */
export const profiledContainer = (
  profile: string,
  style: DebugStyle,
  container: JsonObject,
): JsonObject => {
  const security = securityContextOf(profile, style, container)
  const { securityContext: _given, ...rest } = container
  return security === undefined ? rest : { ...rest, securityContext: security }
}

const securityContextOf = (
  profile: string,
  style: DebugStyle,
  { securityContext }: JsonObject,
): JsonObject | undefined => {
  const given = securityContext as JsonObject | undefined
  switch (profile) {
    case 'general':
      return style === 'node' ? undefined : withCapabilities(given, ['SYS_PTRACE'])
    case 'netadmin':
      return withCapabilities(given, ['NET_ADMIN', 'NET_RAW'])
    case 'sysadmin':
      return { ...given, privileged: true }
    case 'restricted':
      return {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      }
    case 'baseline':
      return undefined
    default:
      return given
  }
}

const withCapabilities = (given: JsonObject = {}, more: readonly string[]): JsonObject => {
  const capabilities = (given['capabilities'] ?? {}) as JsonObject
  const add = (capabilities['add'] ?? []) as readonly string[]
  return { ...given, capabilities: { ...capabilities, add: [...add, ...more] } }
}

/** What of the copied Pod must not be there twice, or would end the container that is looked at. */
export const profiledCopy = (profile: string, flags: Flags, pod: JsonObject): JsonObject => {
  const { labels, annotations, ...metadata } = pod['metadata'] as JsonObject
  const { containers, initContainers, ...spec } = pod['spec'] as JsonObject
  const isLegacy = profile === 'legacy'
  const share = isLegacy || spec['shareProcessNamespace'] !== undefined
  return {
    ...pod,
    metadata: {
      ...metadata,
      ...(flags.bool('keep-labels') ? { labels } : {}),
      ...(isLegacy || flags.bool('keep-annotations') ? { annotations } : {}),
    },
    spec: {
      ...spec,
      ...(share ? {} : { shareProcessNamespace: true }),
      ...(flags.bool('keep-init-containers') && initContainers !== undefined
        ? { initContainers }
        : {}),
      containers: (containers as readonly JsonObject[]).map((one) =>
        isLegacy ? one : withoutProbes(flags, one),
      ),
    },
  }
}

const PROBES = [
  ['keep-liveness', 'livenessProbe'],
  ['keep-readiness', 'readinessProbe'],
  ['keep-startup', 'startupProbe'],
] as const

const withoutProbes = (flags: Flags, container: JsonObject): JsonObject => {
  const dropped: readonly string[] = PROBES.filter(([flag]) => !flags.bool(flag)).map(
    ([, probe]) => probe,
  )
  return Object.fromEntries(Object.entries(container).filter(([key]) => !dropped.includes(key)))
}

const ROOT = 'host-root'

/** What a Pod on a node sees of it. Its one container is the last argument. */
export const profiledNodePod = (
  profile: string,
  spec: JsonObject,
  container: JsonObject,
): JsonObject => {
  const seesHost = ['general', 'legacy', 'netadmin', 'sysadmin'].includes(profile)
  const mountsRoot = seesHost && profile !== 'netadmin'
  return {
    ...spec,
    ...(mountsRoot ? { volumes: [{ name: ROOT, hostPath: { path: '/' } }] } : {}),
    containers: [
      {
        ...profiledContainer(profile, 'node', container),
        ...(mountsRoot ? { volumeMounts: [{ name: ROOT, mountPath: '/host' }] } : {}),
      },
    ],
    ...(seesHost ? { hostNetwork: true, hostPID: true, hostIPC: true } : {}),
  }
}
