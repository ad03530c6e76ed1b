import type { BootstrapObject } from '#bootstrap/system-objects.ts'

/** The class that claims have by default, as minikube has it: directories of a node, made at once. */
export const storageObjects = (): readonly BootstrapObject[] => [
  {
    resource: 'storageclasses.storage.k8s.io',
    object: {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: {
        name: 'standard',
        labels: { 'addonmanager.kubernetes.io/mode': 'EnsureExists' },
        annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
      },
      provisioner: 'k8s.io/minikube-hostpath',
    } as BootstrapObject['object'],
  },
]
