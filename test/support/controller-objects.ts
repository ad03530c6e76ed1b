import type { Pod } from '#api/core/v1/pod/types.ts'
import type { PodTemplateSpec } from '#api/core/v1/pod-template/spec-types.ts'
import type { ReplicaSet, ReplicaSetSpec } from '#api/apps/v1/replica-set/types.ts'
import type { Deployment, DeploymentSpec } from '#api/apps/v1/deployment/types.ts'
import type { Client } from '#client/client.ts'
import type { ObjectMeta } from '#apimachinery/object.ts'
import { formatTime } from '#apimachinery/time.ts'

export const template = (
  labels: Readonly<Record<string, string>> = { app: 'web' },
  image = 'nginx',
): PodTemplateSpec => ({
  metadata: { labels },
  spec: { containers: [{ name: 'c', image, resources: {} }] },
})

export const pod = (
  metadata: ObjectMeta = {},
  status: Pod['status'] = {},
  spec: Partial<Pod['spec']> = {},
): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'default', labels: { app: 'web' }, ...metadata },
  spec: { ...template().spec, ...spec },
  status,
})

export const replicaSet = (spec: Partial<ReplicaSetSpec> = {}, metadata: ObjectMeta = {}) =>
  ({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'rs', namespace: 'default', ...metadata },
    spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: template(), ...spec },
    status: { replicas: 0 },
  }) satisfies ReplicaSet

export const deployment = (spec: Partial<DeploymentSpec> = {}, metadata: ObjectMeta = {}) =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default', ...metadata },
    spec: {
      replicas: 3,
      progressDeadlineSeconds: 600,
      revisionHistoryLimit: 10,
      selector: { matchLabels: { app: 'web' } },
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' },
      },
      template: template(),
      ...spec,
    },
    status: {},
  }) satisfies Deployment

/** A Pod that has been ready since a moment. */
export const readyStatus = (since: number): Pod['status'] => ({
  phase: 'Running',
  conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: formatTime(since) }],
})

/** Plays scheduler and kubelet: binds and starts all Pods that are new, takes away those that terminate. Says how many it touched. */
export const runPods = (client: Client, only: (pod: Pod) => boolean = () => true): number => {
  let touched = 0
  for (const one of client.list('pods')) {
    const { namespace = '', name = '', deletionTimestamp } = one.metadata
    if (!only(one)) continue
    if (deletionTimestamp !== undefined) {
      if ((one.metadata.finalizers ?? []).length > 0) continue
      client.delete('pods', namespace, name, { gracePeriodSeconds: 0 })
    } else if (one.status.phase === undefined || one.status.phase === 'Pending') {
      const bound = client.update('pods', { ...one, spec: { ...one.spec, nodeName: 'node-1' } })
      client.update(
        'pods',
        { ...bound, status: readyStatus(client.now()) },
        { subresource: 'status' },
      )
    } else continue
    touched++
  }
  return touched
}

/** A Pod ends with an exit code. */
export const finishPod = (client: Client, one: Pod, exitCode: number): void => {
  client.update(
    'pods',
    {
      ...one,
      status: {
        phase: exitCode === 0 ? 'Succeeded' : 'Failed',
        containerStatuses: [
          {
            name: 'c',
            image: 'nginx',
            imageID: '',
            lastState: {},
            ready: false,
            restartCount: 0,
            state: { terminated: { exitCode, finishedAt: formatTime(client.now()) } },
          },
        ],
      },
    },
    { subresource: 'status' },
  )
}
