import { beforeEach, describe, expect, it } from 'vitest'
import { Framework, withStatusConditions } from '../../../../support/conformance.ts'
import {
  HTTPD,
  PAUSE,
  newDaemonSet,
  newStatefulSet,
} from '../../../../support/conformance-objects.ts'

const f = new Framework()
const status = { subresource: 'status' }
const scale = { subresource: 'scale' }

const headlessService = (labels: Readonly<Record<string, string>>) =>
  f.create('services', {
    metadata: { name: 'test' },
    spec: {
      clusterIP: 'None',
      selector: labels,
      ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
    },
  })

const ready = (name: string, count: number): void => {
  f.until(`${count} ready Pods of ${name}`, () => {
    const found = f.get('statefulsets.apps', name).status
    return found?.readyReplicas === count && found.replicas === count
  })
}

describe('[sig-apps] StatefulSet Basic StatefulSet functionality [StatefulSetBasic]', () => {
  const labels = { foo: 'bar', baz: 'blah' }
  beforeEach(() => {
    f.begin('statefulset')
    headlessService(labels)
  })

  it('should have a working scale subresource [Conformance]', () => {
    const name = 'ss'
    f.create('statefulsets.apps', newStatefulSet({ name, replicas: 1, labels }))
    ready(name, 1)
    const found: object = f.get('statefulsets.apps', name, scale)
    expect(found).toMatchObject({ spec: { replicas: 1 }, status: { replicas: 1 } })
    const put = { ...found, metadata: { name }, spec: { replicas: 2 } }
    expect(f.update('statefulsets.apps', put, scale)).toMatchObject({ spec: { replicas: 2 } })
    expect(f.get('statefulsets.apps', name).spec.replicas).toBe(2)
    f.patch('statefulsets.apps', name, { spec: { replicas: 4 } }, scale)
    expect(f.get('statefulsets.apps', name).spec.replicas).toBe(4)
  })

  it('should list, patch and delete a collection of StatefulSets [Conformance]', () => {
    const name = 'test-ss'
    const own = { name: 'sample-pod', pod: 'httpd' }
    f.create('statefulsets.apps', newStatefulSet({ name, replicas: 1, labels: own }))
    ready(name, 1)
    // a field that there is not is left out, and the new container comes first
    const spec = { TerminationGracePeriodSeconds: 1, containers: [{ name, image: PAUSE }] }
    f.patch('statefulsets.apps', name, {
      metadata: { labels: { 'test-ss': 'patched' } },
      spec: { replicas: 2, template: { spec } },
    })
    const patched = f.get('statefulsets.apps', name)
    expect(patched.spec.replicas).toBe(2)
    expect(patched.spec.template.spec?.containers[0]?.image).toBe(PAUSE)
    ready(name, 2)
    const all = () => f.items('statefulsets.apps', 'test-ss=patched', { namespace: '' })
    expect(all()).toHaveLength(1)
    f.deleteCollection('statefulsets.apps', 'test-ss=patched', { gracePeriodSeconds: 1 })
    expect(all()).toEqual([])
  })

  it('should validate Statefulset Status endpoints [Conformance]', () => {
    const name = 'ss'
    const selector = 'labelSelector=e2e%3Dtesting'
    const { resourceVersion } = f.list('statefulsets.apps', { query: selector }).metadata
    f.create('statefulsets.apps', newStatefulSet({ name, replicas: 1, labels }))
    ready(name, 1)
    f.patch('statefulsets.apps', name, { metadata: { labels: { e2e: 'testing' } } })
    expect(f.get('statefulsets.apps', name, status).status?.conditions).toBeUndefined()
    withStatusConditions(
      f,
      'statefulsets.apps',
      name,
      `${selector}&resourceVersion=${resourceVersion}`,
    )
  })

  it('should perform canary updates and phased rolling updates of template modifications [Conformance]', () => {
    const name = 'ss2'
    const images = () => f.items('pods', 'foo=bar').map(({ spec }) => spec.containers[0]?.image)
    const whole = newStatefulSet({
      name,
      replicas: 3,
      labels,
      spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 3 } } },
    })
    f.create('statefulsets.apps', whole)
    ready(name, 3)
    const first = f.get('statefulsets.apps', name).status
    expect(first.currentRevision).toBe(first.updateRevision)
    const update = (spec: object) =>
      f.patch('statefulsets.apps', name, { spec }, { type: 'strategic' })
    const image = 'registry.k8s.io/e2e-test-images/httpd:2.4.39-4'
    update({ template: { spec: { containers: [{ name: 'webserver', image }] } } })
    const updateRevision = f.until('another revision', () => {
      const found = f.get('statefulsets.apps', name).status
      return found?.updateRevision === first.currentRevision ? undefined : found?.updateRevision
    })
    f.sleep(20)
    // nothing is updated while the partition is as large as the set
    expect(images()).toEqual([HTTPD, HTTPD, HTTPD])
    const partition = (value: number) =>
      update({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: value } } })
    partition(2)
    f.until('the canary', () => images()[2] === image)
    ready(name, 3)
    expect(images()).toEqual([HTTPD, HTTPD, image])
    // what is deleted comes back with the revision that its ordinal has
    for (const pod of [`${name}-0`, `${name}-2`]) f.delete('pods', pod, { gracePeriodSeconds: 0 })
    f.until('their return', () => f.items('pods', 'foo=bar').length === 3)
    ready(name, 3)
    expect(images()).toEqual([HTTPD, HTTPD, image])
    for (const [value, wanted] of [
      [1, [HTTPD, image, image]],
      [0, [image, image, image]],
    ] as const) {
      partition(value)
      f.until('the phase', () => JSON.stringify(images()) === JSON.stringify(wanted))
      ready(name, 3)
    }
    f.until(
      'the end of the update',
      () => f.get('statefulsets.apps', name).status?.currentRevision === updateRevision,
    )
  })
})

describe('[sig-apps] Daemon set [Serial]', () => {
  beforeEach(() => f.begin('daemonsets'))
  const name = 'daemon-set'
  const labels = { 'daemonset-name': name }

  const onEveryNode = (): void => {
    f.until('a Pod on each node', () => {
      const nodes = f.items('nodes').map(({ metadata }) => metadata.name)
      const pods = f.items('pods', `daemonset-name=${name}`)
      const isReady = pods.every((pod) =>
        pod.status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True'),
      )
      const placed = pods.map(({ spec }) => spec.nodeName).toSorted()
      return isReady && JSON.stringify(placed) === JSON.stringify(nodes.toSorted())
    })
    const count = f.items('nodes').length
    expect(f.get('daemonsets.apps', name).status).toMatchObject({
      currentNumberScheduled: count,
      desiredNumberScheduled: count,
      numberMisscheduled: 0,
      numberReady: count,
    })
  }

  it('should run and stop simple daemon [Conformance]', () => {
    f.create('daemonsets.apps', newDaemonSet(name, labels))
    onEveryNode()
    const [pod] = f.items('pods', `daemonset-name=${name}`)
    f.delete('pods', pod!.metadata.name)
    f.until('its end', () => {
      const again = f.find('pods', pod!.metadata.name)
      return again === undefined || again.metadata.uid !== pod!.metadata.uid
    })
    onEveryNode()
  })

  it('should run and stop complex daemon [Conformance]', () => {
    const color = { 'daemonset-color': 'blue' }
    const whole = newDaemonSet(name, labels) as { spec: { template: { spec: object } } }
    const { spec } = whole
    const template = { ...spec.template, spec: { ...spec.template.spec, nodeSelector: color } }
    f.create('daemonsets.apps', { ...whole, spec: { ...spec, template } })
    const pods = () => f.items('pods', `daemonset-name=${name}`)
    f.sleep(10)
    expect(pods()).toEqual([])
    const [node] = f.items('nodes')
    const label = (value: string | null) =>
      f.patch('nodes', node!.metadata.name, {
        metadata: { labels: { 'daemonset-color': value } },
      })
    label('blue')
    f.until('one Pod there', () => pods()[0]?.spec.nodeName === node!.metadata.name)
    label('green')
    f.until('its end', () => pods().length === 0)
    f.patch('daemonsets.apps', name, {
      spec: {
        updateStrategy: { type: 'RollingUpdate' },
        template: { spec: { nodeSelector: { 'daemonset-color': 'green' } } },
      },
    })
    f.until('one Pod again', () => pods().length === 1 && pods()[0]?.status?.phase === 'Running')
    label(null)
  })

  it('should retry creating failed daemon pods [Conformance]', () => {
    f.create('daemonsets.apps', newDaemonSet(name, labels))
    onEveryNode()
    const [pod] = f.items('pods', `daemonset-name=${name}`)
    f.change(
      'pods',
      pod!.metadata.name,
      (old) => ({ status: { ...old.status, phase: 'Failed' } }),
      status,
    )
    f.until('the end of the failed Pod', () => f.find('pods', pod!.metadata.name) === undefined)
    onEveryNode()
  })

  it('should update pod when spec was updated and update strategy is RollingUpdate [Conformance]', () => {
    f.create('daemonsets.apps', newDaemonSet(name, labels))
    onEveryNode()
    const hashes = () =>
      new Set(
        f
          .items('pods', `daemonset-name=${name}`)
          .map(({ metadata }) => metadata.labels?.['controller-revision-hash']),
      )
    const [before] = hashes()
    expect(f.items('controllerrevisions.apps').map((each) => each['revision'])).toEqual([1])
    f.patch('daemonsets.apps', name, {
      spec: { template: { spec: { containers: [{ name: 'app', image: PAUSE }] } } },
    })
    f.until('new Pods alone', () => hashes().size === 1 && !hashes().has(before))
    onEveryNode()
    const images = f
      .items('pods', `daemonset-name=${name}`)
      .map((pod) => pod.spec.containers[0]?.image)
    expect(new Set(images)).toEqual(new Set([PAUSE]))
    const revisions = f.items('controllerrevisions.apps').map((each) => each['revision'])
    expect(revisions.toSorted()).toEqual([1, 2])
  })

  it('should rollback without unnecessary restarts [Conformance]', () => {
    f.create('daemonsets.apps', newDaemonSet(name, labels))
    onEveryNode()
    const uids = () =>
      new Set(f.items('pods', `daemonset-name=${name}`).map(({ metadata }) => metadata.uid))
    const before = uids()
    const setImage = (image: string) =>
      f.patch('daemonsets.apps', name, {
        spec: { template: { spec: { containers: [{ name: 'app', image }] } } },
      })
    setImage('foo:non-existent')
    // the first new Pod does not come up, so the others stay
    const isBroken = () =>
      f
        .items('pods', `daemonset-name=${name}`)
        .some(({ spec }) => spec.containers[0]?.image === 'foo:non-existent')
    f.until('a Pod with the wrong image', isBroken)
    f.sleep(30)
    const kept = [...before].filter((uid) => uids().has(uid))
    expect(kept).toHaveLength(before.size - 1)
    setImage(HTTPD)
    f.until('the rollback', () => !isBroken())
    onEveryNode()
    expect([...uids()]).toEqual(expect.arrayContaining(kept))
  })

  it('should list and delete a collection of DaemonSets [Conformance]', () => {
    f.create('daemonsets.apps', newDaemonSet(name, labels))
    onEveryNode()
    const all = () => f.items('daemonsets.apps', `daemonset-name=${name}`, { namespace: '' })
    expect(all()).toHaveLength(1)
    f.deleteCollection('daemonsets.apps', `daemonset-name=${name}`, { gracePeriodSeconds: 1 })
    expect(all()).toEqual([])
  })

  it('should verify changes to a daemon set status [Conformance]', () => {
    const selector = `labelSelector=daemonset-name%3D${name}`
    const { resourceVersion } = f.list('daemonsets.apps', { query: selector }).metadata
    f.create('daemonsets.apps', newDaemonSet(name, labels))
    onEveryNode()
    expect(f.get('daemonsets.apps', name, status).status?.conditions).toBeUndefined()
    withStatusConditions(
      f,
      'daemonsets.apps',
      name,
      `${selector}&resourceVersion=${resourceVersion}`,
    )
  })
})
