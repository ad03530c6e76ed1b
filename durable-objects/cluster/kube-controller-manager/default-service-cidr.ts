// Every ten seconds the API server looks whether there is a range for cluster IPs, and makes its own anew if not. What becomes of its status
// is up to the controller of ranges. kubernetes: pkg/controlplane/controller/defaultservicecidr/default_servicecidr_controller.go
import type { Component, ComponentDefinition } from '#client/component.ts'
import { defaultServiceCidr } from '#kube-controller-manager/bootstrap-service.ts'
import { nextLook } from '#kube-controller-manager/look-times.ts'

const NAME = 'kubernetes-service-cidr-controller'
const CIDRS = 'servicecidrs.networking.k8s.io'
const CIDR = 'kubernetes'
const INTERVAL = 10_000

export const defaultServiceCidrController: ComponentDefinition = {
  name: NAME,
  manager: 'kube-apiserver',
  username: 'system:apiserver',
  create: ({ client, queue }) => {
    const exists = (): boolean => client.get(CIDRS, '', CIDR) !== undefined
    const look = (): void => {
      if (exists()) queue.cancel(CIDR)
      else queue.addAt(CIDR, nextLook(client, client.now(), INTERVAL))
    }
    client.watch(CIDRS, ({ object }) => {
      if (object.metadata.name === CIDR) look()
    })
    return {
      name: NAME,
      queue,
      resync: look,
      sync: () => {
        if (!exists()) client.create(CIDRS, defaultServiceCidr)
      },
    } satisfies Component
  },
}
