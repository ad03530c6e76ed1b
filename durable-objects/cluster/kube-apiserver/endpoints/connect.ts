// Subresources of a Pod that are a conversation: exec, attach, portforward. The API server finds the Pod and hands the client on.
// kubernetes: pkg/registry/core/pod/rest/subresources.go, pkg/registry/core/pod/strategy.go streamLocation, PortForwardLocation
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Kubelets } from '#client/kubelets.ts'
import { badRequest, StatusError } from '#apimachinery/status-error.ts'
import type { ResourceRequest } from '#kube-apiserver/endpoints/context.ts'
import { liveObject } from '#kube-apiserver/endpoints/get.ts'
import {
  type Answer,
  type ApiRequest,
  portNumber,
  queryFlag,
} from '#kube-apiserver/endpoints/http.ts'
import { containerOf } from '#kube-apiserver/endpoints/pod-log.ts'

const KINDS = ['exec', 'attach', 'portforward'] as const

export type ConnectKind = (typeof KINDS)[number]

export const isConnection = (subresource: string): subresource is ConnectKind =>
  (KINDS as readonly string[]).includes(subresource)

const portsOf = ({ query }: ApiRequest): readonly number[] =>
  query
    .filter(([key]) => key === 'ports')
    .flatMap(([, value]) => value.split(','))
    .map(portNumber)

/** Throws what a real API server answers. */
export const connect = (target: ResourceRequest, kind: ConnectKind, kubelets: Kubelets): Answer => {
  const { request, path } = target
  const pod = liveObject(target) as Pod
  const asked = request.query.find(([key]) => key === 'container')?.[1] ?? ''
  const container = kind === 'portforward' ? '' : containerOf(pod, asked)
  const { nodeName = '' } = pod.spec
  if (nodeName === '') throw badRequest(`pod ${path.name} does not have a host assigned`)
  if (request.upgrade !== true) throw badRequest('Upgrade request required')
  // nothing runs in a cluster that is only looked at
  target.context.etcd.mustBeWritable()
  const { failure } = kubelets.dial(nodeName)
  if (failure !== undefined) throw new StatusError(500, '', `error dialing backend: ${failure}`)
  return {
    status: 101,
    contentType: '',
    body: [],
    connection: {
      kind,
      pod,
      container,
      command: request.query.filter(([key]) => key === 'command').map(([, value]) => value),
      ports: portsOf(request),
      stdin: queryFlag(request, 'stdin'),
      stdout: queryFlag(request, 'stdout'),
      stderr: queryFlag(request, 'stderr'),
      tty: queryFlag(request, 'tty'),
    },
  }
}
