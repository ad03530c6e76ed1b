// kubernetes: test/e2e/common/storage/{downwardapi_volume,projected_downwardapi,empty_dir}.go, test/e2e/storage/subpath.go
import { beforeEach, describe, expect, it } from 'vitest'
import { AGNHOST, BUSYBOX } from '../../../../support/conformance-objects.ts'
import {
  mountTestPod,
  testContainerOutput,
  untilLogged,
} from '../../../../support/conformance-output.ts'
import { exec, untilReady } from '../../../../support/conformance-pods.ts'
import { Framework } from '../../../../support/conformance.ts'

const f = new Framework()

describe.each([
  ['Downward API volume', false],
  ['Projected downwardAPI', true],
])('[sig-storage] %s', (_, isProjected) => {
  beforeEach(() => f.begin('downward-api'))

  const volume = (item: object, defaultMode?: number): object => {
    const mode = defaultMode === undefined ? {} : { defaultMode }
    return isProjected
      ? { name: 'podinfo', projected: { sources: [{ downwardAPI: { items: [item] } }], ...mode } }
      : { name: 'podinfo', downwardAPI: { items: [item], ...mode } }
  }
  const RESOURCES = {
    resources: {
      limits: { cpu: '1250m', memory: '64Mi' },
      requests: { cpu: '250m', memory: '32Mi' },
    },
  }
  const MOUNTS = [{ name: 'podinfo', mountPath: '/etc/podinfo' }]
  const pod = (item: { readonly path: string }, args: readonly string[], more: object = {}) => {
    const volumes = [volume(item)]
    return mountTestPod({ name: 'downwardapi-volume', args, volumes, mounts: MOUNTS, ...more })
  }

  const PODNAME = { path: 'podname', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } }
  const named = { metadata: { name: 'downwardapi-volume-1', generateName: '' } }

  it('should provide podname only [NodeConformance] [Conformance]', () => {
    const whole = pod(PODNAME, ['--file_content=/etc/podinfo/podname'], named)
    testContainerOutput(f, whole, ['downwardapi-volume-1\n'])
  })

  const MODE = 'mode of file "/etc/podinfo/podname": -r--------'
  it('should set DefaultMode on files [LinuxOnly] [NodeConformance] [Conformance]', () => {
    const volumes = [volume(PODNAME, 0o400)]
    const args = ['--file_mode=/etc/podinfo/podname']
    testContainerOutput(f, mountTestPod({ name: 'd', args, volumes, mounts: MOUNTS }), [MODE])
  })

  it('should set mode on item file [LinuxOnly] [NodeConformance] [Conformance]', () => {
    const item = { ...PODNAME, mode: 0o400 }
    testContainerOutput(f, pod(item, ['--file_mode=/etc/podinfo/podname']), [MODE])
  })

  const resource = (path: string, name: string) => ({
    path,
    resourceFieldRef: { containerName: 'test-container', resource: name },
  })
  it.each([
    ["container's cpu limit", 'limits.cpu', '2\n'],
    ["container's memory limit", 'limits.memory', '67108864\n'],
    ["container's cpu request", 'requests.cpu', '1\n'],
    ["container's memory request", 'requests.memory', '33554432\n'],
  ])('should provide %s [NodeConformance] [Conformance]', (_title, name, text) => {
    const args = ['--file_content=/etc/podinfo/figure']
    const whole = pod(resource('figure', name), args, { container: RESOURCES })
    testContainerOutput(f, whole, [`content of file "/etc/podinfo/figure": ${text}`])
  })

  it.each([
    ['node allocatable (cpu) as default cpu limit', 'limits.cpu'],
    ['node allocatable (memory) as default memory limit', 'limits.memory'],
  ])(
    'should provide %s if the limit is not set [NodeConformance] [Conformance]',
    (_title, name) => {
      const whole = pod(resource('figure', name), ['--file_content=/etc/podinfo/figure'])
      testContainerOutput(f, whole, [/content of file "\/etc\/podinfo\/figure": [1-9]/])
    },
  )

  const updates = (kind: 'labels' | 'annotations', before: string, after: string): void => {
    const item = { path: kind, fieldRef: { fieldPath: `metadata.${kind}` } }
    const args = [
      '--break_on_expected_content=false',
      '--retry_time=120',
      `--file_content_in_loop=/etc/podinfo/${kind}`,
    ]
    const metadata = { [kind]: { key1: before } }
    const name = f.create('pods', pod(item, args, { metadata })).metadata.name!
    untilReady(f, name)
    untilLogged(f, name, `key1="${before}"\n`)
    f.change('pods', name, (old) => ({ metadata: { ...old.metadata, [kind]: { key3: after } } }))
    untilLogged(f, name, `key3="${after}"\n`)
  }
  it('should update labels on modification [NodeConformance] [Conformance]', () => {
    updates('labels', 'value1', 'value3')
  })
  it('should update annotations on modification [NodeConformance] [Conformance]', () => {
    updates('annotations', 'bar', 'foo')
  })
})

describe('[sig-storage] EmptyDir volumes', () => {
  beforeEach(() => f.begin('emptydir'))
  const mounts = [{ name: 'test-volume', mountPath: '/test-volume' }]
  const volumes = (isMemory: boolean) => [
    { name: 'test-volume', emptyDir: isMemory ? { medium: 'Memory' } : {} },
  ]
  const TMPFS = 'mount type of "/test-volume": tmpfs'

  for (const isMemory of [true, false])
    it(`volume on ${isMemory ? 'tmpfs' : 'default medium'} should have the correct mode [LinuxOnly] [NodeConformance] [Conformance]`, () => {
      const args = ['--fs_type=/test-volume', '--file_perm=/test-volume']
      const expected = ['perms of file "/test-volume": -rwxrwxrwx', ...(isMemory ? [TMPFS] : [])]
      const pod = mountTestPod({ name: 'pod', args, volumes: volumes(isMemory), mounts })
      testContainerOutput(f, pod, expected)
    })

  const MODES = { '0644': '-rw-r--r--', '0666': '-rw-rw-rw-', '0777': '-rwxrwxrwx' }
  for (const user of ['root', 'non-root'])
    for (const [mode, perms] of Object.entries(MODES))
      for (const medium of ['tmpfs', 'default'])
        it(`should support (${user},${mode},${medium}) [LinuxOnly] [NodeConformance] [Conformance]`, () => {
          const file = '/test-volume/test-file'
          const args = [
            '--fs_type=/test-volume',
            `--new_file_${mode}=${file}`,
            `--file_perm=${file}`,
          ]
          const isMemory = medium === 'tmpfs'
          const spec = user === 'root' ? {} : { securityContext: { runAsUser: 1001 } }
          const pod = mountTestPod({ name: 'pod', args, volumes: volumes(isMemory), mounts, spec })
          testContainerOutput(f, pod, [
            `perms of file "${file}": ${perms}`,
            `content of file "${file}": mount-tester new file`,
            ...(isMemory ? [TMPFS] : []),
          ])
        })

  it('pod should support shared volumes between containers [Conformance]', () => {
    const shell = (name: string, script: string, mountPath: string): object => ({
      name,
      image: BUSYBOX,
      command: ['/bin/sh'],
      args: ['-c', script],
      volumeMounts: [{ name: 'shared-data', mountPath }],
    })
    const message = 'Hello from the busy-box sub-container'
    f.create('pods', {
      metadata: { name: 'pod-sharedvolume' },
      spec: {
        volumes: [{ name: 'shared-data', emptyDir: {} }],
        containers: [
          shell(
            'busybox-main-container',
            'trap exit TERM; while true; do sleep 1; done',
            '/usr/share/volumeshare',
          ),
          shell('busybox-sub-container', `echo ${message} > /pod-data/shareddata.txt`, '/pod-data'),
        ],
        terminationGracePeriodSeconds: 0,
        restartPolicy: 'Never',
      },
    })
    f.until('it to run', () => f.get('pods', 'pod-sharedvolume').status.phase === 'Running')
    const argv = ['/bin/sh', '-c', 'cat /usr/share/volumeshare/shareddata.txt']
    const { stdout } = exec(f, 'pod-sharedvolume', argv, 'busybox-main-container')
    expect(stdout.trim()).toBe(message)
  })
})

describe('[sig-storage] Subpath Atomic writer volumes', () => {
  beforeEach(() => {
    f.begin('subpath')
    f.create('secrets', {
      metadata: { name: 'my-secret' },
      data: { 'secret-key': Buffer.from('secret-value').toString('base64') },
    })
    const data = { 'configmap-key': 'configmap-value' }
    f.create('configmaps', { metadata: { name: 'my-configmap' }, data })
  })

  const testBasicSubpath = (
    subPath: string,
    source: object,
    contents: string,
    mountPath = '/test-volume',
  ): void => {
    const args = [`--file_content_in_loop=${mountPath}`, '--retry_time=20']
    const name = `pod-subpath-test-${f.namespace}`
    const pod = mountTestPod({
      name,
      metadata: { name, generateName: '' },
      args,
      volumes: [
        { name: 'test-volume', ...source },
        { name: 'liveness-probe-volume', emptyDir: {} },
      ],
      mounts: [
        { name: 'test-volume', mountPath, subPath },
        { name: 'liveness-probe-volume', mountPath: '/probe-volume' },
      ],
      container: { image: AGNHOST },
    })
    testContainerOutput(f, pod, [contents === '' ? name : contents])
  }

  const CONFIG_MAP = { configMap: { name: 'my-configmap' } }
  it('should support subpaths with secret pod [Conformance]', () => {
    testBasicSubpath('secret-key', { secret: { secretName: 'my-secret' } }, 'secret-value')
  })
  it('should support subpaths with configmap pod [Conformance]', () => {
    testBasicSubpath('configmap-key', CONFIG_MAP, 'configmap-value')
  })
  it('should support subpaths with configmap pod with mountPath of existing file [Conformance]', () => {
    testBasicSubpath('configmap-key', CONFIG_MAP, 'configmap-value', '/etc/resolv.conf')
  })
  it('should support subpaths with downward pod [Conformance]', () => {
    const items = [{ path: 'downward/podname', fieldRef: { fieldPath: 'metadata.name' } }]
    testBasicSubpath('downward/podname', { downwardAPI: { items } }, '')
  })
  it('should support subpaths with projected pod [Conformance]', () => {
    const items = [{ key: 'configmap-key', path: 'projected/configmap-key' }]
    const sources = [{ configMap: { name: 'my-configmap', items } }]
    testBasicSubpath('projected/configmap-key', { projected: { sources } }, 'configmap-value')
  })
})
