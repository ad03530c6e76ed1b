// kubernetes: pod-security-admission admission/admission.go
import type { Namespace } from '#api/core/v1/namespace/types.ts'
import type { Pod, PodSpec } from '#api/core/v1/pod/types.ts'
import { equal, type KubeObject, type ObjectMeta } from '#apimachinery/object.ts'
import { invalid } from '#apimachinery/status-error.ts'
import {
  isStricter,
  levelErrors,
  levelOf,
  levelText,
  violations,
  violationsText,
  type Level,
} from '#kube-apiserver/admission/pod-security/levels.ts'
import {
  isWrite,
  refuse,
  type AdmissionContext,
  type AdmissionPlugin,
  type WriteRequest,
} from '#kube-apiserver/admission/plugin.ts'
import type { Reader } from '#kube-apiserver/reader.ts'

interface Template {
  readonly metadata?: ObjectMeta
  readonly spec?: PodSpec
}

interface Workload extends KubeObject {
  readonly template?: Template
  readonly spec?: {
    readonly template?: Template
    readonly jobTemplate?: { readonly spec?: { readonly template?: Template } }
  }
}

/** Where the kinds that make Pods keep what they make. */
const TEMPLATES: Readonly<Record<string, (workload: Workload) => Template | undefined>> = {
  podtemplates: ({ template }) => template,
  replicationcontrollers: ({ spec }) => spec?.template,
  'deployments.apps': ({ spec }) => spec?.template,
  'replicasets.apps': ({ spec }) => spec?.template,
  'statefulsets.apps': ({ spec }) => spec?.template,
  'daemonsets.apps': ({ spec }) => spec?.template,
  'jobs.batch': ({ spec }) => spec?.template,
  'cronjobs.batch': ({ spec }) => spec?.jobTemplate?.spec?.template,
}

const warn = (request: WriteRequest, level: Level, spec: PodSpec, metadata: ObjectMeta): void => {
  const found = violations(level, spec, metadata)
  if (found.length > 0)
    request.warnings.push(`would violate PodSecurity ${levelText(level)}: ${violationsText(found)}`)
}

const validatePod = (request: WriteRequest, labels: ObjectMeta['labels']): void => {
  const { spec, metadata } = request.object as Pod
  const enforced = levelOf(labels, 'enforce')
  const found = violations(enforced, spec, metadata)
  if (found.length > 0)
    throw refuse(request, `violates PodSecurity ${levelText(enforced)}: ${violationsText(found)}`)
  warn(request, levelOf(labels, 'warn'), spec, metadata)
}

/** Whether an update leaves all that the checks look at as it was: most do, and status updates always. */
const leavesSpec = ({ object, old }: WriteRequest): boolean =>
  old !== undefined && equal((object as Pod).spec, (old as Pod).spec)

/** A stricter level does not touch the Pods that are there already, but says which it would have refused. */
const warnOfExistingPods = (request: WriteRequest, reader: Reader): void => {
  const before = levelOf(request.old?.metadata.labels, 'enforce')
  const after = levelOf(request.object.metadata.labels, 'enforce')
  if (!isStricter(after, before)) return
  const byReasons = new Map<string, string[]>()
  for (const pod of reader.list('pods', { namespace: request.name }) as readonly Pod[]) {
    const reasons = violations(after, pod.spec, pod.metadata).map(({ reason }) => reason)
    if (reasons.length === 0) continue
    const key = reasons.join(', ')
    byReasons.set(key, [...(byReasons.get(key) ?? []), pod.metadata.name ?? ''])
  }
  if (byReasons.size === 0) return
  const lines = [...byReasons].map(([reasons, [first = '', ...others]]) => {
    const more =
      others.length === 0
        ? ''
        : others.length === 1
          ? ' (and 1 other pod)'
          : ` (and ${others.length} other pods)`
    return `${first}${more}: ${reasons}`
  })
  request.warnings.push(
    `existing pods in namespace "${request.name}" violate the new PodSecurity enforce level ${levelText(after)}`,
    ...lines.sort(),
  )
}

const validateNamespace = (request: WriteRequest, reader: Reader): void => {
  const { object, old, name } = request
  const errors = levelErrors(object.metadata.labels)
  if (errors.length > 0 && (old === undefined || levelErrors(old.metadata.labels).length === 0))
    throw invalid({ group: '', kind: 'Namespace' }, name || (object.metadata.name ?? ''), errors)
  if (old !== undefined) warnOfExistingPods(request, reader)
}

export const podSecurity = ({ reader }: AdmissionContext): AdmissionPlugin => ({
  name: 'PodSecurity',
  resources: ['namespaces', 'pods', ...Object.keys(TEMPLATES)],
  validate: (request) => {
    const { resource, namespace, subresource } = request
    if (!isWrite(request)) return
    if (resource.name === 'namespaces') {
      if (subresource === undefined) validateNamespace(request, reader)
      return
    }
    if (subresource !== undefined && subresource !== 'ephemeralcontainers') return
    const { labels } =
      (reader.get('namespaces', '', namespace) as Namespace | undefined)?.metadata ?? {}
    if (resource.name === 'pods') {
      if (!leavesSpec(request)) validatePod(request, labels)
      return
    }
    const template = TEMPLATES[resource.name]!(request.object)
    const level = levelOf(labels, 'warn')
    if (template?.spec !== undefined && level.level !== 'privileged')
      warn(request, level, template.spec, template.metadata ?? {})
  },
})
