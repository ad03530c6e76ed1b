// kubernetes: test/e2e/common/storage/{configmap_volume,secrets_volume,projected_configmap,projected_secret,projected_combined}.go
import { beforeEach, describe, expect, it } from 'vitest'
import { exec, untilReady } from '../../../../support/conformance-pods.ts'
import { AGNHOST } from '../../../../support/conformance-objects.ts'
import {
  logOf,
  mountTestPod,
  testContainerOutput,
  untilLogged,
} from '../../../../support/conformance-output.ts'
import { Framework } from '../../../../support/conformance.ts'

const f = new Framework()
const base64 = (text: string): string => Buffer.from(text).toString('base64')

type Source = 'configMap' | 'secret'

/** One kind of volume: what it is made from and how a Pod names it. */
interface Flavour {
  readonly sig: string
  readonly source: Source
  readonly isProjected: boolean
  readonly itemMode: string
}

const FLAVOURS: readonly Flavour[] = [
  { sig: 'ConfigMap', source: 'configMap', isProjected: false, itemMode: 'Item mode' },
  { sig: 'Secrets', source: 'secret', isProjected: false, itemMode: 'Item Mode' },
  { sig: 'Projected configMap', source: 'configMap', isProjected: true, itemMode: 'Item mode' },
  { sig: 'Projected secret', source: 'secret', isProjected: true, itemMode: 'Item Mode' },
]

const createSource = (source: Source, name: string, data: Readonly<Record<string, string>>) => {
  if (source === 'configMap') f.create('configmaps', { metadata: { name }, data })
  else f.create('secrets', { metadata: { name }, data: encoded(data) })
}

const encoded = (data: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)]))

const resourceOf = (source: Source) => (source === 'configMap' ? 'configmaps' : 'secrets')

interface Options {
  readonly items?: readonly object[]
  readonly defaultMode?: number
  readonly optional?: boolean
}

const volume = (
  { source, isProjected }: Pick<Flavour, 'source' | 'isProjected'>,
  name: string,
  object: string,
  { items, defaultMode, optional }: Options = {},
): object => {
  const mode = defaultMode === undefined ? {} : { defaultMode }
  const more = {
    ...(items === undefined ? {} : { items }),
    ...(optional === undefined ? {} : { optional }),
  }
  if (isProjected)
    return { name, projected: { sources: [{ [source]: { name: object, ...more } }], ...mode } }
  const named = source === 'secret' ? { secretName: object } : { name: object }
  return { name, [source]: { ...named, ...more, ...mode } }
}

const DATA = { 'data-1': 'value-1', 'data-2': 'value-2', 'data-3': 'value-3' }
const SEEN = 'content of file "/etc/test-volume/data-1": value-1'
const LOOK = ['--file_content=/etc/test-volume/data-1', '--file_mode=/etc/test-volume/data-1']
const MAPPED = 'path/to/data-2'
const LOOK_MAPPED = [
  `--file_content=/etc/test-volume/${MAPPED}`,
  `--file_mode=/etc/test-volume/${MAPPED}`,
]
const SEEN_MAPPED = `content of file "/etc/test-volume/${MAPPED}": value-2`
const MOUNT = { name: 'test-volume', mountPath: '/etc/test-volume', readOnly: true }
const modeOf = (path: string, mode: string) => `mode of file "/etc/test-volume/${path}": ${mode}`

describe.each(FLAVOURS)('[sig-storage] $sig', (flavour) => {
  const { source, isProjected, itemMode } = flavour
  const isConfigMap = source === 'configMap'
  beforeEach(() => f.begin('volumes'))

  const look = (
    args: readonly string[],
    expected: readonly string[],
    options: Options,
    spec: object = {},
  ): void => {
    createSource(source, 'test', DATA)
    const volumes = [volume(flavour, 'test-volume', 'test', options)]
    const pod = mountTestPod({ name: 'pod', args, volumes, mounts: [MOUNT], spec })
    testContainerOutput(f, pod, expected)
  }

  it('should be consumable from pods in volume [NodeConformance] [Conformance]', () => {
    look(LOOK, [SEEN, modeOf('data-1', '-rw-r--r--')], {})
  })

  it('should be consumable from pods in volume with defaultMode set [LinuxOnly] [NodeConformance] [Conformance]', () => {
    look(LOOK, [SEEN, modeOf('data-1', '-r--------')], { defaultMode: 0o400 })
  })

  const nonRoot = { securityContext: { runAsUser: 1000 } }
  it.runIf(isConfigMap)(
    'should be consumable from pods in volume as non-root [NodeConformance] [Conformance]',
    () => look(LOOK, [SEEN], {}, nonRoot),
  )

  it.runIf(!isConfigMap)(
    'should be consumable from pods in volume as non-root with defaultMode and fsGroup set [LinuxOnly] [NodeConformance] [Conformance]',
    () => {
      const spec = { securityContext: { runAsUser: 1000, fsGroup: 1001 } }
      look(LOOK, [SEEN, modeOf('data-1', '-r--r-----')], { defaultMode: 0o440 }, spec)
    },
  )

  const items = [{ key: 'data-2', path: MAPPED }]
  it('should be consumable from pods in volume with mappings [NodeConformance] [Conformance]', () => {
    look(LOOK_MAPPED, [SEEN_MAPPED, modeOf(MAPPED, '-rw-r--r--')], { items })
  })

  it(`should be consumable from pods in volume with mappings and ${itemMode} set [LinuxOnly] [NodeConformance] [Conformance]`, () => {
    const own = [{ ...items[0]!, mode: 0o400 }]
    look(LOOK_MAPPED, [SEEN_MAPPED, modeOf(MAPPED, '-r--------')], { items: own })
  })

  it.runIf(isConfigMap)(
    'should be consumable from pods in volume with mappings as non-root [NodeConformance] [Conformance]',
    () => look(LOOK_MAPPED, [SEEN_MAPPED], { items }, nonRoot),
  )

  const pods = isConfigMap ? 'the same pod' : 'a pod'
  it(`should be consumable in multiple volumes in ${pods} [NodeConformance] [Conformance]`, () => {
    createSource(source, 'test', DATA)
    const paths = ['/etc/test-volume', '/etc/test-volume-2']
    const pod = mountTestPod({
      name: 'pod',
      args: ['--file_content=/etc/test-volume-2/data-1'],
      volumes: paths.map((_, index) => volume(flavour, `volume-${index}`, 'test')),
      mounts: paths.map((mountPath, index) => ({ name: `volume-${index}`, mountPath })),
    })
    testContainerOutput(f, pod, ['content of file "/etc/test-volume-2/data-1": value-1'])
  })

  it.runIf(source === 'secret' && !isProjected)(
    'should be able to mount in a volume regardless of a different secret existing with same name in different namespace [NodeConformance] [Conformance]',
    () => {
      const namespace = f.newNamespace('secret-namespace')
      const other = { metadata: { name: 'test' }, data: encoded({ this_should_not_match: 'x' }) }
      f.create('secrets', other, { namespace })
      look(LOOK, [SEEN, modeOf('data-1', '-rw-r--r--')], {})
    },
  )

  it.runIf(isConfigMap)(
    'updates should be reflected in volume [NodeConformance] [Conformance]',
    () => {
      createSource(source, 'test', { 'data-1': 'value-1' })
      const args = [
        '--break_on_expected_content=false',
        '--retry_time=120',
        '--file_content_in_loop=/etc/test-volume/data-1',
      ]
      const volumes = [volume(flavour, 'test-volume', 'test')]
      const pod = mountTestPod({ name: 'pod', args, volumes, mounts: [MOUNT] })
      const name = f.create('pods', pod).metadata.name!
      untilReady(f, name)
      untilLogged(f, name, 'value-1')
      f.change('configmaps', 'test', () => ({ data: { 'data-1': 'value-2' } }))
      untilLogged(f, name, 'value-2')
    },
  )

  it('optional updates should be reflected in volume [NodeConformance] [Conformance]', () => {
    createSource(source, 'opt-del', { 'data-1': 'value-1' })
    createSource(source, 'opt-upd', { 'data-1': 'value-1' })
    const parts = ['opt-del', 'opt-upd', 'opt-create']
    const loop = (name: string, file: string): object => ({
      name: `${name}-test`,
      image: AGNHOST,
      args: [
        'mounttest',
        '--break_on_expected_content=false',
        '--retry_time=120',
        `--file_content_in_loop=/etc/volumes/${name}/${file}`,
      ],
      volumeMounts: [{ name, mountPath: `/etc/volumes/${name}`, readOnly: true }],
    })
    const { metadata } = f.create('pods', {
      metadata: { generateName: 'pod-' },
      spec: {
        restartPolicy: 'Never',
        volumes: parts.map((name) => volume(flavour, name, name, { optional: true })),
        containers: [
          loop('opt-del', 'data-1'),
          loop('opt-upd', 'data-3'),
          loop('opt-create', 'data-1'),
        ],
      },
    })
    const name = metadata.name!
    untilReady(f, name)
    const prefix = 'Error reading file /etc/volumes'
    untilLogged(f, name, `${prefix}/opt-create/data-1`, 'opt-create-test')
    untilLogged(f, name, `${prefix}/opt-upd/data-3`, 'opt-upd-test')
    untilLogged(f, name, 'value-1', 'opt-del-test')
    f.delete(resourceOf(source), 'opt-del')
    const data = isConfigMap ? { 'data-3': 'value-3' } : encoded({ 'data-3': 'value-3' })
    f.change(resourceOf(source), 'opt-upd', () => ({ data }))
    createSource(source, 'opt-create', { 'data-1': 'value-1' })
    untilLogged(f, name, 'value-1', 'opt-create-test')
    untilLogged(f, name, 'value-3', 'opt-upd-test')
    untilLogged(f, name, `${prefix}/opt-del/data-1`, 'opt-del-test')
  })
})

describe('[sig-storage] ConfigMap', () => {
  beforeEach(() => f.begin('configmap'))

  it('binary data should be reflected in volume [NodeConformance] [Conformance]', () => {
    f.create('configmaps', {
      metadata: { name: 'test' },
      data: { 'data-1': 'value-1' },
      binaryData: {
        'dump.bin': Buffer.from([0xde, 0xca, 0xfe, 0xba, 0xd0, 0xfe, 0xff]).toString('base64'),
      },
    })
    const pod = mountTestPod({
      name: 'pod',
      args: [
        '--break_on_expected_content=false',
        '--retry_time=120',
        '--file_content_in_loop=/etc/test-volume/data-1',
      ],
      volumes: [volume({ source: 'configMap', isProjected: false }, 'test-volume', 'test')],
      mounts: [MOUNT],
    })
    const [text] = pod.spec.containers
    const binary = {
      name: 'configmap-volume-binary-test',
      image: AGNHOST,
      command: ['hexdump', '-C', '/etc/test-volume/dump.bin'],
      volumeMounts: [MOUNT],
    }
    const { metadata } = f.create('pods', {
      ...pod,
      spec: { ...pod.spec, containers: [text, binary] },
    })
    untilLogged(f, metadata.name!, 'value-1', 'test-container')
    untilLogged(f, metadata.name!, 'de ca fe ba d0 fe ff', 'configmap-volume-binary-test')
  })
})

describe('[sig-storage] Projected combined', () => {
  it('should project all components that make up the projection API [Projection] [NodeConformance] [Conformance]', () => {
    f.begin('projected')
    createSource('configMap', 'configmap', { 'configmap-data': 'configmap-value-1' })
    createSource('secret', 'secret', { 'secret-data': 'secret-value-1' })
    const sources = [
      {
        configMap: {
          name: 'configmap',
          items: [{ key: 'configmap-data', path: 'configmap-data' }],
        },
      },
      { secret: { name: 'secret', items: [{ key: 'secret-data', path: 'secret-data' }] } },
      { downwardAPI: { items: [{ path: 'podname', fieldRef: { fieldPath: 'metadata.name' } }] } },
    ]
    const script = 'cat /all/podname && cat /all/secret-data && cat /all/configmap-data'
    const { metadata } = f.create('pods', {
      metadata: { generateName: 'projected-volume-' },
      spec: {
        restartPolicy: 'Never',
        volumes: [{ name: 'podinfo', projected: { sources } }],
        containers: [
          {
            name: 'projected-all-volume-test',
            image: 'registry.k8s.io/e2e-test-images/busybox:1.37.0-1',
            command: ['sh', '-c', script],
            volumeMounts: [{ name: 'podinfo', mountPath: '/all' }],
          },
        ],
      },
    })
    const name = metadata.name!
    f.until('its end', () => f.get('pods', name).status.phase === 'Succeeded')
    expect(logOf(f, name)).toContain(`${name}secret-value-1configmap-value-1`)
  })
})

describe('[sig-storage] EmptyDir wrapper volumes', () => {
  beforeEach(() => f.begin('emptydir-wrapper'))

  it('should not conflict [Conformance]', () => {
    createSource('secret', 'wrapper-secret', { 'data-1': 'value-1' })
    createSource('configMap', 'wrapper-configmap', { 'data-1': 'value-1' })
    f.create('pods', {
      metadata: { name: 'pod-secrets' },
      spec: {
        volumes: [
          { name: 'secret-volume', secret: { secretName: 'wrapper-secret' } },
          { name: 'configmap-volume', configMap: { name: 'wrapper-configmap' } },
        ],
        containers: [
          {
            name: 'secret-test',
            image: AGNHOST,
            args: ['test-webserver'],
            volumeMounts: [
              { name: 'secret-volume', mountPath: '/etc/secret-volume', readOnly: true },
              { name: 'configmap-volume', mountPath: '/etc/configmap-volume' },
            ],
          },
        ],
      },
    })
    untilReady(f, 'pod-secrets')
    const files = ['/etc/secret-volume/data-1', '/etc/configmap-volume/data-1']
    expect(exec(f, 'pod-secrets', ['cat', ...files]).stdout).toBe('value-1value-1')
  })

  it('should not cause race condition when used for configmaps [Serial] [Conformance]', () => {
    const names = Array.from({ length: 50 }, (_, index) => `racey-configmap-${index}`)
    for (const name of names) createSource('configMap', name, { 'data-1': 'value-1' })
    for (let round = 0; round < 3; round++) {
      const labels = { name: `wrapped-volume-race-${round}` }
      f.create('replicationcontrollers', {
        metadata: { name: labels.name },
        spec: {
          replicas: 5,
          selector: labels,
          template: {
            metadata: { labels },
            spec: {
              volumes: names.map((name) => ({
                name,
                configMap: { name, items: [{ key: 'data-1', path: 'data-1' }] },
              })),
              containers: [
                {
                  name: 'test-container',
                  image: 'registry.k8s.io/e2e-test-images/busybox:1.37.0-1',
                  command: ['sleep', '10000'],
                  volumeMounts: names.map((name) => ({ name, mountPath: `/etc/config-${name}` })),
                },
              ],
            },
          },
        },
      })
      f.until('five running Pods', () => {
        const pods = f.items('pods', `name=${labels.name}`)
        return pods.length === 5 && pods.every(({ status }) => status.phase === 'Running')
      })
      f.delete('replicationcontrollers', labels.name, { propagationPolicy: 'Foreground' })
    }
  })
})
