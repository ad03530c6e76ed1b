import { expect, test } from 'vitest'
import type { Job } from '#api/batch/v1/job/types.ts'
import { garbageCollector } from '#kube-controller-manager/garbage-collector/garbage-collector.ts'
import { ttlAfterFinishedController } from '#kube-controller-manager/ttlafterfinished/ttl-after-finished.ts'
import { FakeCluster } from '../../../support/fake-cluster.ts'
import { template } from '../../../support/controller-objects.ts'

const finished = (name: string, ttl: number | undefined): Job => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, namespace: 'default' },
  spec: { template: template(), ...(ttl === undefined ? {} : { ttlSecondsAfterFinished: ttl }) },
  status: {
    conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }],
  },
})

test('a finished Job is deleted when its time to live is over', () => {
  const cluster = new FakeCluster(ttlAfterFinishedController, garbageCollector)
  const { client } = cluster
  client.create('jobs.batch', finished('short', 60))
  client.create('jobs.batch', finished('kept', undefined))
  client.create('jobs.batch', { ...finished('running', 60), status: {} })
  cluster.advance(59_999)
  expect(client.list('jobs.batch')).toHaveLength(3)
  cluster.rebuild()
  cluster.advance(1)
  expect(client.list('jobs.batch').map((job) => job.metadata.name)).toEqual(['kept', 'running'])
  expect(cluster.nextDeadline()).toBeUndefined()
})
