import { describe, expect, it } from 'vitest'
import { podRow } from '#api/core/v1/pod/columns.ts'
import type { ContainerStatus } from '#api/core/v1/pod/container-status-types.ts'
import type { PodStatus } from '#api/core/v1/pod/types.ts'
import { parseTime } from '#apimachinery/time.ts'
import { container, pod, type PodParts } from '../../../../../../support/pods.ts'

const NOW = parseTime('2026-01-01T00:10:00Z')
const creationTimestamp = '2026-01-01T00:05:00Z'

const status = (parts: Partial<ContainerStatus>): ContainerStatus => ({
  name: 'c',
  image: 'nginx',
  imageID: '',
  lastState: {},
  ready: false,
  restartCount: 0,
  state: {},
  ...parts,
})
const running = status({ ready: true, state: { running: {} } })
const waiting = (reason: string): ContainerStatus => status({ state: { waiting: { reason } } })
const ended = (exitCode: number, more: object = {}): ContainerStatus =>
  status({ state: { terminated: { exitCode, ...more } } })
const ready = { conditions: [{ type: 'Ready', status: 'True' }] }

const row = (parts: PodParts): readonly unknown[] =>
  podRow(pod({ ...parts, metadata: { creationTimestamp, ...parts.metadata } }), { now: NOW })

describe('podRow()', () => {
  const cases: readonly (readonly [string, PodStatus, string])[] = [
    ['new', { phase: 'Pending' }, '0/1 Pending 0'],
    [
      'starting',
      { phase: 'Pending', containerStatuses: [waiting('ContainerCreating')] },
      '0/1 ContainerCreating 0',
    ],
    ['running', { phase: 'Running', containerStatuses: [running] }, '1/1 Running 0'],
    [
      'no image',
      { phase: 'Pending', containerStatuses: [waiting('ImagePullBackOff')] },
      '0/1 ImagePullBackOff 0',
    ],
    [
      'done',
      { phase: 'Succeeded', containerStatuses: [ended(0, { reason: 'Completed' })] },
      '0/1 Completed 0',
    ],
    [
      'failed',
      { phase: 'Failed', containerStatuses: [ended(1, { reason: 'Error' })] },
      '0/1 Error 0',
    ],
    [
      'failed without reason',
      { phase: 'Failed', containerStatuses: [ended(3)] },
      '0/1 ExitCode:3 0',
    ],
    [
      'killed',
      { phase: 'Failed', containerStatuses: [ended(137, { signal: 9 })] },
      '0/1 Signal:9 0',
    ],
    ['evicted', { phase: 'Failed', reason: 'Evicted' }, '0/1 Evicted 0'],
    [
      'gated',
      {
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
      },
      '0/1 SchedulingGated 0',
    ],
    [
      'crash loop',
      {
        phase: 'Running',
        containerStatuses: [
          {
            ...waiting('CrashLoopBackOff'),
            restartCount: 3,
            lastState: { terminated: { exitCode: 1, finishedAt: '2026-01-01T00:09:55Z' } },
          },
        ],
      },
      '0/1 CrashLoopBackOff 3 (5s ago)',
    ],
    [
      'one of two done',
      {
        phase: 'Running',
        ...ready,
        containerStatuses: [ended(0, { reason: 'Completed' }), running],
      },
      '1/1 Running 0',
    ],
    [
      'one of two done, not ready',
      { phase: 'Running', containerStatuses: [ended(0, { reason: 'Completed' }), running] },
      '1/1 NotReady 0',
    ],
  ]
  it.each(cases)('%s', (_name, podStatus, expected) => {
    expect(row({ status: podStatus }).slice(1, 4).join(' ')).toBe(expected)
  })

  const init = { spec: { initContainers: [container({ name: 'i' }), container({ name: 'j' })] } }
  it.each([
    ['first running', [status({ name: 'i', state: { running: {} } })], 'Init:0/2'],
    [
      'second running',
      [{ ...ended(0), name: 'i' }, status({ name: 'j', state: { running: {} } })],
      'Init:1/2',
    ],
    ['first failed', [{ ...ended(1, { reason: 'Error' }), name: 'i' }], 'Init:Error'],
    ['first failed without reason', [{ ...ended(2), name: 'i' }], 'Init:ExitCode:2'],
    ['no image', [{ ...waiting('ErrImagePull'), name: 'i' }], 'Init:ErrImagePull'],
    ['about to start', [{ ...waiting('PodInitializing'), name: 'i' }], 'Init:0/2'],
  ])('init containers: %s', (_name, initContainerStatuses, expected) => {
    const containerStatuses = [waiting('PodInitializing')]
    const cells = row({
      ...init,
      status: { phase: 'Pending', initContainerStatuses, containerStatuses },
    })
    expect(cells[2]).toBe(expected)
  })

  it('counts a sidecar among the containers', () => {
    const cells = row({
      spec: { initContainers: [container({ name: 'side', restartPolicy: 'Always' })] },
      status: {
        phase: 'Running',
        initContainerStatuses: [{ ...running, name: 'side', started: true }],
        containerStatuses: [running],
      },
    })
    expect(cells.slice(1, 3)).toEqual(['2/2', 'Running'])
  })

  it('says Terminating, or Unknown if the node is lost', () => {
    const metadata = { deletionTimestamp: creationTimestamp }
    expect(row({ metadata, status: { phase: 'Running' } })[2]).toBe('Terminating')
    expect(row({ metadata, status: { phase: 'Running', reason: 'NodeLost' } })[2]).toBe('Unknown')
    expect(row({ metadata, status: { phase: 'Succeeded' } })[2]).toBe('Succeeded')
  })

  it('shows address, node and gates', () => {
    const cells = row({
      spec: {
        nodeName: 'node-1',
        readinessGates: [{ conditionType: 'a' }, { conditionType: 'b' }],
      },
      status: { podIPs: [{ ip: '10.0.0.1' }], conditions: [{ type: 'a', status: 'True' }] },
    })
    expect(cells.slice(4)).toEqual(['5m', '10.0.0.1', 'node-1', '<none>', '1/2'])
    expect(row({}).slice(5)).toEqual(['<none>', '<none>', '<none>', '<none>'])
  })
})
