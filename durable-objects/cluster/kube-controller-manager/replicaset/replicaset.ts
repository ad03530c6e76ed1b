import type { ComponentContext, ComponentDefinition } from '#client/component.ts'
import type { ReplicaSet } from '#api/apps/v1/replica-set/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { selectorFromLabelSelector } from '#apimachinery/labels.ts'
import { controllerOf } from '#apimachinery/object.ts'
import { replicasController } from '#kube-controller-manager/replicaset/controller.ts'

/** Pods of all ReplicaSets of the same Deployment. kubernetes: getIndirectlyRelatedPods */
const relatedPods = ({ client }: ComponentContext, owner: ReplicaSet): readonly Pod[] => {
  const deployment = controllerOf(owner)
  const siblings =
    deployment === undefined ? [owner] : client.list('replicasets.apps', { owner: deployment.uid })
  return siblings.flatMap((sibling) => client.list('pods', { owner: sibling.metadata.uid ?? '' }))
}

export const replicaSetController: ComponentDefinition = {
  name: 'replicaset-controller',
  manager: 'kube-controller-manager',
  username: 'system:serviceaccount:kube-system:replicaset-controller',
  create: (context) =>
    replicasController(context, {
      resource: 'replicasets.apps',
      kind: 'ReplicaSet',
      component: 'replicaset-controller',
      selectorOf: (owner) => selectorFromLabelSelector(owner.spec.selector),
      templateOf: (owner) => owner.spec.template,
      writeStatus: (client, owner, status) =>
        void client.update('replicasets.apps', { ...owner, status }, { subresource: 'status' }),
      relatedPods,
      countsTerminating: true,
    }),
}
