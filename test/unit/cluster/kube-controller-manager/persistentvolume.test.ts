import { describe, expect, it } from 'vitest'
import type { JsonObject } from '#apimachinery/object.ts'
import { ScriptedCluster } from '../../../support/scripted-cluster.ts'

const claim = (name: string, spec: object = {}, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace: 'default', ...metadata },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
})

const volume = (name: string, storage: string, spec: object = {}, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name, ...metadata },
  spec: {
    accessModes: ['ReadWriteOnce'],
    capacity: { storage },
    hostPath: { path: `/tmp/${name}` },
    ...spec,
  },
})

const storageClass = (name: string, more: object = {}) => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name },
  provisioner: 'example.com/disks',
  ...more,
})

type Manifest = Parameters<ScriptedCluster['create']>[0]

const BARE = { template: 'bare', delays: 'instant' } as const

/** It is never scheduled. */
const consumer = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    schedulingGates: [{ name: 'example.com/never' }],
    containers: [{ name: 'c', image: 'nginx' }],
    volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }],
  },
})

const bare = (...manifests: readonly Manifest[]): ScriptedCluster => {
  const cluster = new ScriptedCluster({ settings: BARE })
  for (const manifest of manifests) cluster.create(manifest)
  return cluster
}

const field = (object: JsonObject | undefined, ...names: readonly string[]): unknown =>
  names.reduce<unknown>((value, name) => (value as JsonObject | undefined)?.[name], object)

const claimState = (cluster: ScriptedCluster, name: string): string => {
  const found = cluster.cluster
    .objects('persistentvolumeclaims')
    .find(({ metadata }) => metadata.name === name) as unknown as JsonObject | undefined
  const volumeName = field(found, 'spec', 'volumeName') as string | undefined
  return `${String(field(found, 'status', 'phase'))}${volumeName === undefined ? '' : ` ${volumeName}`}`
}

const volumeState = (cluster: ScriptedCluster, name: string): unknown => {
  const found = cluster.cluster
    .objects('persistentvolumes')
    .find(({ metadata }) => metadata.name === name) as unknown as JsonObject | undefined
  return field(found, 'status', 'phase')
}

const events = (cluster: ScriptedCluster): readonly string[] =>
  cluster.cluster
    .objects('events')
    .map((event) => event as unknown as JsonObject)
    .filter(
      (event) => String(field(event, 'source', 'component')) === 'persistentvolume-controller',
    )
    .map(
      (event) => `${String(event['type'])} ${String(event['reason'])}: ${String(event['message'])}`,
    )

describe('a claim', () => {
  it('gets the smallest volume that is large enough', () => {
    const cluster = bare(
      volume('big', '9Gi'),
      volume('fits', '2Gi'),
      volume('small', '1Mi'),
      claim('data'),
    )
    expect(claimState(cluster, 'data')).toBe('Bound fits')
    expect(['big', 'fits', 'small'].map((name) => volumeState(cluster, name))).toEqual([
      'Available',
      'Bound',
      'Available',
    ])
  })

  it('waits for a volume, and takes it when it comes', () => {
    const cluster = bare(claim('data'))
    expect(claimState(cluster, 'data')).toBe('Pending')
    expect(events(cluster)).toEqual([
      'Normal FailedBinding: no persistent volumes available for this claim and no storage class is set',
    ])
    cluster.create(volume('late', '1Gi'))
    expect(claimState(cluster, 'data')).toBe('Bound late')
  })

  it.each([
    ['another class', claim('data', { storageClassName: 'fast' }), volume('v', '1Gi')],
    ['another access mode', claim('data', { accessModes: ['ReadWriteMany'] }), volume('v', '1Gi')],
    ['another volume mode', claim('data', { volumeMode: 'Block' }), volume('v', '1Gi')],
    [
      'other labels',
      claim('data', { selector: { matchLabels: { tier: 'ssd' } } }),
      volume('v', '1Gi'),
    ],
    [
      'a volume that is meant for another',
      claim('data'),
      volume('v', '1Gi', { claimRef: { name: 'other', namespace: 'default' } }),
    ],
  ])('does not take %s', (_, wanted, offered) => {
    const cluster = bare(offered, wanted)
    expect(claimState(cluster, 'data')).toBe('Pending')
    expect(volumeState(cluster, 'v')).toBe('Available')
  })

  it('gets the volume that was meant for it, whatever its class', () => {
    const meant = volume('mine', '5Gi', {
      claimRef: { name: 'data', namespace: 'default' },
      storageClassName: 'fast',
    })
    expect(claimState(bare(volume('v', '1Gi'), meant, claim('data')), 'data')).toBe('Bound mine')
  })

  it.each([
    ['too small', volume('v', '1Mi'), 'requested PV is too small'],
    [
      'of another class',
      volume('v', '1Gi', { storageClassName: 'x' }),
      'storageClassName does not match',
    ],
  ])('is told that the volume it names is %s', (_, offered, why) => {
    const cluster = bare(offered, claim('data', { volumeName: 'v' }))
    expect(claimState(cluster, 'data')).toBe('Pending v')
    expect(events(cluster)).toEqual([
      `Warning VolumeMismatch: Cannot bind to requested volume "v": ${why}`,
    ])
  })

  it('is lost with its volume', () => {
    const cluster = bare(volume('v', '1Gi'), claim('data'))
    cluster.merge(volume('v', '1Gi'), { metadata: { finalizers: null } })
    cluster.delete(volume('v', '1Gi'))
    cluster.merge(volume('v', '1Gi'), { metadata: { finalizers: null } })
    expect(claimState(cluster, 'data')).toBe('Lost v')
    expect(events(cluster)).toContain(
      'Warning ClaimLost: Bound claim has lost its PersistentVolume. Data on the volume is lost!',
    )
  })
})

describe('a claim with a class', () => {
  it.each([
    [
      'that nobody has',
      [],
      'Warning ProvisioningFailed: storageclass.storage.k8s.io "disks" not found',
    ],
    [
      'whose provisioner is somebody else',
      [storageClass('disks')],
      "Normal ExternalProvisioning: Waiting for a volume to be created either by the external provisioner 'example.com/disks' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.",
    ],
    [
      'that waits for a Pod',
      [storageClass('disks', { volumeBindingMode: 'WaitForFirstConsumer' })],
      'Normal WaitForFirstConsumer: waiting for first consumer to be created before binding',
    ],
  ])('%s waits and says so', (_, classes, event) => {
    const cluster = bare(...classes, claim('data', { storageClassName: 'disks' }))
    expect(claimState(cluster, 'data')).toBe('Pending')
    expect(events(cluster)).toEqual([event])
  })

  it.each([
    [['web'], 'waiting for pod web to be scheduled'],
    [['api', 'web'], 'waiting for pods api,web to be scheduled'],
  ])('says which Pods it waits for: %j', (names, message) => {
    const cluster = new ScriptedCluster({ settings: BARE, rebuilt: true })
    const waits = { volumeBindingMode: 'WaitForFirstConsumer' }
    cluster.create(storageClass('disks', waits))
    cluster.create(claim('data', { storageClassName: 'disks' }))
    for (const name of names) cluster.create(consumer(name))
    cluster.advance(14_000)
    const first = 'waiting for first consumer to be created before binding'
    expect(events(cluster)).toEqual([`Normal WaitForFirstConsumer: ${first}`])
    cluster.advance(2000)
    expect(events(cluster)[1]).toBe(`Normal WaitForPodScheduled: ${message}`)
    expect(cluster.idleWrites).toEqual([])
    expect(cluster.cluster.nextDeadline()).toBeUndefined()
  })

  it('waits for a Pod that was there before, and no longer than that', () => {
    const cluster = bare(
      storageClass('disks', { volumeBindingMode: 'WaitForFirstConsumer' }),
      consumer('web'),
    )
    cluster.advance(1000)
    cluster.create(claim('data', { storageClassName: 'disks' }))
    expect(events(cluster)).toEqual([
      'Normal WaitForPodScheduled: waiting for pod web to be scheduled',
    ])
    cluster.create(consumer('late'))
    cluster.delete(consumer('late'))
    expect(cluster.cluster.nextDeadline()).toBeUndefined()
  })

  it('gets a volume made where there is a provisioner, which takes it away again', () => {
    const cluster = new ScriptedCluster({ settings: { template: 'default', delays: 'instant' } })
    cluster.create(claim('data'))
    expect(claimState(cluster, 'data')).toMatch(/^Bound pvc-[0-9a-f-]{36}$/)
    expect(cluster.cluster.objects('persistentvolumes')).toHaveLength(1)
    cluster.delete(claim('data'))
    expect(cluster.cluster.objects('persistentvolumes')).toEqual([])
  })
})

describe('a volume whose claim is gone', () => {
  it.each([
    ['Retain', '/tmp/v', 'Released'],
    ['Delete', '/tmp/v', undefined],
    ['Delete', '/data/v', 'Failed'],
  ])('with policy %s at %s is %s', (policy, path, phase) => {
    const kept = volume('v', '1Gi', { persistentVolumeReclaimPolicy: policy, hostPath: { path } })
    const cluster = bare(kept, claim('data'))
    cluster.delete(claim('data'))
    expect(volumeState(cluster, 'v')).toBe(phase)
  })
})
