import { describe, expect, it } from 'vitest'
import { BUSYBOX } from '../../../support/conformance-objects.ts'
import { exec } from '../../../support/conformance-pods.ts'
import { Framework } from '../../../support/conformance.ts'

const f = new Framework()

const begin = (script: string, volume: object, container: object = {}): void => {
  f.begin('eviction')
  f.create('pods', {
    metadata: { name: 'p' },
    spec: {
      containers: [
        {
          name: 'c',
          image: BUSYBOX,
          command: ['sh', '-c', script],
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
          ...container,
        },
      ],
      volumes: [{ name: 'data', ...volume }],
    },
  })
  f.until('it to run', () => f.get('pods', 'p').status.phase === 'Running')
}

const statusAfter = (seconds: number) => {
  f.sleep(seconds)
  const { phase, reason, message } = f.get('pods', 'p').status
  return { phase, reason, message }
}

const RUNS = { phase: 'Running', reason: undefined, message: undefined }
const evicted = (message: string) => ({ phase: 'Failed', reason: 'Evicted', message })
const TOO_FULL = 'Usage of EmptyDir volume "data" exceeds the limit "5Mi". '
const write = (megabytes: number): string =>
  `sleep 30; dd if=/dev/zero of=/data/big bs=1M count=${megabytes}; sleep 10000`

describe('a Pod whose emptyDir has a limit', () => {
  it.each([
    ['more than the limit', write(6), { sizeLimit: '5Mi' }, evicted(TOO_FULL)],
    ['less than the limit', write(4), { sizeLimit: '5Mi' }, RUNS],
    ['a limit of nothing', write(4), { sizeLimit: '0' }, RUNS],
    ['no limit', write(6), {}, RUNS],
    ['files in memory', write(6), { sizeLimit: '5Mi', medium: 'Memory' }, RUNS],
    [
      'files that are gone before the kubelet looks',
      'sleep 30; dd if=/dev/zero of=/data/big bs=1M count=6; rm /data/big; sleep 10000',
      { sizeLimit: '5Mi' },
      RUNS,
    ],
  ])('%s', (_name, script, emptyDir, expected) => {
    begin(script, { emptyDir })
    expect(statusAfter(20)).toEqual(RUNS)
    expect(statusAfter(60)).toEqual(expected)
    const events = f.list('events').items.filter(({ reason }) => reason === 'Evicted')
    expect(events.map(({ type, message }) => ({ type, message }))).toEqual(
      expected.reason === undefined ? [] : [{ type: 'Warning', message: expected.message }],
    )
  })

  it('is evicted for what somebody writes by hand', () => {
    begin('while true; do ls /data; sleep 5; done', { emptyDir: { sizeLimit: '10Ki' } })
    exec(f, 'p', ['sh', '-c', 'head -c 9000 /dev/zero > /data/a'])
    expect(statusAfter(30)).toEqual(RUNS)
    exec(f, 'p', ['sh', '-c', 'head -c 9000 /dev/zero > /data/b'])
    expect(statusAfter(30)).toEqual(
      evicted('Usage of EmptyDir volume "data" exceeds the limit "10Ki". '),
    )
  })

  it('counts among what its containers have on the disk', () => {
    const resources = { limits: { 'ephemeral-storage': '5Mi' } }
    begin(write(6), { emptyDir: {} }, { resources })
    expect(statusAfter(60)).toEqual(
      evicted('Pod ephemeral local storage usage exceeds the total limit of containers 5Mi. '),
    )
  })
})
