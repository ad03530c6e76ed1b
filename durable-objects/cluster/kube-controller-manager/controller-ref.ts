import type { KubeObject, OwnerReference } from '#apimachinery/object.ts'

/** The owner reference that marks `owner` as an object's controller. kubernetes: metav1.NewControllerRef */
export const controllerRef = (owner: KubeObject): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name ?? '',
  uid: owner.metadata.uid ?? '',
  controller: true,
  blockOwnerDeletion: true,
})
