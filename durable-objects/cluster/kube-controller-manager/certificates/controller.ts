// What the controllers of certificates have in common. kubernetes: pkg/controller/certificates/certificate_controller.go
import type { CertificateSigningRequest } from '#api/certificates/v1/certificate-signing-request/types.ts'
import type { ComponentContext, ComponentDefinition } from '#client/component.ts'

export const RESOURCE = 'certificatesigningrequests.certificates.k8s.io'

/** Hands each request that `isWanted` to `handle`, one after the other. */
export const certificateController = (
  name: string,
  isWanted: (request: CertificateSigningRequest) => boolean,
  handle: (context: ComponentContext, request: CertificateSigningRequest) => void,
): ComponentDefinition => ({
  name,
  manager: 'kube-controller-manager',
  username: 'system:serviceaccount:kube-system:certificate-controller',
  create: (context) => {
    const { client, queue } = context
    const follow = (request: CertificateSigningRequest): void => {
      if (isWanted(request)) queue.add(request.metadata.name ?? '')
    }
    client.watch(RESOURCE, ({ type, object }) => {
      if (type !== 'DELETED') follow(object)
    })
    return {
      name,
      queue,
      resync: () => {
        for (const request of client.list(RESOURCE)) follow(request)
      },
      sync: (key) => {
        const request = client.get(RESOURCE, '', key)
        if (request !== undefined && isWanted(request)) handle(context, request)
      },
    }
  },
})
