import { describe, expect, it } from 'vitest'
import { RunningContainers } from '#kubelet/running-containers.ts'
import { PodDisks } from '#kubelet/pod-disk.ts'
import { ClusterMemory } from '#cluster-memory.ts'
import { AGNHOST } from '../../../support/running-program.ts'
import type { ScriptedCluster } from '../../../support/scripted-cluster.ts'
import { aPod, create, liveCluster, manifest, podNamed } from './live-cluster.ts'

const service = (name: string) =>
  manifest('Service', name, {
    spec: { selector: { app: `${name}-pod` }, ports: [{ port: 80 }] },
  })

const once = { restartPolicy: 'Never' }

const endOf = (cluster: ScriptedCluster, name: string): number | undefined =>
  podNamed(cluster, name).status.containerStatuses?.[0]?.state.terminated?.exitCode

const answersOf = (cluster: ScriptedCluster, name: string) => {
  const disks = new PodDisks(new ClusterMemory(cluster.cluster.state().memory))
  const { uid = '' } = podNamed(cluster, name).metadata
  return disks.read(`default/${name}`, uid).asked.get('main')
}

const withWeb = (settings = {}): ScriptedCluster => {
  const cluster = liveCluster(settings)
  create(cluster, aPod('web-pod', { image: 'nginx' }), service('web'))
  return cluster
}

describe("a container's command", () => {
  it.each([
    ['reaches a Service', ['curl', 'http://web/'], 0],
    ['does not find a name', ['curl', 'http://wob/'], 6],
    ['is refused', ['curl', 'http://web-pod.invalid:81/'], 6],
  ])('%s', (_what, command, exitCode) => {
    const cluster = withWeb()
    create(cluster, aPod('client', { image: 'curlimages/curl', command }, once))
    expect(endOf(cluster, 'client')).toBe(exitCode)
    expect(podNamed(cluster, 'client').status.phase).toBe(exitCode === 0 ? 'Succeeded' : 'Failed')
    expect(cluster.faults).toEqual([])
  })

  it.each([
    [['nc', '-z', '192.168.49.9', '80'], 3],
    [['nc', '-z', '-w', '1', '192.168.49.9', '80'], 1],
  ])('waits with %j for a neighbour that is not there', (command, seconds) => {
    const cluster = liveCluster()
    create(cluster, aPod('client', { image: 'busybox', command }, once))
    const { startedAt, finishedAt } = podNamed(cluster, 'client').status.containerStatuses![0]!
      .state.terminated!
    expect(Date.parse(finishedAt!) - Date.parse(startedAt!)).toBe(seconds * 1000)
    expect(endOf(cluster, 'client')).toBe(1)
  })

  it('asks with real delays too, and after the session came back', () => {
    const cluster = withWeb({ delays: 'real' })
    const command = ['sh', '-c', 'sleep 20; wget -qO- http://web/ && exit 7']
    create(cluster, aPod('client', { image: 'busybox', command }, once))
    cluster.advance(60_000)
    expect(endOf(cluster, 'client')).toBe(7)
  })

  it('may be a program of agnhost', () => {
    const cluster = withWeb()
    const args = ['connect', 'web:80', '--timeout=3s']
    create(cluster, aPod('client', { image: AGNHOST, args }, once))
    expect(endOf(cluster, 'client')).toBe(0)
    create(cluster, aPod('other', { image: AGNHOST, args: ['connect', 'web:81'] }, once))
    cluster.advance(300_000)
    expect(endOf(cluster, 'other')).toBe(1)
  })

  it('waits in an init container for a Service that comes later', () => {
    const cluster = liveCluster()
    const command = [
      'sh',
      '-c',
      'until nslookup web.default.svc.cluster.local; do echo waiting for web; sleep 2; done',
    ]
    const initContainers = [{ name: 'wait', image: 'busybox', command }]
    create(cluster, aPod('app', { image: 'nginx' }, { initContainers }))
    cluster.advance(300_000)
    expect(podNamed(cluster, 'app').status.phase).toBe('Pending')
    create(cluster, aPod('web-pod', { image: 'nginx' }), service('web'))
    cluster.advance(120_000)
    expect(podNamed(cluster, 'app').status.phase).toBe('Running')
    expect(cluster.faults).toEqual([])
  })

  it('comes to rest however long it asks', () => {
    const cluster = withWeb()
    const command = ['sh', '-c', 'while true; do wget -qO- http://web/; sleep 1; done']
    create(cluster, aPod('client', { image: 'busybox', command }))
    cluster.advance(100 * 3_600_000)
    expect(cluster.cluster.nextDeadline()).toBeUndefined()
    expect(podNamed(cluster, 'client').status.phase).toBe('Running')
    expect(JSON.stringify(answersOf(cluster, 'client')).length).toBeLessThan(100_000)
    expect(cluster.faults).toEqual([])
  })

  it('is told the same again when it is worked out anew', () => {
    const cluster = withWeb()
    const command = ['sh', '-c', 'wget -qO- http://web/; sleep 3600']
    create(cluster, aPod('client', { image: 'busybox', command }))
    cluster.delete(podNamed(cluster, 'web-pod') as never)
    cluster.advance(10_000)
    const { memory } = cluster.cluster.state()
    const client = {
      get: (resource: string, _namespace: string, name: string) =>
        cluster.cluster.objects(resource).find(({ metadata }) => metadata.name === name),
      list: (resource: string) => cluster.cluster.objects(resource),
      now: () => cluster.cluster.now,
    }
    const running = new RunningContainers({
      client: client as never,
      memory: new ClusterMemory(memory),
      settings: cluster.cluster.settings,
    })
    const [container] = running.of(podNamed(cluster, 'client'))
    expect(container!.process.log.map(({ text }) => text).join('\n')).toContain('Welcome to nginx!')
  })
})
