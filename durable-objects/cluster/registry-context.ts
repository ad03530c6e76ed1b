import type { KubeObject } from '#apimachinery/object.ts'
import type { Random } from '#environment.ts'
import type { Etcd } from '#etcd/etcd.ts'
import { admissionChain } from '#kube-apiserver/admission/chain.ts'
import { followDefinitions } from '#kube-apiserver/apiextensions/custom-resources.ts'
import { internalClient, type ClientIdentity } from '#kube-apiserver/internal-client.ts'
import { create } from '#kube-apiserver/registry/create.ts'
import type { Admission, StorageHooks } from '#kube-apiserver/registry/operation.ts'
import type { RegistryContext } from '#kube-apiserver/registry/registry.ts'
import { clusterResources } from '#kube-apiserver/resources.ts'
import { serviceHooks } from '#kube-apiserver/service/hooks.ts'
import type { Settings } from '#settings.ts'
import { worldAdmission } from '#world/admission.ts'

/** As whom the API server itself writes. */
export const API_SERVER: ClientIdentity = {
  user: { username: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] },
  manager: 'kube-apiserver',
}

interface Parts {
  readonly etcd: Etcd
  readonly settings: Settings
  readonly random: Random
  readonly now: () => number
}

/** The write pipeline over a store. */
export const registryContext = ({ etcd, settings, random, now }: Parts): RegistryContext => {
  const hooks: Record<string, StorageHooks> = {}
  let admission: Admission | undefined
  const context: RegistryContext = {
    etcd,
    resources: clusterResources(settings.ownGroup),
    // the chain reads through a client of this very context
    admission: {
      admit: (request) => admission!.admit(request),
      validate: (request) => admission!.validate(request),
    },
    hooks,
    random,
    now,
  }
  // first of all who hear of a definition: the others ask what is served then
  followDefinitions(etcd, context.resources)
  const client = internalClient(context, API_SERVER)
  admission = admissionChain(client, random, worldAdmission({ client, settings }))
  hooks['services'] = serviceHooks(context, client)
  return context
}

/** Creates an object of any kind, as the API server does when it starts. */
export const createAny = (context: RegistryContext, name: string, object: KubeObject): void => {
  const resource = context.resources.named(name)
  if (resource === undefined) throw new Error(`no resource ${name} is served`)
  create(
    context,
    {
      resource,
      namespace: object.metadata.namespace ?? '',
      ...API_SERVER,
      dryRun: false,
      warnings: [],
    },
    object,
  )
}
