import { beforeEach, describe, expect, it } from 'vitest'
import type { Deployment } from '#api/apps/v1/deployment/types.ts'
import type { ReplicaSet } from '#api/apps/v1/replica-set/types.ts'
import { controllerOf } from '#apimachinery/object.ts'
import { Framework, withStatusConditions } from '../../../../support/conformance.ts'
import {
  AGNHOST,
  HTTPD,
  PAUSE,
  newDeployment,
  newReplicaSet,
} from '../../../../support/conformance-objects.ts'

const REVISION = 'deployment.kubernetes.io/revision'
const f = new Framework()
beforeEach(() => f.begin('deployment'))

const revisionAndImage = (name: string, revision: string, image: string): Deployment =>
  f.until(`revision ${revision} of ${name}`, () => {
    const found = f.get('deployments.apps', name)
    const newest = newReplicaSetOf(found)
    const isThere =
      found.metadata.annotations?.[REVISION] === revision &&
      newest?.metadata.annotations?.[REVISION] === revision &&
      newest.spec.template?.spec?.containers[0]?.image === image
    return isThere ? found : undefined
  })

const isComplete = ({ spec, status, metadata }: Deployment): boolean =>
  status?.updatedReplicas === spec.replicas &&
  status?.replicas === spec.replicas &&
  status?.availableReplicas === spec.replicas &&
  (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0)

const complete = (name: string): Deployment =>
  f.until(`${name} to be complete`, () => {
    const found = f.get('deployments.apps', name)
    return isComplete(found) ? found : undefined
  })

const replicaSetsOf = ({ metadata }: Deployment): readonly ReplicaSet[] =>
  f.items('replicasets.apps').filter((set) => controllerOf(set)?.uid === metadata.uid)

const newReplicaSetOf = (deployment: Deployment): ReplicaSet | undefined =>
  replicaSetsOf(deployment).find(
    ({ spec }) =>
      JSON.stringify(spec.template?.spec) === JSON.stringify(deployment.spec.template.spec),
  )

const podsRunning = (labelSelector: string, count: number): void => {
  f.until(`${count} running Pods`, () => {
    const running = f
      .items('pods', labelSelector)
      .filter((pod) => pod.status?.phase === 'Running' && !pod.metadata.deletionTimestamp)
    return running.length === count
  })
}

const withContainer = (deployment: Deployment, container: object): object => {
  const { template } = deployment.spec
  const [old] = template.spec.containers
  const spec = { ...template.spec, containers: [{ ...old, ...container }] }
  return { spec: { ...deployment.spec, template: { ...template, spec } } }
}

describe('[sig-apps] Deployment', () => {
  it('RollingUpdateDeployment should delete old pods and create new ones [Conformance]', () => {
    const before = '3546343826724305832'
    const set = {
      name: 'test-rolling-update-controller',
      replicas: 1,
      labels: { name: 'sample-pod', pod: 'httpd' },
      metadata: { annotations: { [REVISION]: before } },
    }
    f.create('replicasets.apps', newReplicaSet(set))
    podsRunning('name=sample-pod', 1)
    const name = 'test-rolling-update-deployment'
    const labels = { name: 'sample-pod' }
    f.create(
      'deployments.apps',
      newDeployment({ name, replicas: 1, labels, container: 'agnhost', image: AGNHOST }),
    )
    revisionAndImage(name, '3546343826724305833', AGNHOST)
    const deployment = complete(name)
    const newest = newReplicaSetOf(deployment)
    const oldOnes = replicaSetsOf(deployment).filter(
      (each) => each.metadata.uid !== newest?.metadata.uid,
    )
    expect(oldOnes.map((each) => each.metadata.name)).toEqual(['test-rolling-update-controller'])
    expect(oldOnes[0]?.spec.replicas).toBe(0)
  })

  it('RecreateDeployment should delete old pods and create new ones [Conformance]', () => {
    const name = 'test-recreate-deployment'
    const labels = { name: 'sample-pod-3' }
    f.create(
      'deployments.apps',
      newDeployment(
        { name, replicas: 1, labels, container: 'agnhost', image: AGNHOST },
        'Recreate',
      ),
    )
    revisionAndImage(name, '1', AGNHOST)
    complete(name)
    const { resourceVersion } = f.list('deployments.apps').metadata
    const updated = f.change('deployments.apps', name, (old) =>
      withContainer(old, { name: 'httpd', image: HTTPD }),
    )
    const { generation = 0 } = updated.metadata
    // at no time do old and new Pods run together
    f.watchUntil(
      'the new Pods',
      'deployments.apps',
      `resourceVersion=${resourceVersion}&fieldSelector=metadata.name=${name}`,
      ({ object }) => {
        const { status } = object
        const running = (status?.replicas ?? 0) - (status?.unavailableReplicas ?? 0)
        if ((status?.updatedReplicas ?? 0) > 0 && (status?.replicas ?? 0) > 1)
          throw new Error(`old and new Pods run together: ${running}`)
        return (status?.observedGeneration ?? 0) >= generation && isComplete(object)
      },
    )
    revisionAndImage(name, '2', HTTPD)
  })

  it('deployment should delete old replica sets [Conformance]', () => {
    const labels = { name: 'cleanup-pod', pod: 'httpd' }
    f.create(
      'replicasets.apps',
      newReplicaSet({ name: 'test-cleanup-controller', replicas: 1, labels }),
    )
    podsRunning('name=cleanup-pod', 1)
    const { resourceVersion } = f.list('pods').metadata
    const pods = f.watch('pods', `resourceVersion=${resourceVersion}`)
    const name = 'test-cleanup-deployment'
    f.create(
      'deployments.apps',
      newDeployment({
        name,
        replicas: 1,
        labels: { name: 'cleanup-pod' },
        container: 'agnhost',
        image: AGNHOST,
        spec: { revisionHistoryLimit: 0 },
      }),
    )
    f.until('old ReplicaSets to be gone', () => {
      const deployment = f.get('deployments.apps', name)
      return isComplete(deployment) && replicaSetsOf(deployment).length === 1
    })
    const added = pods.events.filter(({ type }) => type === 'ADDED')
    expect(added.map(({ object }) => object.spec.containers[0]?.name)).toEqual(['agnhost'])
    pods.close()
  })

  it('deployment should support rollover [Conformance]', () => {
    const labels = { name: 'rollover-pod', pod: 'httpd' }
    const oldName = 'test-rollover-controller'
    f.create('replicasets.apps', newReplicaSet({ name: oldName, replicas: 1, labels }))
    podsRunning('name=rollover-pod', 1)
    f.until('readiness', () => f.get('replicasets.apps', oldName).status?.readyReplicas === 1)
    const name = 'test-rollover-deployment'
    const missing = 'gcr.io/google_samples/gb-redisslave:nonexistent'
    const rollingUpdate = { maxUnavailable: 0, maxSurge: 1 }
    f.create(
      'deployments.apps',
      newDeployment({
        name,
        replicas: 1,
        labels: { name: 'rollover-pod' },
        container: 'redis-slave',
        image: missing,
        spec: { minReadySeconds: 10, strategy: { type: 'RollingUpdate', rollingUpdate } },
      }),
    )
    f.until(
      'updated replicas',
      () => (f.get('deployments.apps', name).status?.updatedReplicas ?? 0) >= 1,
    )
    const first = revisionAndImage(name, '1', missing)
    const replicasOf = (set: string) => {
      const { spec, status } = f.get('replicasets.apps', set)
      return [spec.replicas, status?.replicas]
    }
    expect(replicasOf(oldName)).toEqual([1, 1])
    const stuck = newReplicaSetOf(first)!.metadata.name!
    expect(replicasOf(stuck)).toEqual([1, 1])
    const updated = f.change('deployments.apps', name, (old) =>
      withContainer(old, { name: 'agnhost', image: AGNHOST }),
    )
    f.until(
      'the update to be observed',
      () =>
        f.get('deployments.apps', name).status?.observedGeneration === updated.metadata.generation,
    )
    revisionAndImage(name, '2', AGNHOST)
    complete(name)
    expect(replicasOf(oldName)).toEqual([0, 0])
    expect(replicasOf(stuck)).toEqual([0, 0])
  })

  it('Deployment should have a working scale subresource [Conformance]', () => {
    const name = 'test-new-deployment'
    f.create('deployments.apps', newDeployment({ name, replicas: 1, labels: { name: 'httpd' } }))
    revisionAndImage(name, '1', HTTPD)
    complete(name)
    const subresource = { subresource: 'scale' }
    const scale: object = f.get('deployments.apps', name, subresource)
    expect(scale).toMatchObject({
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      spec: { replicas: 1 },
      status: { replicas: 1 },
    })
    const { metadata } = f.get('deployments.apps', name, subresource)
    const { resourceVersion: _, ...unconditional } = metadata
    const put = { ...scale, metadata: unconditional, spec: { replicas: 2 } }
    expect(f.update('deployments.apps', put, subresource)).toMatchObject({ spec: { replicas: 2 } })
    expect(f.get('deployments.apps', name).spec.replicas).toBe(2)
    f.patch('deployments.apps', name, { spec: { replicas: 4 } }, subresource)
    expect(f.get('deployments.apps', name).spec.replicas).toBe(4)
  })

  it('deployment should support proportional scaling [Conformance]', () => {
    const name = 'webserver-deployment'
    const rollingUpdate = { maxSurge: 3, maxUnavailable: 2 }
    f.create(
      'deployments.apps',
      newDeployment({
        name,
        replicas: 10,
        labels: { name: 'httpd' },
        spec: { strategy: { type: 'RollingUpdate', rollingUpdate } },
      }),
    )
    podsRunning('name=httpd', 10)
    const first = newReplicaSetOf(complete(name))!.metadata.name!
    f.change('deployments.apps', name, (old) => withContainer(old, { image: 'webserver:404' }))
    const replicasBecome = (set: string, spec: number, available: number) =>
      f.until(`${set} to have ${spec} replicas, ${available} available`, () => {
        const found = f.get('replicasets.apps', set)
        return (
          found.spec.replicas === spec &&
          found.status?.replicas === spec &&
          (found.status?.availableReplicas ?? 0) === available
        )
      })
    replicasBecome(first, 8, 8)
    const second = newReplicaSetOf(f.get('deployments.apps', name))!.metadata.name!
    replicasBecome(second, 5, 0)
    f.change('deployments.apps', name, ({ spec }) => ({ spec: { ...spec, replicas: 30 } }))
    // 30 + 3 - (8 + 5) = 20 more, in proportion: 8 -> 20 and 5 -> 13
    f.until('the first to be scaled', () => f.get('replicasets.apps', first).spec.replicas === 20)
    f.until('the second to be scaled', () => f.get('replicasets.apps', second).spec.replicas === 13)
  })

  it('should run the lifecycle of a Deployment [Conformance]', () => {
    const name = 'test-deployment'
    const labels = { 'test-deployment-static': 'true' }
    const selector = 'labelSelector=test-deployment-static%3Dtrue'
    const { resourceVersion } = f.list('deployments.apps', {
      namespace: '',
      query: selector,
    }).metadata
    const since = `${selector}&resourceVersion=${resourceVersion}`
    const whole = newDeployment({
      name,
      replicas: 2,
      labels,
      container: name,
      image: AGNHOST,
    }) as unknown as Deployment
    f.create('deployments.apps', whole)
    const seen = (what: string, isMeant: (deployment: Deployment) => boolean, type?: string) =>
      f.watchUntil(
        what,
        'deployments.apps',
        since,
        (event) =>
          (type === undefined || event.type === type) &&
          event.object.metadata.name === name &&
          event.object.metadata.labels?.['test-deployment-static'] === 'true' &&
          isMeant(event.object),
      )
    seen('ADDED', () => true, 'ADDED')
    seen('2 ready', ({ status }) => status?.readyReplicas === 2)
    const spec = {
      terminationGracePeriodSeconds: 2,
      containers: [{ name, image: PAUSE }],
    }
    f.patch('deployments.apps', name, {
      metadata: { labels: { 'test-deployment': 'patched' } },
      spec: { replicas: 1, template: { spec } },
    })
    seen('MODIFIED', () => true, 'MODIFIED')
    seen('1 ready', (deployment) => {
      const pod = deployment.spec.template.spec
      return (
        deployment.status?.readyReplicas === 1 &&
        deployment.status.updatedReplicas === 1 &&
        (deployment.status.unavailableReplicas ?? 0) === 0 &&
        pod.containers[0]?.image === PAUSE &&
        pod.terminationGracePeriodSeconds === 2
      )
    })
    expect(
      f
        .items('deployments.apps', 'test-deployment-static=true', { namespace: '' })
        .map(({ metadata }) => [metadata.namespace, metadata.name]),
    ).toContainEqual([f.namespace, name])
    const updated = withContainer(whole, { image: HTTPD })
    f.update('deployments.apps', {
      ...whole,
      metadata: { ...whole.metadata, labels: { ...labels, 'test-deployment': 'updated' } },
      ...updated,
    })
    const status = () => f.get('deployments.apps', name, { subresource: 'status' })
    const hasUpdate = {
      metadata: { labels: { 'test-deployment': 'updated' } },
      spec: { template: { spec: { containers: [{ image: HTTPD }] } } },
    }
    expect(status()).toMatchObject(hasUpdate)
    const isAll = (deployment: Deployment) =>
      deployment.status?.readyReplicas === 2 &&
      deployment.status.updatedReplicas === 2 &&
      (deployment.status.unavailableReplicas ?? 0) === 0 &&
      deployment.spec.template.spec.containers[0]?.image === HTTPD
    seen('2 ready again', isAll)
    f.patch(
      'deployments.apps',
      name,
      {
        metadata: { labels: { 'test-deployment': 'patched-status' } },
        status: { readyReplicas: 0, availableReplicas: 0 },
      },
      { subresource: 'status' },
    )
    // labels cannot be changed through status
    expect(status()).toMatchObject(hasUpdate)
    seen('2 ready after the status', isAll)
    f.deleteCollection('deployments.apps', 'test-deployment-static=true', { gracePeriodSeconds: 1 })
    seen('DELETED', () => true, 'DELETED')
  })

  it('should validate Deployment Status endpoints [Conformance]', () => {
    const name = 'test-deployment-abcde'
    const selector = 'labelSelector=e2e%3Dtesting'
    const { resourceVersion } = f.list('deployments.apps', {
      namespace: '',
      query: selector,
    }).metadata
    const labels = { name: 'httpd', e2e: 'testing' }
    f.create('deployments.apps', newDeployment({ name, replicas: 1, labels }))
    revisionAndImage(name, '1', HTTPD)
    complete(name)
    const subresource = { subresource: 'status' }
    expect(
      f.get('deployments.apps', name, subresource).status?.conditions?.map(({ type }) => type),
    ).toEqual(['Available', 'Progressing'])
    withStatusConditions(
      f,
      'deployments.apps',
      name,
      `${selector}&resourceVersion=${resourceVersion}`,
    )
  })
})
