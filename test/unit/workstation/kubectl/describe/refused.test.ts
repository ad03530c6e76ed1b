// What the real kubectl printed for a user who may see little.
import { describe, expect, test } from 'vitest'
import type { KubeObject } from '#apimachinery/object.ts'
import { describeObject, type DescribeContext } from '#kubectl/describe/describe.ts'
import { ApiError } from '#kubectl/failure.ts'

const refuse = (message: string): never => {
  throw new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: 'Forbidden',
    code: 403,
  })
}

const context: DescribeContext = {
  get: (resource) => refuse(`${resource} is forbidden: User "bob" cannot get it`),
  list: (resource) => refuse(`${resource} is forbidden: User "bob" cannot list it`),
  now: () => 0,
  showEvents: true,
}

const object = (apiVersion: string, kind: string, fields: object): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name: 'x', namespace: 'default' },
  ...fields,
})

const template = { metadata: {}, spec: { containers: [] } }
const selector = { matchLabels: { app: 'x' } }
const node = object('v1', 'Node', { status: { nodeInfo: {} } })
const replicaSet = object('apps/v1', 'ReplicaSet', {
  spec: { selector, template, replicas: 1 },
  status: { replicas: 1 },
})
const ingress = object('networking.k8s.io/v1', 'Ingress', {
  spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } } },
  status: { loadBalancer: {} },
})

describe('what may not be seen', () => {
  test.each([
    ['Pods of a Node', node, 'Pods:                         not authorized\n'],
    ['Lease of a Node', node, 'Failed to get lease: leases.coordination.k8s.io is forbidden:'],
    ['Pods of a ReplicaSet', replicaSet, 'error in fetching pods: pods is forbidden:'],
    ['endpoints of an Ingress', ingress, 's:80 (<error: endpointslices.discovery.k8s.io is forb'],
    ['Events', node, 'Events:                       <none>\n'],
  ])('%s', (_name, described, text) => {
    expect(describeObject(context, described)).toContain(text)
  })

  test.each([
    ['Namespace', object('v1', 'Namespace', {}), 'resourcequotas is forbidden'],
    ['PersistentVolumeClaim', object('v1', 'PersistentVolumeClaim', {}), 'pods is forbidden'],
    [
      'StatefulSet',
      object('apps/v1', 'StatefulSet', { spec: { selector, template, updateStrategy: {} } }),
      'pods is forbidden',
    ],
  ])('ends the description of a %s', (_kind, described, message) => {
    expect(() => describeObject(context, described)).toThrow(message)
  })
})
