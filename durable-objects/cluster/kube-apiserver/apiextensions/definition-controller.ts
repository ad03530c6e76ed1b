// What the API server itself does about CustomResourceDefinitions, once they are stored.
// kubernetes: apiextensions pkg/controller/{status,establish,apiapproval,nonstructuralschema,finalizer}, kube-aggregator autoregister
import {
  approvalOf,
  isProtectedGroup,
} from '#api/apiextensions/v1/custom-resource-definition/approval.ts'
import {
  isConditionTrue,
  withCondition,
  withoutCondition,
} from '#api/apiextensions/v1/custom-resource-definition/conditions.ts'
import { CLEANUP_FINALIZER } from '#api/apiextensions/v1/custom-resource-definition/strategy.ts'
import type { CustomResourceDefinition } from '#api/apiextensions/v1/custom-resource-definition/types.ts'
import { assign } from '#apimachinery/object.ts'
import { isReason } from '#apimachinery/status-error.ts'
import { validateStructural } from '#apimachinery/structural/structural-rules.ts'
import type { Client } from '#client/client.ts'
import type { Component, ComponentDefinition } from '#client/component.ts'
import { syncApiServices } from '#kube-apiserver/apiextensions/api-services.ts'
import { withAcceptedNames } from '#kube-apiserver/apiextensions/names.ts'

const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io'
const NAME = 'customresourcedefinition-controller'

/** Accepts names, establishes, and sees definitions off with all their instances. */
export const definitionController: ComponentDefinition = {
  name: NAME,
  manager: 'kube-apiserver',
  username: 'system:apiserver',
  create: ({ client, queue }) => {
    const all = (): readonly CustomResourceDefinition[] => client.list(DEFINITIONS)
    const definitionsOfGroup = (group: string): void => {
      for (const { spec, metadata } of all())
        if (spec.group === group) queue.add(metadata.name ?? '')
    }
    client.watch(DEFINITIONS, ({ type, object }) => {
      queue.add(object.metadata.name ?? '')
      // names that become free may be somebody's who waits for them
      if (type === 'DELETED') definitionsOfGroup(object.spec.group)
    })
    client.dynamic.watchAll((resource, { type }) => {
      if (type === 'DELETED' && client.get(DEFINITIONS, '', resource)?.metadata.deletionTimestamp)
        queue.add(resource)
    })
    return {
      name: NAME,
      queue,
      resync: () => {
        for (const { metadata } of all()) queue.add(metadata.name ?? '')
      },
      sync: (name) => {
        const definition = client.get(DEFINITIONS, '', name)
        if (definition !== undefined) {
          const settled = settle(client, definition, all())
          if (settled.metadata.deletionTimestamp !== undefined) finalize(client, settled)
        }
        syncApiServices(client, name.slice(name.indexOf('.') + 1), all())
      },
    } satisfies Component
  },
}

type Step = (definition: CustomResourceDefinition) => CustomResourceDefinition

/** Each step is a write of its own, as each has a controller of its own upstream. */
const settle = (
  client: Client,
  definition: CustomResourceDefinition,
  all: readonly CustomResourceDefinition[],
): CustomResourceDefinition => {
  const now = client.now()
  const steps: readonly Step[] = [
    (one) => withAcceptedNames(one, all, now),
    (one) => established(one, now),
    (one) => withStructure(one, now),
    (one) => withApproval(one, now),
  ]
  return steps.reduce((before, step) => {
    const after = step(before)
    return after === before ? before : client.update(DEFINITIONS, after, { subresource: 'status' })
  }, definition)
}

const established = (definition: CustomResourceDefinition, now: number): CustomResourceDefinition =>
  isConditionTrue(definition, 'NamesAccepted') && !isConditionTrue(definition, 'Established')
    ? withCondition(
        definition,
        {
          type: 'Established',
          status: 'True',
          reason: 'InitialNamesAccepted',
          message: 'the initial names have been accepted',
        },
        now,
      )
    : definition

const withStructure = (
  definition: CustomResourceDefinition,
  now: number,
): CustomResourceDefinition => {
  const problems = definition.spec.versions.flatMap(({ schema }, index) =>
    schema?.openAPIV3Schema === undefined
      ? []
      : validateStructural(
          schema.openAPIV3Schema,
          `spec.versions[${index}].schema.openAPIV3Schema`,
        ),
  )
  if (problems.length === 0) return withoutCondition(definition, 'NonStructuralSchema')
  const [first] = problems
  return withCondition(
    definition,
    {
      type: 'NonStructuralSchema',
      status: 'True',
      reason: 'Violations',
      message: `${first!.field}: ${first!.detail}`,
    },
    now,
  )
}

const withApproval = (
  definition: CustomResourceDefinition,
  now: number,
): CustomResourceDefinition => {
  const type = 'KubernetesAPIApprovalPolicyConformant'
  if (!isProtectedGroup(definition.spec.group)) return withoutCondition(definition, type)
  const { state, reason: message } = approvalOf(definition)
  const reason = state === 'Bypassed' ? 'UnapprovedAnnotation' : `${state}Annotation`
  return withCondition(
    definition,
    { type, status: state === 'Approved' ? 'True' : 'False', reason, message },
    now,
  )
}

const IN_PROGRESS = {
  type: 'Terminating',
  status: 'True',
  reason: 'InstanceDeletionInProgress',
  message: 'CustomResource deletion is in progress',
}
const COMPLETED = {
  type: 'Terminating',
  status: 'False',
  reason: 'InstanceDeletionCompleted',
  message: 'removed all instances',
}

/** Deletes the instances; when none is left, lets the definition go. */
const finalize = (client: Client, found: CustomResourceDefinition): void => {
  const { finalizers = [], name = '' } = found.metadata
  if (!finalizers.includes(CLEANUP_FINALIZER)) return
  const now = client.now()
  const update = (definition: CustomResourceDefinition): CustomResourceDefinition =>
    client.update(DEFINITIONS, definition, { subresource: 'status' })
  const marked = withCondition(found, IN_PROGRESS, now)
  const definition = marked === found ? found : update(marked)
  for (const { metadata } of client.dynamic.list(name)) {
    if (metadata.deletionTimestamp !== undefined) continue
    try {
      client.dynamic.delete(name, metadata.namespace ?? '', metadata.name ?? '')
    } catch (error) {
      if (!isReason(error, 'NotFound')) throw error
    }
  }
  // their own finalizers hold some back: the last that goes brings us here again
  if (client.dynamic.list(name).length > 0) return
  const rest = finalizers.filter((finalizer) => finalizer !== CLEANUP_FINALIZER)
  const metadata = assign(definition.metadata, {
    finalizers: rest.length === 0 ? undefined : rest,
  })
  update(withCondition(assign(definition, { metadata }), COMPLETED, now))
}
