import { describe, expect, it } from 'vitest'
import { AGNHOST, BUSYBOX } from '../../../support/conformance-objects.ts'
import { logOf, untilLogged, untilSucceeded } from '../../../support/conformance-output.ts'
import { exec } from '../../../support/conformance-pods.ts'
import { Framework } from '../../../support/conformance.ts'
import { ScriptedCluster } from '../../../support/scripted-cluster.ts'

const f = new Framework()

const shell = (
  name: string,
  script: string,
  mounts: readonly object[] = [],
  more: object = {},
) => ({
  name,
  image: BUSYBOX,
  command: ['sh', '-c', script],
  volumeMounts: mounts,
  ...more,
})
const pod = (name: string, containers: readonly object[], spec: object = {}) => ({
  metadata: { name },
  spec: { restartPolicy: 'Never', containers, ...spec },
})
const DATA = [{ name: 'data', mountPath: '/data' }]
const EMPTY = { volumes: [{ name: 'data', emptyDir: {} }] }

describe('what programs see of volumes', () => {
  it('is what an init container wrote', () => {
    f.begin('volumes')
    const initContainers = [shell('first', 'echo ready > /data/state', DATA)]
    f.create('pods', pod('p', [shell('c', 'cat /data/state', DATA)], { ...EMPTY, initContainers }))
    untilSucceeded(f, 'p')
    expect(logOf(f, 'p', 'c')).toBe('ready\n')
  })

  it('changes while another container writes', () => {
    f.begin('volumes')
    const writer = shell('writer', 'sleep 7; echo done > /data/state; sleep 1000', DATA)
    const reader = shell(
      'reader',
      'until [ -f /data/state ]; do sleep 1; done; cat /data/state',
      DATA,
    )
    f.create('pods', pod('p', [writer, reader], EMPTY))
    f.until('the reader to end', () =>
      f
        .get('pods', 'p')
        .status.containerStatuses?.some(
          ({ name, state }) => name === 'reader' && state.terminated?.exitCode === 0,
        ),
    )
    expect(logOf(f, 'p', 'reader')).toBe('done\n')
  })

  it('is a line more of a log that is followed', () => {
    f.begin('volumes')
    const writer = shell(
      'writer',
      'for i in 1 2 3; do echo line $i >> /data/log; sleep 5; done',
      DATA,
    )
    const reader = shell('reader', 'touch /data/log; tail -f /data/log', DATA)
    f.create('pods', pod('p', [reader, writer], EMPTY))
    untilLogged(f, 'p', 'line 3', 'reader')
    expect(logOf(f, 'p', 'reader')).toBe('line 1\nline 2\nline 3\n')
  })

  it('survives a container, but not what was beside it', () => {
    f.begin('volumes')
    const script =
      'cat /data/n /tmp/n; echo x >> /data/n; echo x >> /tmp/n; [ $(wc -l < /data/n) = 3 ]'
    f.create('pods', pod('p', [shell('c', script, DATA)], { ...EMPTY, restartPolicy: 'OnFailure' }))
    untilSucceeded(f, 'p')
    expect(logOf(f, 'p', 'c')).toBe("x\nx\ncat: can't open '/tmp/n': No such file or directory\n")
  })

  it('is what a Pod before left on the node', () => {
    f.begin('volumes')
    const spec = {
      nodeName: f.list('nodes').items.at(-1)!.metadata.name,
      volumes: [{ name: 'data', hostPath: { path: '/var/kept' } }],
    }
    f.create('pods', pod('one', [shell('c', 'echo mine > /data/x', DATA)], spec))
    untilSucceeded(f, 'one')
    f.delete('pods', 'one')
    f.create('pods', pod('two', [shell('c', 'cat /data/x', DATA)], spec))
    untilSucceeded(f, 'two')
    expect(logOf(f, 'two')).toBe('mine\n')
  })

  it('follows a ConfigMap through a loop that had settled', () => {
    f.begin('volumes')
    f.create('configmaps', { metadata: { name: 'c' }, data: { k: 'a' } })
    const volumes = [{ name: 'data', configMap: { name: 'c' } }]
    const loop = 'while true; do cat /data/k; echo; sleep 60; done'
    f.create('pods', pod('p', [shell('c', loop, DATA)], { volumes }))
    f.sleep(3 * 86_400 + 30)
    f.change('configmaps', 'c', () => ({ data: { k: 'b' } }))
    f.sleep(120)
    const lines = logOf(f, 'p').trimEnd().split('\n')
    expect(lines.slice(-4)).toEqual(['a', 'a', 'b', 'b'])
  })

  it('is seen by a program that is started by hand, as what it writes is seen by others', () => {
    f.begin('volumes')
    f.create('pods', pod('p', [shell('c', 'echo first > /data/x; sleep 1000', DATA)], EMPTY))
    f.until('it to run', () => f.get('pods', 'p').status.phase === 'Running')
    expect(exec(f, 'p', ['cat', '/data/x']).stdout).toBe('first\n')
  })

  const LOOP = 'while true; do cat /data/x; sleep 1; done'
  const running = (name: string) => () => f.get('pods', name).status.phase === 'Running'

  it('is what somebody writes by hand while they run', () => {
    f.begin('volumes')
    f.create('pods', pod('p', [shell('c', LOOP, DATA)], EMPTY))
    f.until('it to run', running('p'))
    f.sleep(60)
    exec(f, 'p', ['sh', '-c', 'echo hi > /data/x'])
    f.sleep(2)
    expect(logOf(f, 'p').split('\n').slice(-3)).toEqual(['hi', 'hi', ''])
    exec(f, 'p', ['rm', '/data/x'])
    f.sleep(5)
    expect(logOf(f, 'p').trimEnd().split('\n').at(-1)).toBe(
      "cat: can't open '/data/x': No such file or directory",
    )
  })

  it('lets a loop end that waits for somebody', () => {
    f.begin('volumes')
    const script = 'until [ -f /data/go ]; do sleep 5; done; cat /data/go'
    f.create('pods', pod('p', [shell('c', script, DATA)], EMPTY))
    f.until('it to run', running('p'))
    f.sleep(3600)
    exec(f, 'p', ['sh', '-c', 'echo off > /data/go'])
    untilSucceeded(f, 'p')
    expect(logOf(f, 'p')).toBe('off\n')
  })

  it('is what was written last, by hand or by the program, for whoever looks', () => {
    f.begin('volumes')
    const script = 'echo 1 > /data/x; sleep 20; cat /data/x; echo 3 > /data/x; sleep 1000'
    f.create('pods', pod('p', [shell('c', script, DATA), shell('d', LOOP, DATA)], EMPTY))
    f.until('it to run', running('p'))
    exec(f, 'p', ['sh', '-c', 'echo 2 > /data/x; echo 2 > /data/y'], 'c')
    expect(exec(f, 'p', ['cat', '/data/x'], 'd').stdout).toBe('2\n')
    f.sleep(30)
    expect(logOf(f, 'p', 'c')).toBe('2\n')
    expect(exec(f, 'p', ['cat', '/data/x', '/data/y'], 'c').stdout).toBe('3\n2\n')
    const [, ...lines] = logOf(f, 'p', 'd').trimEnd().split('\n')
    expect([...new Set(lines)]).toEqual(['2', '3'])
  })

  it('is what somebody wrote by hand in another Pod of the node, and stays there', () => {
    f.begin('volumes')
    const spec = {
      nodeName: f.list('nodes').items.at(-1)!.metadata.name,
      volumes: [{ name: 'data', hostPath: { path: '/var/common' } }],
    }
    for (const name of ['one', 'two']) f.create('pods', pod(name, [shell('c', LOOP, DATA)], spec))
    f.until('them to run', () => running('one')() && running('two')())
    exec(f, 'one', ['sh', '-c', 'echo common > /data/x'])
    f.sleep(3)
    expect(logOf(f, 'two').trimEnd().split('\n').at(-1)).toBe('common')
    exec(f, 'two', ['sh', '-c', 'echo more > /data/y'])
    for (const name of ['one', 'two']) f.delete('pods', name)
    f.sleep(60)
    f.create('pods', pod('three', [shell('c', 'cat /data/x /data/y', DATA)], spec))
    untilSucceeded(f, 'three')
    expect(logOf(f, 'three')).toBe('common\nmore\n')
  })

  it('is as it was if the cluster is made again, and nothing is written for it', () => {
    const runs = [false, true].map((rebuilt) => {
      const cluster = new ScriptedCluster({ rebuilt })
      const v1 = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } }
      cluster.create({ ...v1, data: { k: 'a' } })
      const reader = shell('reader', 'while true; do cat /data/k /s/x; sleep 2; done', [
        ...DATA,
        { name: 's', mountPath: '/s' },
      ])
      const writer = shell('writer', 'while true; do date >> /s/x; sleep 9; done', [
        { name: 's', mountPath: '/s' },
      ])
      const volumes = [
        { name: 'data', configMap: { name: 'c' } },
        { name: 's', emptyDir: {} },
      ]
      cluster.create({ apiVersion: 'v1', kind: 'Pod', ...pod('p', [reader, writer], { volumes }) })
      cluster.advance(40_000)
      cluster.merge({ ...v1 }, { data: { k: 'b' } })
      cluster.advance(40_000)
      cluster.exec('p', 'reader', ['sh', '-c', 'echo by hand > /s/x'])
      cluster.advance(40_000)
      cluster.exec('p', 'writer', ['cat', '/s/x'])
      cluster.get('/api/v1/namespaces/default/pods/p/log?container=reader')
      expect(cluster.idleWrites).toEqual([])
      expect(cluster.faults).toEqual([])
      return [...cluster.transcript, cluster.finish()]
    })
    expect(runs[0]!.join('')).toContain('by hand\\nThu')
    expect(runs[1]).toEqual(runs[0])
  })
})

describe('agnhost as a witness', () => {
  it.each([
    [
      '--file_content=/nowhere',
      'error reading file content for "/nowhere": open /nowhere: no such file or directory\n',
    ],
    ['--file_mode=/etc', 'mode of file "/etc": drwxr-xr-x\n'],
    ['--fs_type=/', 'mount type of "/": 2035054128\n'],
    ['--file_owner=/etc', 'owner UID of "/etc": 0\nowner GID of "/etc": 0\n'],
  ])('says of %s what is the case', (flag, text) => {
    f.begin('mounttest')
    const container = { name: 'c', image: AGNHOST, args: ['mounttest', flag] }
    f.create('pods', pod('p', [container]))
    f.until('its end', () => ['Succeeded', 'Failed'].includes(f.get('pods', 'p').status.phase!))
    expect(logOf(f, 'p')).toBe(text)
  })
})
