import { beforeEach, describe, expect, it } from 'vitest'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { controllerOf } from '#apimachinery/object.ts'
import { Framework, withStatusConditions } from '../../../../support/conformance.ts'
import {
  HTTPD,
  NGINX,
  PAUSE,
  newReplicaSet,
  newReplicationController,
  simplePod,
} from '../../../../support/conformance-objects.ts'

const f = new Framework()
const status = { subresource: 'status' }
const scale = { subresource: 'scale' }

const running = (labelSelector: string, count: number): readonly Pod[] =>
  f.until(`${count} running Pods`, () => {
    const found = f.items('pods', labelSelector)
    const isReady = found.every((pod) => pod.status?.phase === 'Running')
    return found.length === count && isReady ? found : undefined
  })

const quotaOf = (name: string) => {
  f.create('resourcequotas', { metadata: { name }, spec: { hard: { pods: '2' } } })
  f.until('the quota', () => f.get('resourcequotas', name).status?.hard?.['pods'] === '2')
}

describe('[sig-apps] ReplicationController', () => {
  beforeEach(() => f.begin('replication-controller'))

  it('should surface a failure condition on a common issue like exceeded quota [Conformance]', () => {
    const name = 'condition-test'
    quotaOf(name)
    f.create(
      'replicationcontrollers',
      newReplicationController({ name, replicas: 3, labels: { name } }),
    )
    const becomes = (isFailing: boolean) =>
      f.until('the condition', () => {
        const found = f.get('replicationcontrollers', name)
        const isObserved = found.status?.observedGeneration === found.metadata.generation
        const failure = found.status?.conditions?.find(({ type }) => type === 'ReplicaFailure')
        return isObserved && (failure !== undefined) === isFailing
      })
    becomes(true)
    f.change('replicationcontrollers', name, ({ spec }) => ({ spec: { ...spec, replicas: 2 } }))
    becomes(false)
  })

  it('should adopt matching pods on creation [Conformance]', () => {
    const name = 'pod-adoption'
    f.create('pods', simplePod(name, { name }, HTTPD))
    running(`name=${name}`, 1)
    const whole = newReplicationController({
      name,
      replicas: 1,
      labels: { name },
      spec: { selector: { name } },
    })
    const { metadata } = f.create('replicationcontrollers', whole)
    f.until('adoption', () => controllerOf(f.get('pods', name))?.uid === metadata.uid)
    expect(f.items('pods', `name=${name}`)).toHaveLength(1)
  })

  it('should release no longer matching pods [Conformance]', () => {
    const name = 'pod-release'
    const whole = newReplicationController({ name, replicas: 1, labels: { name } })
    f.create('replicationcontrollers', whole)
    const [pod] = running(`name=${name}`, 1)
    f.change('pods', pod!.metadata.name, ({ metadata }) => ({
      metadata: { ...metadata, labels: { name: 'not-matching-name' } },
    }))
    f.until('release', () => controllerOf(f.get('pods', pod!.metadata.name)) === undefined)
    running(`name=${name}`, 1)
  })

  it('should test the lifecycle of a ReplicationController [Conformance]', () => {
    const name = 'rc-test'
    const selector = 'labelSelector=test-rc-static%3Dtrue'
    const { resourceVersion } = f.list('replicationcontrollers', { query: selector }).metadata
    const watching = f.watch(
      'replicationcontrollers',
      `${selector}&resourceVersion=${resourceVersion}`,
    )
    const labels = { 'test-rc-static': 'true' }
    f.create('replicationcontrollers', {
      ...newReplicationController({
        name,
        replicas: 1,
        labels,
        image: NGINX,
        metadata: { labels },
      }),
    })
    watching.next('ADDED', ({ type }) => type === 'ADDED')
    watching.next(
      'readiness',
      ({ object }) => object.status?.replicas === 1 && object.status.readyReplicas === 1,
    )
    const modified = () => watching.next('MODIFIED', ({ type }) => type === 'MODIFIED')
    const label = { metadata: { labels: { 'test-rc': 'patched' } } }
    expect(f.patch('replicationcontrollers', name, label)).toMatchObject(label)
    modified()
    const none = { status: { readyReplicas: 0, availableReplicas: 0 } }
    const answer = f.patch('replicationcontrollers', name, none, status)
    expect(answer.status?.readyReplicas ?? 0).toBe(0)
    modified()
    watching.next('its replica', ({ object }) => object.status?.replicas === 1)
    expect(f.get('replicationcontrollers', name, status).status?.replicas).toBe(1)
    f.patch('replicationcontrollers', name, { spec: { replicas: 2 } }, scale)
    modified()
    watching.next(
      'two replicas',
      ({ object }) => object.status?.replicas === 2 && object.status.readyReplicas === 2,
    )
    expect(f.get('replicationcontrollers', name)).toMatchObject(label)
    f.change(
      'replicationcontrollers',
      name,
      (old) => ({ status: { ...old.status, availableReplicas: 1, readyReplicas: 1 } }),
      status,
    )
    modified()
    expect(
      f
        .items('replicationcontrollers', 'test-rc-static=true', { namespace: '' })
        .filter(({ metadata }) => metadata.namespace === f.namespace),
    ).toMatchObject([{ metadata: { name, labels: { ...labels, 'test-rc': 'patched' } } }])
    f.deleteCollection('replicationcontrollers', 'test-rc-static=true')
    watching.next('DELETED', ({ type }) => type === 'DELETED')
    watching.close()
  })

  it('should get and update a ReplicationController scale [Conformance]', () => {
    const name = 'e2e-rc-abcde'
    const whole = newReplicationController({ name, replicas: 1, labels: { name } })
    f.create('replicationcontrollers', whole)
    const becomes = (count: number) =>
      f.until(
        `${count} replicas`,
        () => f.get('replicationcontrollers', name).status?.replicas === count,
      )
    becomes(1)
    const found: object = f.get('replicationcontrollers', name, scale)
    expect(found).toMatchObject({ kind: 'Scale', status: { replicas: 1 } })
    const put = { ...found, metadata: { name }, spec: { replicas: 2 } }
    f.update('replicationcontrollers', put, scale)
    becomes(2)
  })
})

describe('[sig-apps] ReplicaSet', () => {
  beforeEach(() => f.begin('replicaset'))
  const labels = { name: 'sample-pod', pod: 'httpd' }

  it('should surface a failure condition on a common issue like exceeded quota', () => {
    const name = 'condition-test'
    quotaOf(name)
    f.create('replicasets.apps', newReplicaSet({ name, replicas: 3, labels: { name } }))
    const becomes = (isFailing: boolean) =>
      f.until('the condition', () => {
        const found = f.get('replicasets.apps', name)
        const isObserved = found.status?.observedGeneration === found.metadata.generation
        const failure = found.status?.conditions?.find(({ type }) => type === 'ReplicaFailure')
        return isObserved && (failure !== undefined) === isFailing
      })
    becomes(true)
    f.change('replicasets.apps', name, ({ spec }) => ({ spec: { ...spec, replicas: 2 } }))
    becomes(false)
  })

  it('should adopt matching pods on creation and release no longer matching pods [Conformance]', () => {
    const name = 'pod-adoption-release'
    f.create('pods', simplePod(name, { name }, HTTPD))
    running(`name=${name}`, 1)
    const { metadata } = f.create(
      'replicasets.apps',
      newReplicaSet({ name, replicas: 1, labels: { name } }),
    )
    f.until('adoption', () => controllerOf(f.get('pods', name))?.uid === metadata.uid)
    f.change('pods', name, (old) => ({
      metadata: { ...old.metadata, labels: { name: 'not-matching-name' } },
    }))
    f.until('release', () => controllerOf(f.get('pods', name)) === undefined)
  })

  it('Replicaset should have a working scale subresource [Conformance]', () => {
    const name = 'test-rs'
    f.create('replicasets.apps', newReplicaSet({ name, replicas: 1, labels }))
    running('name=sample-pod', 1)
    const found: object = f.get('replicasets.apps', name, scale)
    expect(found).toMatchObject({ spec: { replicas: 1 }, status: { replicas: 1 } })
    const put = { ...found, metadata: { name }, spec: { replicas: 2 } }
    expect(f.update('replicasets.apps', put, scale)).toMatchObject({ spec: { replicas: 2 } })
    expect(f.get('replicasets.apps', name).spec.replicas).toBe(2)
    f.patch('replicasets.apps', name, { spec: { replicas: 4 } }, scale)
    expect(f.get('replicasets.apps', name).spec.replicas).toBe(4)
  })

  it('Replace and Patch tests [Conformance]', () => {
    const name = 'test-rs'
    const selector = 'labelSelector=test-rs%3Dpatched'
    const { resourceVersion } = f.list('replicasets.apps', { query: selector }).metadata
    f.create('replicasets.apps', newReplicaSet({ name, replicas: 1, labels }))
    running('name=sample-pod', 1)
    f.change('replicasets.apps', name, ({ spec }) => ({ spec: { ...spec, replicas: 2 } }))
    // a second container, which comes first
    const containers = [{ name, image: PAUSE }]
    f.patch('replicasets.apps', name, {
      metadata: { labels: { 'test-rs': 'patched' } },
      spec: { replicas: 3, template: { spec: { terminationGracePeriodSeconds: 0, containers } } },
    })
    f.watchUntil(
      'three available replicas',
      'replicasets.apps',
      `${selector}&resourceVersion=${resourceVersion}`,
      ({ object }) => {
        const pod = object.spec.template.spec
        return (
          object.metadata.name === name &&
          object.status?.readyReplicas === 3 &&
          object.status.availableReplicas === 3 &&
          pod.containers[0]?.image === PAUSE &&
          pod.terminationGracePeriodSeconds === 0
        )
      },
    )
  })

  it('should list and delete a collection of ReplicaSets [Conformance]', () => {
    const name = 'test-rs'
    const whole = newReplicaSet({ name, replicas: 3, labels: { ...labels, e2e: 'abcde' } })
    f.create('replicasets.apps', whole)
    running('name=sample-pod', 3)
    const all = () => f.items('replicasets.apps', 'e2e=abcde', { namespace: '' })
    expect(all()).toHaveLength(1)
    f.deleteCollection('replicasets.apps', 'e2e=abcde', { gracePeriodSeconds: 1 })
    expect(all()).toEqual([])
  })

  it('should validate Replicaset Status endpoints [Conformance]', () => {
    const name = 'test-rs'
    const selector = 'labelSelector=name%3Dsample-pod,pod%3Dhttpd'
    const { resourceVersion } = f.list('replicasets.apps', { query: selector }).metadata
    f.create('replicasets.apps', newReplicaSet({ name, replicas: 1, labels }))
    running('name=sample-pod', 1)
    expect(f.get('replicasets.apps', name, status).status?.conditions).toBeUndefined()
    withStatusConditions(
      f,
      'replicasets.apps',
      name,
      `${selector}&resourceVersion=${resourceVersion}`,
    )
  })
})
