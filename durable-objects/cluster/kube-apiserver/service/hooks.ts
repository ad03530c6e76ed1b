// kubernetes: pkg/registry/core/service/storage/storage.go beginCreate, beginUpdate, afterDelete
import type { Service } from '#api/core/v1/service/types.ts'
import type { Client } from '#client/client.ts'
import type { StorageHooks } from '#kube-apiserver/registry/operation.ts'
import type { RegistryContext } from '#kube-apiserver/registry/registry.ts'
import { ServiceAllocator } from '#kube-apiserver/service/service-allocator.ts'

const ADDRESSES = 'ipaddresses.networking.k8s.io'

/** Gives Services their addresses and ports and takes them back. */
export const serviceHooks = (context: RegistryContext, client: Client): StorageHooks => {
  const hasAddress = (name: string): boolean => client.get(ADDRESSES, '', name) !== undefined
  const allocator = new ServiceAllocator(
    {
      listServices: () => client.list('services'),
      listServiceCidrs: () => client.list('servicecidrs.networking.k8s.io'),
      hasIpAddress: hasAddress,
      createIpAddress: (address) => client.create(ADDRESSES, address),
      deleteIpAddress: (name) => {
        if (hasAddress(name)) client.delete(ADDRESSES, '', name)
      },
    },
    context.random,
  )
  return {
    onCreate: (object, operation) =>
      // without a name it is refused anyway, and an address must say whose it is
      object.metadata.name === undefined || object.metadata.name === ''
        ? { object, commit: () => undefined, revert: () => undefined }
        : allocator.onCreate(object as Service, operation),
    onUpdate: (object, old, operation) =>
      allocator.onUpdate(object as Service, old as Service, operation),
    onDelete: (object) => {
      const { namespace = '', name = '' } = object.metadata
      // A Service of this name that comes next must not find these.
      if (client.get('endpoints', namespace, name) !== undefined)
        client.delete('endpoints', namespace, name)
      allocator.onDelete(object as Service)
    },
  }
}
