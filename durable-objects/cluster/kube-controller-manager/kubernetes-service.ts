// Every ten seconds the API server looks whether it can still be found, and makes its Service, Endpoints and slice anew if not.
// kubernetes: pkg/controlplane/controller/kubernetesservice/controller.go, pkg/controlplane/reconcilers
import type { Endpoints } from '#api/core/v1/endpoints/types.ts'
import type { EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import type { Client } from '#client/client.ts'
import type { Component, ComponentDefinition } from '#client/component.ts'
import { assign, equal, type KubeObject } from '#apimachinery/object.ts'
import { StatusError } from '#apimachinery/status-error.ts'
import { apiEndpoints, apiService, apiSlice } from '#kube-controller-manager/bootstrap-service.ts'
import { nextLook } from '#kube-controller-manager/look-times.ts'

const NAME = 'kubernetes-service'
const NAMESPACE = 'default'
const SERVICE = 'kubernetes'
const SLICES = 'endpointslices.discovery.k8s.io'
const INTERVAL = 10_000

export const kubernetesServiceController: ComponentDefinition = {
  name: NAME,
  manager: 'kube-apiserver',
  username: 'system:apiserver',
  create: ({ client, queue }) => {
    const look = (earliest: number): void => {
      if (isRight(client)) queue.cancel(SERVICE)
      else queue.addAt(SERVICE, nextLook(client, earliest, INTERVAL))
    }
    const changed = ({ object: { metadata } }: { readonly object: KubeObject }): void => {
      // later than now: whoever writes the same again at once has it until the next look
      if (metadata.name === SERVICE && metadata.namespace === NAMESPACE) look(client.now() + 1)
    }
    client.watch('services', changed)
    client.watch('endpoints', changed)
    client.watch(SLICES, changed)
    return {
      name: NAME,
      queue,
      resync: () => look(client.now()),
      sync: () => {
        try {
          repair(client)
        } catch (error) {
          // its address may be somebody else's by now
          if (!(error instanceof StatusError)) throw error
          look(client.now() + 1)
        }
      },
    } satisfies Component
  },
}

const endpointsOf = (client: Client): Endpoints | undefined =>
  client.get('endpoints', NAMESPACE, SERVICE)
const sliceOf = (client: Client): EndpointSlice | undefined =>
  client.get(SLICES, NAMESPACE, SERVICE)

const addressesOf = ({ subsets = [] }: Endpoints): unknown =>
  subsets.map(({ addresses = [], ports = [] }) => [addresses.map(({ ip }) => ip), ports])

const isSame = (endpoints: Endpoints | undefined): boolean =>
  endpoints !== undefined && equal(addressesOf(endpoints), addressesOf(apiEndpoints))

const isSameSlice = (slice: EndpointSlice | undefined): boolean =>
  slice !== undefined &&
  equal(
    [slice.endpoints, slice.ports, slice.metadata.labels],
    [apiSlice.endpoints, apiSlice.ports, apiSlice.metadata.labels],
  )

const isRight = (client: Client): boolean =>
  client.get('services', NAMESPACE, SERVICE) !== undefined &&
  isSame(endpointsOf(client)) &&
  isSameSlice(sliceOf(client))

const repair = (client: Client): void => {
  if (client.get('services', NAMESPACE, SERVICE) === undefined)
    client.create('services', apiService)
  const endpoints = endpointsOf(client)
  if (endpoints === undefined) client.create('endpoints', apiEndpoints)
  else if (!isSame(endpoints))
    client.update('endpoints', assign(endpoints, { subsets: apiEndpoints.subsets }))
  repairSlice(client)
}

const repairSlice = (client: Client): void => {
  let slice = sliceOf(client)
  if (slice !== undefined && slice.addressType !== apiSlice.addressType) {
    // the type of a slice cannot be changed
    client.delete(SLICES, NAMESPACE, SERVICE)
    slice = undefined
  }
  if (slice === undefined) client.create(SLICES, apiSlice)
  else if (!isSameSlice(slice)) {
    const { endpoints, ports, metadata } = apiSlice
    const labelled = assign(slice.metadata, { labels: metadata.labels })
    client.update(SLICES, assign(slice, { endpoints, ports, metadata: labelled }))
  }
}
