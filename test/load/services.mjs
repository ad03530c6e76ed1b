// Services whose slices somebody wrote by hand, so that endpoints need no Pods of their own.
import { request } from './engine-cluster.mjs'

const SERVICES = '/api/v1/namespaces/default/services'
const SLICES = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices'

const nameOf = (index) => `web-${index}`

export const readyEndpoint = (address, nodeName) => ({
  addresses: [address],
  conditions: { ready: true, serving: true, terminating: false },
  nodeName,
})

const sliceOf = (index, endpoints) => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: nameOf(index), labels: { 'kubernetes.io/service-name': nameOf(index) } },
  addressType: 'IPv4',
  ports: [{ name: '', port: 80, protocol: 'TCP' }],
  endpoints,
})

/** Makes a Service and its slice; returns the Service. */
export const addService = (cluster, index, endpoints, spec = {}) => {
  const { body } = request(cluster, 'POST', SERVICES, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: nameOf(index) },
    spec: { ports: [{ port: 80 }], ...spec },
  })
  request(cluster, 'POST', SLICES, sliceOf(index, endpoints))
  return JSON.parse(body.join(''))
}

export const changeEndpoints = (cluster, index, endpoints) =>
  request(cluster, 'PUT', `${SLICES}/${nameOf(index)}`, sliceOf(index, endpoints))
