import type { DaemonSet } from '#api/apps/v1/daemon-set/types.ts'
import type { Deployment } from '#api/apps/v1/deployment/types.ts'
import type { ReplicaSet } from '#api/apps/v1/replica-set/types.ts'
import type { StatefulSet } from '#api/apps/v1/stateful-set/types.ts'
import type { CronJob } from '#api/batch/v1/cron-job/types.ts'
import type { Job } from '#api/batch/v1/job/types.ts'
import { container } from './pods.ts'

type Parts = Readonly<Record<string, unknown>>

const workload = (kind: string, name: string, spec: Parts): unknown => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name, namespace: 'default' },
  spec: {
    selector: { matchLabels: { app: 'a' } },
    template: { metadata: { labels: { app: 'a' } }, spec: { containers: [container()] } },
    ...spec,
  },
})

/** Workloads as a user writes them: nothing defaulted. A part that is undefined is left out. */
export const deployment = (spec: Parts = {}, name = 'web'): Deployment =>
  workload('Deployment', name, spec) as Deployment
export const replicaSet = (spec: Parts = {}, name = 'web'): ReplicaSet =>
  workload('ReplicaSet', name, spec) as ReplicaSet
export const daemonSet = (spec: Parts = {}, name = 'agent'): DaemonSet =>
  workload('DaemonSet', name, spec) as DaemonSet
export const statefulSet = (spec: Parts = {}, name = 'db'): StatefulSet =>
  workload('StatefulSet', name, spec) as StatefulSet

const ending = {
  metadata: {},
  spec: { restartPolicy: 'Never', containers: [container()] },
}

export const job = (spec: Parts = {}, metadata: Parts = {}): Job =>
  ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'pi', namespace: 'default', uid: 'u-1', ...metadata },
    spec: { template: ending, ...spec },
    status: {},
  }) as Job

export const cronJob = (spec: Parts = {}, name = 'tick'): CronJob =>
  ({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name, namespace: 'default' },
    spec: { schedule: '* * * * *', jobTemplate: { spec: { template: ending } }, ...spec },
    status: {},
  }) as unknown as CronJob
