// kubernetes: pkg/controller/replication
import type { ComponentDefinition } from '#client/component.ts'
import { selectorFromMap } from '#apimachinery/labels.ts'
import { replicasController } from '#kube-controller-manager/replicaset/controller.ts'

export const replicationController: ComponentDefinition = {
  name: 'replication-controller',
  manager: 'kube-controller-manager',
  username: 'system:serviceaccount:kube-system:replication-controller',
  create: (context) =>
    replicasController(context, {
      resource: 'replicationcontrollers',
      kind: 'ReplicationController',
      component: 'replication-controller',
      selectorOf: (owner) => selectorFromMap(owner.spec.selector ?? {}),
      templateOf: (owner) => owner.spec.template,
      writeStatus: (client, owner, status) =>
        void client.update(
          'replicationcontrollers',
          { ...owner, status },
          { subresource: 'status' },
        ),
      countsTerminating: false,
    }),
}
