import { beforeEach, describe, expect, it } from 'vitest'
import { apiOperations } from '../../../../support/conformance-operations.ts'
import { Framework } from '../../../../support/conformance.ts'
import { NGINX, simplePod } from '../../../../support/conformance-objects.ts'

// a request and a certificate of e2e whose keys were thrown away
const REQUEST =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIZk1JR0dBZ0VBTUNReEZEQVNCZ05WQkFNTUMy' +
  'VXlaUzFsZUdGdGNHeGxNUXd3Q2dZRFZRUUtEQU5sTW1VdwpXVEFUQmdjcWhrak9QUUlCQmdncWhrak9QUU1CQndO' +
  'Q0FBVC9yVHJEeHF4ODRmWEgxVWFxbVBCNDRwRXd6S1VCCnNaT29yMTFld1hyTEtjUUZibVBmUmt0QUd2SmQ3OHdM' +
  'SDgxZE1jVFFGeGRVcXRRbzNjS2x5WEFvb0FBd0NnWUkKS29aSXpqMEVBd0lEU0FBd1JRSWhBUDhOL3lxUHl0eThM' +
  'b2JaUUlGbGJ2Q3M2YlVCdlNsdHFsL1VOOHBWTEVwcgpBaUJDTGRremxYTUgxU1ROdDYwbzhYTXZHcEUwYUp1bEFU' +
  'a1piU1JmZmxFOGhRPT0KLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg=='

const CERTIFICATE =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJjRENDQVJlZ0F3SUJBZ0lVSHhCQjRtVWx0QlF2ZXNwUDFo' +
  'NXlEUS9UN21jd0NnWUlLb1pJemowRUF3SXcKRGpFTU1Bb0dBMVVFQXd3RFpUSmxNQjRYRFRJMk1URXlNakl6TVRB' +
  'd04xb1hEVE0yTVRFeE9USXpNVEF3TjFvdwpEakVNTUFvR0ExVUVBd3dEWlRKbE1Ga3dFd1lIS29aSXpqMENBUVlJ' +
  'S29aSXpqMERBUWNEUWdBRUNCMmp6bmhlClpreTlhcVNtWXNxc2tmMzNUazJMMzlNQjZXY0UvamlocFAvdmtoUlZO' +
  'ZDEwbDh3aTdVMFY3WDBIMEZ6LzZacTAKYU4yM09pdFBwWjZ1a0tOVE1GRXdIUVlEVlIwT0JCWUVGR05YdENtYzVs' +
  'd3VPc0JmSkZ2Wno3TjRBL3MzTUI4RwpBMVVkSXdRWU1CYUFGR05YdENtYzVsd3VPc0JmSkZ2Wno3TjRBL3MzTUE4' +
  'R0ExVWRFd0VCL3dRRk1BTUJBZjh3CkNnWUlLb1pJemowRUF3SURSd0F3UkFJZ1o0WHlSRFo0aERNSWJPRXAxTHVJ' +
  'alVYc256WnBYN09UMmlXanZpUTEKeDNRQ0lIdVRGckY2aGg0TlVnb1l4SG9aSEo4aHR3RnBSMlBnQ3BOaVBVdHZk' +
  'dmt2Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K'

const f = new Framework()
const status = { subresource: 'status' }
const running = (name: string) =>
  f.until(`${name} to run`, () => {
    const pod = f.get('pods', name)
    return pod.status?.phase === 'Running' ? pod : undefined
  })

describe('[sig-auth] Certificates API [Privileged:ClusterAdmin]', () => {
  it('should support CSR API operations [Conformance]', () => {
    f.begin('certificates')
    const CSRS = 'certificatesigningrequests.certificates.k8s.io'
    const body = {
      metadata: { generateName: 'e2e-example-csr-' },
      spec: {
        request: REQUEST,
        signerName: 'example.com/e2e-1001',
        expirationSeconds: 3600,
        usages: ['digital signature', 'key encipherment', 'server auth'],
      },
    }
    const condition = (type: string) => ({
      type,
      status: 'True',
      reason: 'E2E',
      message: 'Set from an e2e test',
    })
    apiOperations(f, {
      name: CSRS,
      group: 'certificates.k8s.io',
      plural: 'certificatesigningrequests',
      namespaced: false,
      body,
      statusPatch: { certificate: CERTIFICATE },
      statusUpdate: () => ({ certificate: CERTIFICATE, conditions: [condition('StatusUpdate')] }),
    })
    const { metadata } = f.create(CSRS, body)
    const approval = { subresource: 'approval' }
    expect(f.get(CSRS, metadata.name, approval).metadata.uid).toBe(metadata.uid)
    const annotated = { metadata: { annotations: { patchedapproval: 'true' } } }
    const patch = { ...annotated, status: { conditions: [condition('ApprovalPatch')] } }
    expect(f.patch(CSRS, metadata.name, patch, { ...approval, type: 'merge' })).toMatchObject(patch)
    const update = { status: { conditions: [condition('Approved')] } }
    expect(f.change(CSRS, metadata.name, () => update, approval)).toMatchObject(update)
    f.delete(CSRS, metadata.name)
  })
})

describe('[sig-node] Pods', () => {
  beforeEach(() => f.begin('pods'))

  it('should get a host IP [NodeConformance] [Conformance]', () => {
    f.create('pods', simplePod('pod-hostip', { time: '1' }))
    const pod = running('pod-hostip')
    const node = f.get('nodes', pod.spec.nodeName)
    const addresses = node.status?.addresses ?? []
    expect(pod.status?.hostIP).toBe(addresses.find(({ type }) => type === 'InternalIP')?.address)
  })

  it('should be submitted and removed [NodeConformance] [Conformance]', () => {
    const query = 'labelSelector=time%3D1'
    expect(f.list('pods', { query }).items).toEqual([])
    const { resourceVersion } = f.list('pods', { query }).metadata
    const watching = f.watch('pods', `${query}&resourceVersion=${resourceVersion}`)
    f.create('pods', simplePod('pod-submit-remove', { time: '1' }, NGINX))
    expect(f.list('pods', { query }).items).toHaveLength(1)
    expect(watching.next('ADDED').type).toBe('ADDED')
    running('pod-submit-remove')
    f.delete('pods', 'pod-submit-remove', { gracePeriodSeconds: 30 })
    const last = watching.next('DELETED', ({ type }) => type === 'DELETED').object
    expect(last.metadata.deletionTimestamp).toBeDefined()
    expect(last.spec.terminationGracePeriodSeconds).not.toBe(0)
    expect(f.list('pods', { query }).items).toEqual([])
    watching.close()
  })

  it('should be updated [NodeConformance] [Conformance]', () => {
    f.create('pods', simplePod('pod-update', { time: '1' }, NGINX))
    running('pod-update')
    f.change('pods', 'pod-update', ({ metadata }) => ({
      metadata: { ...metadata, labels: { time: '2' } },
    }))
    running('pod-update')
    expect(f.items('pods', 'time=2')).toHaveLength(1)
  })

  it('should allow activeDeadlineSeconds to be updated [NodeConformance] [Conformance]', () => {
    f.create('pods', simplePod('pod-deadline', {}, NGINX))
    running('pod-deadline')
    f.change('pods', 'pod-deadline', ({ spec }) => ({
      spec: { ...spec, activeDeadlineSeconds: 5 },
    }))
    f.until('its end', () => {
      const found = f.get('pods', 'pod-deadline').status
      return found?.phase === 'Failed' && found.reason === 'DeadlineExceeded'
    })
  })

  it('should delete a collection of pods [Conformance]', () => {
    for (const index of [1, 2, 3])
      f.create('pods', simplePod(`test-pod-${index}`, { type: 'Testing' }))
    for (const index of [1, 2, 3]) running(`test-pod-${index}`)
    f.deleteCollection('pods', 'type=Testing', { gracePeriodSeconds: 1 })
    f.until('no Pods', () => f.items('pods', 'type=Testing').length === 0)
  })

  it('should run through the lifecycle of Pods and PodStatus [Conformance]', () => {
    const name = 'pod-test'
    const query = 'labelSelector=test-pod-static%3Dtrue'
    const { resourceVersion } = f.list('pods', { query }).metadata
    const watching = f.watch('pods', `${query}&resourceVersion=${resourceVersion}`)
    const labels = { 'test-pod-static': 'true' }
    f.create('pods', simplePod(name, labels, NGINX, { terminationGracePeriodSeconds: 1 }))
    watching.next(
      'a running Pod',
      ({ object }) =>
        object.status?.phase === 'Running' &&
        object.status.conditions?.some(
          ({ type, status: value }) => type === 'Ready' && value === 'True',
        ) === true,
    )
    const image = 'registry.k8s.io/e2e-test-images/nginx:1.14-4'
    f.patch('pods', name, {
      metadata: { labels: { 'test-pod': 'patched' } },
      spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'c', image }] },
    })
    watching.next('the patch', ({ object }) => object.metadata.labels?.['test-pod'] === 'patched')
    expect(f.get('pods', name).spec.containers[0]?.image).toBe(image)
    watching.next(
      'the new image',
      ({ object }) =>
        object.status?.containerStatuses?.[0]?.image?.endsWith('nginx:1.14-4') === true,
    )
    // the kubelet puts back what others say of a Pod, sooner or later
    const old = f.get('pods', name)
    f.update(
      'pods',
      {
        ...old,
        status: {
          ...old.status,
          conditions: old.status?.conditions?.map((each) =>
            each.type === 'Ready' ? { ...each, status: 'False' } : each,
          ),
        },
      } as typeof old,
      status,
    )
    watching.next(
      'the false condition',
      ({ object }) =>
        object.status?.conditions?.some(
          ({ type, status: value }) => type === 'Ready' && value === 'False',
        ) === true,
    )
    f.deleteCollection('pods', 'test-pod-static=true')
    watching.next('DELETED', ({ type }) => type === 'DELETED')
    expect(f.list('pods', { query }).items).toEqual([])
    watching.close()
  })

  it('should patch a pod status [Conformance]', () => {
    const name = 'pod-abcde'
    f.create('pods', simplePod(name, { e2e: 'pod' }))
    const { metadata } = running(name)
    const condition = { type: 'E2E', status: 'True', reason: 'Set by e2e test' }
    const patched = f.patch('pods', name, { status: { conditions: [condition] } }, status)
    expect(patched.status?.conditions).toContainEqual(expect.objectContaining(condition))
    const again = f.get('pods', name, status)
    expect(again.metadata.uid).toBe(metadata.uid)
    expect(again.status?.conditions).toContainEqual(expect.objectContaining(condition))
  })
})

describe('[sig-node] Pods Extended Pods Set QOS Class', () => {
  it('should be set on Pods with matching resource requests and limits for memory and cpu [Conformance]', () => {
    f.begin('pods')
    const amount = { cpu: '100m', memory: '100Mi' }
    const resources = { requests: amount, limits: amount }
    f.create('pods', {
      metadata: { name: 'pod-qos-class' },
      spec: { containers: [{ name: 'agnhost', image: NGINX, resources }] },
    })
    expect(f.get('pods', 'pod-qos-class').status?.qosClass).toBe('Guaranteed')
  })
})

describe('[sig-scheduling] LimitRange', () => {
  beforeEach(() => f.begin('limitrange'))
  const newLimits = (min: object, max: object, limit: object, request: object, ratio: object) => ({
    limits: [
      {
        type: 'Container',
        min,
        max,
        default: limit,
        defaultRequest: request,
        maxLimitRequestRatio: ratio,
      },
    ],
  })
  const amount = (cpu: string, memory: string, storage: string) => ({
    cpu,
    memory,
    'ephemeral-storage': storage,
  })
  const spec = newLimits(
    amount('50m', '100Mi', '100Gi'),
    amount('500m', '500Mi', '500Gi'),
    amount('500m', '500Mi', '500Gi'),
    amount('100m', '200Mi', '200Gi'),
    {},
  )
  const newPod = (name: string, requests: object, limits: object) =>
    f.create('pods', {
      metadata: { name },
      spec: { containers: [{ name: 'pause', image: NGINX, resources: { requests, limits } }] },
    })

  it('should create a LimitRange with defaults and ensure pod has those defaults applied. [Conformance]', () => {
    const watching = f.watch('limitranges', 'labelSelector=time%3D1')
    f.create('limitranges', { metadata: { name: 'limit-range', labels: { time: '1' } }, spec })
    expect(watching.next('ADDED').type).toBe('ADDED')
    expect(f.items('limitranges', 'time=1')).toHaveLength(1)
    const resourcesOf = (pod: { spec: { containers: readonly { resources?: object }[] } }) =>
      pod.spec.containers[0]?.resources
    expect(resourcesOf(newPod('pod-no-resources', {}, {}))).toEqual({
      requests: amount('100m', '200Mi', '200Gi'),
      limits: amount('500m', '500Mi', '500Gi'),
    })
    const partial = newPod(
      'pod-partial-resources',
      { cpu: '150m', memory: '150Mi' },
      { cpu: '300m' },
    )
    expect(resourcesOf(partial)).toEqual({
      requests: { cpu: '150m', memory: '150Mi', 'ephemeral-storage': '200Gi' },
      limits: { cpu: '300m', memory: '500Mi', 'ephemeral-storage': '500Gi' },
    })
    const forbidden = (name: string, requests: object) =>
      expect(f.refused(() => newPod(name, requests, {})).code).toBe(403)
    forbidden('pod-1', amount('10m', '50Mi', '50Gi'))
    expect(
      f.refused(() => newPod('pod-2', amount('600m', '600Mi', '600Gi'), {})).code,
    ).toBeGreaterThan(400)
    const lower = amount('49m', '50Mi', '100Gi')
    f.change('limitranges', 'limit-range', (old) => ({
      spec: { limits: [{ ...old.spec?.limits[0], min: lower }] },
    }))
    expect(f.get('limitranges', 'limit-range').spec?.limits[0]?.min).toEqual(lower)
    newPod('pod-3', { cpu: '49m', memory: '50Mi' }, {})
    f.delete('limitranges', 'limit-range')
    expect(watching.next('DELETED', ({ type }) => type === 'DELETED').type).toBe('DELETED')
    newPod('pod-4', amount('600m', '600Mi', '600Gi'), {})
    watching.close()
  })

  it('should list, patch and delete a LimitRange by collection [Conformance]', () => {
    const name = 'e2e-limitrange-abcde'
    const other = f.newNamespace('limitrange-2')
    const metadata = { name, labels: { [name]: 'created' } }
    f.create('limitranges', { metadata, spec })
    f.create('limitranges', { metadata, spec }, { namespace: other })
    const all = (label: string) => f.items('limitranges', `${name}=${label}`, { namespace: '' })
    expect(all('created')).toHaveLength(2)
    const patched = f.patch('limitranges', name, {
      metadata: { labels: { [name]: 'patched' } },
      spec: { limits: [{ type: 'Container', min: amount('50m', '50Mi', '50Gi') }] },
    })
    expect(patched.spec?.limits[0]?.min).toEqual(amount('50m', '50Mi', '50Gi'))
    f.deleteCollection('limitranges', `${name}=patched`)
    expect(f.find('limitranges', name)).toBeUndefined()
    expect(all('created')).toHaveLength(1)
    f.delete('namespaces', other)
  })
})

describe('[sig-scheduling] SchedulerPreemption [Serial] PriorityClass endpoints', () => {
  it('verify PriorityClass endpoints can be operated with different HTTP methods [Conformance]', () => {
    f.begin('sched-preemption')
    const CLASSES = 'priorityclasses.scheduling.k8s.io'
    for (const [name, value] of [
      ['p1', 1],
      ['p2', 2],
    ] as const)
      f.create(CLASSES, { metadata: { name }, value })
    for (const name of ['p1', 'p2']) {
      const refused = (value: unknown) =>
        f.refused(() => f.patch(CLASSES, name, { value }, { type: 'merge' }))
      expect(refused(9)).toMatchObject({
        code: 422,
        message: expect.stringContaining('may not be changed in an update') as string,
      })
      const patch = { description: 'updated description' }
      expect(f.patch(CLASSES, name, patch, { type: 'merge' })).toMatchObject(patch)
      const { metadata } = f.get(CLASSES, name)
      const labelled = { metadata: { ...metadata, labels: { e2e: 'updated' } } }
      expect(f.change(CLASSES, name, () => labelled).metadata.labels).toEqual({ e2e: 'updated' })
    }
    expect(f.list(CLASSES).items.length).toBeGreaterThanOrEqual(4)
    for (const name of ['p1', 'p2']) f.delete(CLASSES, name)
  })
})
