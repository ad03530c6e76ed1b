// kubernetes: test/e2e/apps/{rc,replica_set,statefulset,job}.go, the specs whose Pods are asked or told something
import { beforeEach, describe, expect, it } from 'vitest'
import {
  AGNHOST,
  BUSYBOX,
  HTTPD,
  newReplicaSet,
  newReplicationController,
  newStatefulSet,
} from '../../../../support/conformance-objects.ts'
import { exec, isReady, schedulableNodes } from '../../../../support/conformance-pods.ts'
import { Framework } from '../../../../support/conformance.ts'

const f = new Framework()
const SETS = 'statefulsets.apps'

const headless = (labels: object) =>
  f.create('services', {
    metadata: { name: 'test' },
    spec: { clusterIP: 'None', selector: labels, ports: [{ name: 'http', port: 80 }] },
  })

const serving = (name: string) => ({
  name,
  replicas: 1,
  labels: { name },
  container: name,
  image: AGNHOST,
  more: { args: ['serve-hostname'], ports: [{ containerPort: 9376 }] },
})

/** Each Pod answers through the API server with its name. */
const serveBasicImage = (name: string): void => {
  const pods = f.until('the Pods to run', () => {
    const found = f.items('pods', `name=${name}`)
    return found.length === 1 && found.every(isReady) && found
  })
  for (const { metadata } of pods) {
    const url = f.path('pods', metadata.name, { subresource: 'proxy/' })
    expect(f.api.send('GET', url).text).toBe(metadata.name)
  }
}

describe('[sig-apps] ReplicationController', () => {
  it('should serve a basic image on each replica with a public image [Conformance]', () => {
    f.begin('replication-controller')
    f.create('replicationcontrollers', newReplicationController(serving('my-hostname-basic')))
    serveBasicImage('my-hostname-basic')
  })
})

describe('[sig-apps] ReplicaSet', () => {
  it('should serve a basic image on each replica with a public image [Conformance]', () => {
    f.begin('replicaset')
    f.create('replicasets.apps', newReplicaSet(serving('my-hostname-basic')))
    serveBasicImage('my-hostname-basic')
  })
})

describe('[sig-apps] StatefulSet Basic StatefulSet functionality [StatefulSetBasic]', () => {
  const labels = { foo: 'bar', baz: 'blah' }
  beforeEach(() => {
    f.begin('statefulset')
    headless(labels)
  })

  const pods = () => f.items('pods', 'foo=bar')
  const ready = (name: string, count: number): void => {
    f.until(`${count} ready Pods of ${name}`, () => {
      const { readyReplicas = 0, replicas } = f.get(SETS, name).status
      return readyReplicas === count && replicas === count
    })
  }
  const move = (pod: string, from: string, to: string): void => {
    const script = `mv -v ${from} ${to} || true`
    expect(exec(f, pod, ['/bin/sh', '-x', '-c', script]).exitCode).toBe(0)
  }
  const PAGE = '/usr/local/apache2/htdocs/index.html'
  const breakProbe = (pod: string) => move(pod, PAGE, '/tmp/')
  const mendProbe = (pod: string) => move(pod, '/tmp/index.html', '/usr/local/apache2/htdocs/')
  const scale = (name: string, replicas: number) =>
    f.patch(SETS, name, { spec: { replicas } }, { subresource: 'scale' })

  it('should perform rolling updates and roll backs of template modifications [Conformance]', () => {
    const name = 'ss2'
    f.create(SETS, newStatefulSet({ name, replicas: 3, labels }))
    ready(name, 3)
    const first = f.get(SETS, name).status
    expect(first.currentRevision).toBe(first.updateRevision)
    const revisions = () =>
      pods().map(({ metadata }) => metadata.labels?.['controller-revision-hash'])
    const order: string[] = []
    const update = (image: string, broken: string): string => {
      breakProbe(broken)
      f.until('the Pod not to be ready', () => !isReady(f.get('pods', broken)))
      f.patch(SETS, name, {
        spec: { template: { spec: { containers: [{ name: 'webserver', image }] } } },
      })
      const revision = f.until('another revision', () => {
        const { currentRevision, updateRevision } = f.get(SETS, name).status
        return currentRevision !== updateRevision && updateRevision
      })
      const watching = f.watch('pods', `labelSelector=foo%3Dbar`)
      const seen = () => {
        for (const { type, object } of watching.events.splice(0))
          if (type === 'DELETED') order.push(object.metadata.name!)
      }
      // what is not ready is mended, and the update goes on
      f.sleep(5)
      if (f.get('pods', broken).metadata.labels?.['controller-revision-hash'] !== revision)
        mendProbe(broken)
      f.until(
        'the end of the update',
        () => {
          seen()
          return f.get(SETS, name).status.currentRevision === revision
        },
        300,
      )
      ready(name, 3)
      seen()
      watching.close()
      expect(revisions()).toEqual([revision, revision, revision])
      return revision
    }
    const image = 'registry.k8s.io/e2e-test-images/httpd:2.4.39-4'
    const second = update(image, `${name}-1`)
    expect(second).not.toBe(first.currentRevision)
    expect(order).toEqual([`${name}-2`, `${name}-1`, `${name}-0`])
    expect(pods().map(({ spec }) => spec.containers[0]?.image)).toEqual([image, image, image])
    // back to what it was: the first revision again
    expect(update(HTTPD, `${name}-1`)).toBe(first.currentRevision)
    expect(order.slice(3)).toEqual([`${name}-2`, `${name}-1`, `${name}-0`])
  })

  it('Scaling should happen in predictable order and halt if any stateful pod is unhealthy [Slow] [Conformance]', () => {
    const name = 'ss'
    const whole = newStatefulSet({ name, replicas: 1, labels })
    f.create(SETS, whole)
    ready(name, 1)
    breakProbe(`${name}-0`)
    f.until('it not to be ready', () => !isReady(f.get('pods', `${name}-0`)))
    const watching = f.watch('pods', 'labelSelector=foo%3Dbar')
    watching.rest(1)
    watching.events.length = 0
    scale(name, 3)
    f.sleep(10)
    expect(pods()).toHaveLength(1)
    mendProbe(`${name}-0`)
    ready(name, 3)
    const created = watching.events.filter(({ type }) => type === 'ADDED')
    const names = created
      .map(({ object }) => object.metadata.name)
      .filter((each) => each !== `${name}-0`)
    expect(names).toEqual([`${name}-1`, `${name}-2`])
    watching.events.length = 0
    const all = [0, 1, 2].map((ordinal) => `${name}-${ordinal}`)
    for (const pod of all) breakProbe(pod)
    f.until('none to be ready', () => !pods().some(isReady))
    scale(name, 0)
    f.sleep(10)
    expect(pods()).toHaveLength(3)
    // what is ready again goes at once
    for (const pod of all.toReversed()) if (f.find('pods', pod) !== undefined) mendProbe(pod)
    f.until('no Pods', () => pods().length === 0)
    const deleted = watching.events.filter(({ type }) => type === 'DELETED')
    expect(deleted.map(({ object }) => object.metadata.name)).toEqual([
      `${name}-2`,
      `${name}-1`,
      `${name}-0`,
    ])
    watching.close()
  })

  it('Burst scaling should run to completion even with unhealthy pods [Slow] [Conformance]', () => {
    const name = 'ss'
    const spec = { podManagementPolicy: 'Parallel' }
    f.create(SETS, newStatefulSet({ name, replicas: 1, labels, spec }))
    ready(name, 1)
    const readyCount = (count: number) =>
      f.until(`${count} ready`, () => (f.get(SETS, name).status.readyReplicas ?? 0) === count)
    breakProbe(`${name}-0`)
    readyCount(0)
    scale(name, 3)
    f.until('three Pods', () => pods().length === 3)
    mendProbe(`${name}-0`)
    readyCount(3)
    breakProbe(`${name}-0`)
    readyCount(2)
    scale(name, 0)
    f.until('no Pods', () => pods().length === 0)
    expect(f.get(SETS, name).status.replicas).toBe(0)
  })

  it('Should recreate evicted statefulset [Conformance]', () => {
    const [node] = schedulableNodes(f)
    const nodeName = node!.metadata.name!
    const ports = [{ containerPort: 21_017, hostPort: 21_017, name: 'conflict' }]
    f.create('pods', {
      metadata: { name: 'test-pod' },
      spec: { containers: [{ name: 'webserver', image: HTTPD, ports }], nodeName },
    })
    f.until('it to run', () => f.get('pods', 'test-pod').status.phase === 'Running')
    const whole = newStatefulSet({ name: 'ss', replicas: 1, labels, more: { ports } }) as {
      readonly spec: { readonly template: { readonly spec: object } }
    }
    const { template } = whole.spec
    const watching = f.watch('pods', 'labelSelector=foo%3Dbar')
    f.create(SETS, {
      ...whole,
      spec: { ...whole.spec, template: { ...template, spec: { ...template.spec, nodeName } } },
    })
    // it does not fit on the node, fails there, is deleted and made anew
    const failed = watching.next(
      'the first to fail',
      ({ object }) => object.status.phase === 'Failed',
    )
    const { uid } = failed.object.metadata
    watching.next(
      'its end',
      ({ type, object }) => type === 'DELETED' && object.metadata.uid === uid,
    )
    watching.close()
    f.delete('pods', 'test-pod', { gracePeriodSeconds: 0 })
    const pod = f.until('another one that runs', () => {
      const found = f.find('pods', 'ss-0')
      return found?.status.phase === 'Running' && found
    })
    expect(pod.metadata.uid).not.toBe(uid)
  })
})

describe('[sig-apps] Job', () => {
  beforeEach(() => f.begin('job'))
  const untilComplete = (name: string) =>
    f.until(
      `${name} to be complete`,
      () =>
        f
          .get('jobs.batch', name)
          .status.conditions?.some(({ type, status }) => type === 'Complete' && status === 'True'),
      600,
    )

  it('should run a job to completion when tasks sometimes fail and are locally restarted [Conformance]', () => {
    const name = 'fail-once-local'
    // half of all tries fail, and the state is kept in a volume
    const script = `
if [[ -r /data/foo ]]
then
    exit 0
else
    touch /data/foo
    exit 1
fi`
    f.create('jobs.batch', {
      metadata: { name },
      spec: {
        parallelism: 2,
        completions: 4,
        backoffLimit: 6,
        template: {
          metadata: { labels: { job: name } },
          spec: {
            restartPolicy: 'OnFailure',
            volumes: [{ name: 'data', emptyDir: {} }],
            containers: [
              {
                name: 'c',
                image: BUSYBOX,
                command: ['/bin/sh', '-c', script],
                volumeMounts: [{ name: 'data', mountPath: '/data' }],
              },
            ],
          },
        },
      },
    })
    untilComplete(name)
    const succeeded = f
      .items('pods', `job=${name}`)
      .filter(({ status }) => status.phase === 'Succeeded')
    expect(succeeded).toHaveLength(4)
    for (const { status } of succeeded) expect(status.containerStatuses?.[0]?.restartCount).toBe(1)
  })

  it('should allow to use a pod failure policy to ignore failure matching on DisruptionTarget condition [Conformance]', () => {
    const name = 'pod-failure-ignore'
    const action = {
      action: 'Ignore',
      onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }],
    }
    const script = `
if [[ -r /data/foo ]]
then
    exit 0
else
    touch /data/foo
    trap 'exit 143' TERM
    while true; do sleep 1; done
fi`
    const [node] = schedulableNodes(f)
    f.create('jobs.batch', {
      metadata: { name },
      spec: {
        parallelism: 1,
        completions: 1,
        backoffLimit: 0,
        podFailurePolicy: { rules: [action] },
        template: {
          metadata: { labels: { job: name } },
          spec: {
            restartPolicy: 'Never',
            nodeName: node!.metadata.name,
            volumes: [{ name: 'data', hostPath: { path: '/tmp/job-e2e' } }],
            containers: [
              {
                name: 'c',
                image: BUSYBOX,
                command: ['/bin/sh', '-c', script],
                volumeMounts: [{ name: 'data', mountPath: '/data' }],
              },
            ],
          },
        },
      },
    })
    const [pod] = f.until('the Pod to run', () => {
      const found = f.items('pods', `job=${name}`)
      return found[0]?.status.phase === 'Running' && found
    })
    const eviction = { metadata: { name: pod!.metadata.name, namespace: f.namespace } }
    f.ask('POST', f.path('pods', pod!.metadata.name, { subresource: 'eviction' }), {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      ...eviction,
    })
    untilComplete(name)
    const { failed = 0, succeeded } = f.get('jobs.batch', name).status
    expect([failed, succeeded]).toEqual([0, 1])
  })
})
