import type { ResourceQuota } from '#api/core/v1/resource-quota/types.ts'
import type { Client } from '#client/client.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import type { Random } from '#environment.ts'
import {
  certificateApproval,
  certificateSigning,
  certificateSubjectRestriction,
} from '#kube-apiserver/admission/certificates.ts'
import { persistentVolumeClaimResize } from '#kube-apiserver/admission/claim-resize.ts'
import {
  defaultIngressClass,
  defaultStorageClass,
} from '#kube-apiserver/admission/default-classes.ts'
import { defaultTolerationSeconds } from '#kube-apiserver/admission/default-toleration-seconds.ts'
import { limitRanger } from '#kube-apiserver/admission/limit-ranger.ts'
import { namespaceLifecycle } from '#kube-apiserver/admission/namespace-lifecycle.ts'
import {
  isWrite,
  type AdmissionContext,
  type AdmissionPlugin,
} from '#kube-apiserver/admission/plugin.ts'
import { validatingAdmissionPolicy } from '#kube-apiserver/admission/policies/validating-admission-policy.ts'
import { podSecurity } from '#kube-apiserver/admission/pod-security/pod-security.ts'
import { podTopologyLabels } from '#kube-apiserver/admission/pod-topology-labels.ts'
import { priority } from '#kube-apiserver/admission/priority.ts'
import { resourceQuota } from '#kube-apiserver/admission/resource-quota.ts'
import { runtimeClass } from '#kube-apiserver/admission/runtime-class.ts'
import { serviceAccount } from '#kube-apiserver/admission/service-account.ts'
import { storageObjectInUseProtection } from '#kube-apiserver/admission/storage-object-in-use.ts'
import { taintNodesByCondition } from '#kube-apiserver/admission/taint-nodes-by-condition.ts'
import {
  mutatingAdmissionWebhook,
  validatingAdmissionWebhook,
} from '#kube-apiserver/admission/webhooks.ts'
import { privilegeEscalation } from '#kube-apiserver/authorization/escalation.ts'
import type { Admission, AdmissionRequest } from '#kube-apiserver/registry/operation.ts'

/** The plugins that a real API server runs by default, in its order. kubernetes: pkg/kubeapiserver/options/plugins.go */
const plugins = (context: AdmissionContext, client: Client): readonly AdmissionPlugin[] => [
  namespaceLifecycle(context),
  limitRanger(context),
  serviceAccount(context),
  taintNodesByCondition,
  podSecurity(context),
  priority(context),
  defaultTolerationSeconds,
  defaultStorageClass(context),
  storageObjectInUseProtection,
  persistentVolumeClaimResize(context),
  runtimeClass(context),
  certificateApproval(context),
  certificateSigning(context),
  certificateSubjectRestriction,
  defaultIngressClass(context),
  podTopologyLabels(context),
  privilegeEscalation(context.reader),
  mutatingAdmissionWebhook(context),
  validatingAdmissionPolicy(context),
  validatingAdmissionWebhook(context),
  resourceQuota(context, (quota: ResourceQuota) => {
    client.update('resourcequotas', quota, { subresource: 'status' })
  }),
]

/** Runs plugins one after the other. Those that do not know a resource are not asked about it. */
export const chainOf = (all: readonly AdmissionPlugin[]): Admission => {
  const admitting = concerned(all.filter(({ admit: does }) => does !== undefined))
  const validating = concerned(all.filter(({ validate: does }) => does !== undefined))
  const admit = (request: AdmissionRequest): KubeObject | undefined => {
    if (!isWrite(request)) return request.object
    let current = request
    for (const plugin of admitting(request.resource.name)) {
      const object = plugin.admit?.(current) ?? current.object
      if (object !== current.object) current = { ...current, object }
    }
    return current.object
  }
  const validate = (request: AdmissionRequest): void => {
    for (const plugin of validating(request.resource.name)) plugin.validate?.(request)
  }
  return { admit, validate }
}

/** Those of the plugins that know a resource, looked for once. */
const concerned = (
  those: readonly AdmissionPlugin[],
): ((resource: string) => readonly AdmissionPlugin[]) => {
  const byResource = new Map<string, readonly AdmissionPlugin[]>()
  return (resource) => {
    const known = byResource.get(resource)
    if (known !== undefined) return known
    const found = those.filter(({ resources }) => resources?.includes(resource) !== false)
    byResource.set(resource, found)
    return found
  }
}

/** Admission as a cluster has it. `client` speaks for the API server itself; `more` is what runs behind the usual plugins. */
export const admissionChain = (
  client: Client,
  random: Random,
  more: readonly AdmissionPlugin[] = [],
): Admission =>
  chainOf([
    ...plugins({ reader: client.dynamic, random, now: () => client.now() }, client),
    ...more,
  ])
