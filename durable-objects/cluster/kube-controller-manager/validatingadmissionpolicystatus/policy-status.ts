// kubernetes: pkg/controller/validatingadmissionpolicystatus/controller.go
import { assign } from '#apimachinery/object.ts'
import type { Component, ComponentDefinition } from '#client/component.ts'

const NAME = 'validatingadmissionpolicy-status-controller'
const POLICIES = 'validatingadmissionpolicies.admissionregistration.k8s.io'

/**
 * Says of each policy that its expressions were looked at. differs: upstream checks them against the schemas of what they match, and lists
 * what it finds.
 */
export const validatingAdmissionPolicyStatus: ComponentDefinition = {
  name: NAME,
  manager: 'validatingadmissionpolicy-status',
  username: `system:serviceaccount:kube-system:${NAME}`,
  create: ({ client, queue }) => {
    client.watch(POLICIES, ({ object }) => queue.add(object.metadata.name ?? ''))
    return {
      name: NAME,
      queue,
      resync: () => {
        for (const { metadata } of client.list(POLICIES)) queue.add(metadata.name ?? '')
      },
      sync: (name) => {
        const policy = client.get(POLICIES, '', name)
        if (policy === undefined) return
        const { generation } = policy.metadata
        if (generation === undefined || policy.status?.observedGeneration === generation) return
        const status = { ...policy.status, observedGeneration: generation, typeChecking: {} }
        client.update(POLICIES, assign(policy, { status }), { subresource: 'status' })
      },
    } satisfies Component
  },
}
