// kubernetes: test/e2e/common/node/{configmap,secrets,containers,downwardapi,expansion,kubelet,kubelet_etc_hosts,security_context}.go
import { beforeEach, describe, expect, it } from 'vitest'
import { AGNHOST, BUSYBOX } from '../../../../support/conformance-objects.ts'
import {
  logOf,
  testContainerOutput,
  untilEnded,
  untilLogged,
} from '../../../../support/conformance-output.ts'
import { exec, internalIp, untilReady } from '../../../../support/conformance-pods.ts'
import { Framework } from '../../../../support/conformance.ts'

const f = new Framework()

/** A Pod of busybox that runs a script to its end. */
const scriptPod = (script: string, container: object = {}, spec: object = {}) => ({
  metadata: { generateName: 'pod-', labels: { name: 'foo' } },
  spec: {
    restartPolicy: 'Never',
    containers: [
      { name: 'test-container', image: BUSYBOX, command: ['sh', '-c', script], ...container },
    ],
    ...spec,
  },
})

const DATA = { 'data-1': 'value-1', 'data-2': 'value-2', 'data-3': 'value-3' }
const encoded = (data: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
  )

describe('[sig-node] ConfigMap', () => {
  beforeEach(() => {
    f.begin('configmap')
    f.create('configmaps', { metadata: { name: 'test' }, data: { data_1: 'value-1' } })
  })

  it('should be consumable via environment variable [NodeConformance] [Conformance]', () => {
    const configMapKeyRef = { name: 'test', key: 'data_1' }
    const env = [{ name: 'CONFIG_DATA_1', valueFrom: { configMapKeyRef } }]
    testContainerOutput(f, scriptPod('env', { env }), ['CONFIG_DATA_1=value-1\n'])
  })

  it('should be consumable via the environment [NodeConformance] [Conformance]', () => {
    const configMapRef = { name: 'test' }
    const envFrom = [{ configMapRef }, { prefix: 'p-', configMapRef }]
    const expected = ['data_1=value-1\n', 'p-data_1=value-1\n']
    testContainerOutput(f, scriptPod('env', { envFrom }), expected)
  })
})

describe('[sig-node] Secrets', () => {
  beforeEach(() => {
    f.begin('secrets')
    f.create('secrets', { metadata: { name: 'test' }, data: encoded(DATA) })
  })

  it('should be consumable from pods in env vars [NodeConformance] [Conformance]', () => {
    const secretKeyRef = { name: 'test', key: 'data-1' }
    const env = [{ name: 'SECRET_DATA', valueFrom: { secretKeyRef } }]
    testContainerOutput(f, scriptPod('env', { env }), ['SECRET_DATA=value-1\n'])
  })

  it('should be consumable via the environment [NodeConformance] [Conformance]', () => {
    const data = encoded({ data_1: 'value-1', data_2: 'value-2', data_3: 'value-3' })
    f.create('secrets', { metadata: { name: 'other' }, data })
    const secretRef = { name: 'other' }
    const envFrom = [{ secretRef }, { prefix: 'p-', secretRef }]
    const expected = ['data_1', 'data_2', 'data_3'].flatMap((key) => [
      `${key}=value-${key.at(-1)!}\n`,
      `p-${key}=value-${key.at(-1)!}\n`,
    ])
    testContainerOutput(f, scriptPod('env', { envFrom }), expected)
  })
})

describe('[sig-node] Containers', () => {
  beforeEach(() => f.begin('containers'))
  const tester = (container: object) =>
    scriptPod('', { image: AGNHOST, command: undefined, ...container })

  it('should use the image defaults if command and args are blank [NodeConformance] [Conformance]', () => {
    const name = f.create('pods', tester({})).metadata.name!
    untilLogged(f, name, 'Paused')
  })

  it("should be able to override the image's default arguments (container cmd) [NodeConformance] [Conformance]", () => {
    const args = ['entrypoint-tester', 'override', 'arguments']
    testContainerOutput(f, tester({ args }), ['[/agnhost entrypoint-tester override arguments]'])
  })

  it("should be able to override the image's default command (container entrypoint) [NodeConformance] [Conformance]", () => {
    const command = ['/agnhost-2', 'entrypoint-tester']
    testContainerOutput(f, tester({ command }), ['[/agnhost-2 entrypoint-tester]'])
  })

  it("should be able to override the image's default command and arguments [NodeConformance] [Conformance]", () => {
    const container = {
      command: ['/agnhost-2'],
      args: ['entrypoint-tester', 'override', 'arguments'],
    }
    testContainerOutput(f, tester(container), ['[/agnhost-2 entrypoint-tester override arguments]'])
  })
})

describe('[sig-node] Downward API', () => {
  beforeEach(() => f.begin('downward-api'))
  const field = (name: string, fieldPath: string) => ({
    name,
    valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } },
  })
  const resource = (name: string, of: string) => ({
    name,
    valueFrom: { resourceFieldRef: { resource: of } },
  })
  const IP = /(\d{1,3}\.){3}\d{1,3}/.source

  it('should provide pod name, namespace and IP address as env vars [NodeConformance] [Conformance]', () => {
    const env = [
      field('POD_NAME', 'metadata.name'),
      field('POD_NAMESPACE', 'metadata.namespace'),
      field('POD_IP', 'status.podIP'),
    ]
    const expected = [`POD_NAMESPACE=${f.namespace}\n`, new RegExp(`POD_IP=${IP}`), /POD_NAME=pod-/]
    testContainerOutput(f, scriptPod('env', { env }), expected)
  })

  it('should provide host IP as an env var [NodeConformance] [Conformance]', () => {
    const env = [field('HOST_IP', 'status.hostIP')]
    testContainerOutput(f, scriptPod('env', { env }), [new RegExp(`HOST_IP=${IP}`)])
  })

  it('should provide pod UID as env vars [NodeConformance] [Conformance]', () => {
    const env = [field('POD_UID', 'metadata.uid')]
    const uid = /POD_UID=[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
    testContainerOutput(f, scriptPod('env', { env }), [uid])
  })

  const FIGURES = [
    resource('CPU_LIMIT', 'limits.cpu'),
    resource('MEMORY_LIMIT', 'limits.memory'),
    resource('CPU_REQUEST', 'requests.cpu'),
    resource('MEMORY_REQUEST', 'requests.memory'),
  ]
  it("should provide container's limits.cpu/memory and requests.cpu/memory as env vars [NodeConformance] [Conformance]", () => {
    const resources = {
      requests: { cpu: '250m', memory: '32Mi' },
      limits: { cpu: '1250m', memory: '64Mi' },
    }
    testContainerOutput(f, scriptPod('env', { env: FIGURES, resources }), [
      'CPU_LIMIT=2\n',
      'MEMORY_LIMIT=67108864\n',
      'CPU_REQUEST=1\n',
      'MEMORY_REQUEST=33554432\n',
    ])
  })

  it('should provide default limits.cpu/memory from node allocatable [NodeConformance] [Conformance]', () => {
    const env = FIGURES.slice(0, 2)
    testContainerOutput(f, scriptPod('env', { env }), [/CPU_LIMIT=[1-9]/, /MEMORY_LIMIT=[1-9]/])
  })
})

describe('[sig-node] Variable Expansion', () => {
  beforeEach(() => f.begin('var-expansion'))

  it('should allow composing env vars into new env vars [NodeConformance] [Conformance]', () => {
    const env = [
      { name: 'FOO', value: 'foo-value' },
      { name: 'BAR', value: 'bar-value' },
      { name: 'FOOBAR', value: '$(FOO);;$(BAR)' },
    ]
    const expected = ['FOO=foo-value', 'BAR=bar-value', 'FOOBAR=foo-value;;bar-value']
    testContainerOutput(f, scriptPod('env', { env }), expected)
  })

  const TEST_VAR = { env: [{ name: 'TEST_VAR', value: 'test-value' }] }
  it("should allow substituting values in a container's command [NodeConformance] [Conformance]", () => {
    const script = "TEST_VAR=wrong echo '$(TEST_VAR)'"
    testContainerOutput(f, scriptPod(script, TEST_VAR), ['test-value'])
  })

  it("should allow substituting values in a container's args [NodeConformance] [Conformance]", () => {
    const args = { command: ['sh', '-c'], args: ["TEST_VAR=wrong echo '$(TEST_VAR)'"], ...TEST_VAR }
    testContainerOutput(f, scriptPod('', args), ['test-value'])
  })

  const POD_NAME = {
    name: 'POD_NAME',
    valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } },
  }
  const volumes = [{ name: 'workdir1', emptyDir: {} }]
  it('should allow substituting values in a volume subpath [Conformance]', () => {
    const container = {
      env: [{ name: 'POD_NAME', value: 'foo' }],
      volumeMounts: [
        { name: 'workdir1', mountPath: '/logscontainer', subPathExpr: '$(POD_NAME)' },
        { name: 'workdir1', mountPath: '/testcontainer' },
      ],
    }
    const script = 'test -d /testcontainer/foo;echo $?'
    testContainerOutput(f, scriptPod(script, container, { volumes }), ['0'])
  })

  it.each([
    ['backticks', '..'],
    ['absolute path', '/tmp'],
  ])('should fail substituting values in a volume subpath with %s [Conformance]', (_, value) => {
    const container = {
      env: [{ name: 'POD_NAME', value }],
      volumeMounts: [{ name: 'workdir1', mountPath: '/logscontainer', subPathExpr: '$(POD_NAME)' }],
    }
    const name = f.create('pods', scriptPod('sleep 100', container, { volumes })).metadata.name!
    const waiting = f.until('the refusal', () => {
      const [state] = f.get('pods', name).status.containerStatuses ?? []
      return state?.state.waiting?.reason === 'CreateContainerConfigError' && state.state.waiting
    })
    expect(waiting.message).not.toBe('')
    f.sleep(120)
    expect(f.get('pods', name).status.phase).toBe('Pending')
  })

  const subPathPod = (expression: string, annotations: object) => ({
    metadata: { generateName: 'var-expansion-', annotations },
    spec: {
      containers: [
        {
          name: 'dapi-container',
          image: BUSYBOX,
          command: ['sh', '-c', 'trap exit TERM; while true; do sleep 1; done'],
          env: [
            POD_NAME,
            { name: 'ANNOTATION', valueFrom: { fieldRef: { fieldPath: expression } } },
          ],
          volumeMounts: [
            {
              name: 'workdir1',
              mountPath: '/subpath_mount',
              subPathExpr: '$(ANNOTATION)/$(POD_NAME)',
            },
            { name: 'workdir1', mountPath: '/volume_mount' },
          ],
        },
      ],
      volumes,
    },
  })

  it('should verify that a failing subpath expansion can be modified during the lifecycle of a container [Slow] [Conformance]', () => {
    const pod = subPathPod("metadata.annotations['mysubpath']", { notmysubpath: 'mypath' })
    const name = f.create('pods', pod).metadata.name!
    f.sleep(30)
    expect(f.get('pods', name).status.phase).toBe('Pending')
    f.change('pods', name, ({ metadata }) => ({
      metadata: { ...metadata, annotations: { mysubpath: 'mypath' } },
    }))
    f.until('it to run', () => f.get('pods', name).status.phase === 'Running', 300)
  })

  it('should succeed in writing subpaths in container [Conformance]', () => {
    const pod = subPathPod("metadata.annotations['mysubpath']", { mysubpath: 'mypath' })
    const name = f.create('pods', pod).metadata.name!
    untilReady(f, name)
    const run = (script: string) => exec(f, name, ['/bin/sh', '-c', script])
    const file = '/volume_mount/mypath/' + name
    expect(run('touch /subpath_mount/test.log').exitCode).toBe(0)
    expect(run(`test -f ${file}/test.log`).exitCode).toBe(0)
    f.change('pods', name, ({ metadata }) => ({
      metadata: { ...metadata, annotations: { mysubpath: 'mynewpath' } },
    }))
    untilReady(f, name)
    f.delete('pods', name, { gracePeriodSeconds: 0 })
  })
})

describe('[sig-node] Kubelet', () => {
  beforeEach(() => f.begin('kubelet-test'))

  it('when scheduling a busybox command in a pod should print the output to logs [NodeConformance] [Conformance]', () => {
    const script = "echo 'Hello World' ; sleep 240"
    const name = f.create('pods', scriptPod(script)).metadata.name!
    f.until('the greeting', () => logOf(f, name) === 'Hello World\n')
  })

  it('when scheduling a busybox command that always fails in a pod should have an terminated reason [NodeConformance] [Conformance]', () => {
    const name = f.create('pods', scriptPod('', { command: ['/bin/false'] })).metadata.name!
    const pod = f.until('its end', () => {
      const found = f.get('pods', name)
      return found.status.containerStatuses?.[0]?.state.terminated !== undefined && found
    })
    expect(pod.status.containerStatuses).toHaveLength(1)
    const { terminated } = pod.status.containerStatuses![0]!.state
    expect(terminated?.exitCode).not.toBe(0)
    expect(terminated?.reason).not.toBe('')
  })

  it('when scheduling a busybox command that always fails in a pod should be possible to delete [NodeConformance] [Conformance]', () => {
    const name = f.create('pods', scriptPod('', { command: ['/bin/false'] })).metadata.name!
    f.delete('pods', name)
  })

  it('when scheduling a read only busybox container should not write to root filesystem [LinuxOnly] [NodeConformance] [Conformance]', () => {
    const container = { securityContext: { readOnlyRootFilesystem: true } }
    const script = 'echo test > /file; sleep 240'
    const name = f.create('pods', scriptPod(script, container)).metadata.name!
    f.until(
      'the refusal',
      () => logOf(f, name) === "sh: can't create /file: Read-only file system\n",
    )
  })

  it('when scheduling an agnhost Pod with hostAliases should write entries to /etc/hosts [NodeConformance] [Conformance]', () => {
    const hostAliases = [{ ip: '123.45.67.89', hostnames: ['foo', 'bar'] }]
    const container = { image: AGNHOST, command: undefined, args: ['etc-hosts'] }
    const name = f.create('pods', scriptPod('', container, { hostAliases })).metadata.name!
    untilLogged(f, name, '123.45.67.89\tfoo\tbar')
  })
})

describe('[sig-node] KubeletManagedEtcHosts', () => {
  it('should test kubelet managed /etc/hosts file [NodeConformance] [Conformance]', () => {
    f.begin('e2e-kubelet-etc-hosts')
    const container = (name: string, mounts: readonly object[] = []) => ({
      name,
      image: AGNHOST,
      volumeMounts: mounts,
    })
    const volumes = [{ name: 'host-etc-hosts', hostPath: { path: '/etc/hosts' } }]
    const own = [{ name: 'host-etc-hosts', mountPath: '/etc/hosts' }]
    const original = [{ name: 'host-etc-hosts', mountPath: '/etc/hosts-original' }]
    f.create('pods', {
      metadata: { name: 'test-pod' },
      spec: {
        volumes,
        containers: [
          container('busybox-1', original),
          container('busybox-2', original),
          container('busybox-3', [...original, ...own]),
        ],
      },
    })
    f.create('pods', {
      metadata: { name: 'test-host-network-pod' },
      spec: {
        hostNetwork: true,
        volumes,
        containers: [container('busybox-1', original), container('busybox-2', original)],
      },
    })
    const hosts = (pod: string, name: string, file = '/etc/hosts') =>
      exec(f, pod, ['cat', file], name).stdout
    const MANAGED = '# Kubernetes-managed hosts file.'
    for (const name of ['test-pod', 'test-host-network-pod']) untilReady(f, name)
    for (const name of ['busybox-1', 'busybox-2']) {
      expect(hosts('test-pod', name)).toContain(MANAGED)
      const ofHost = hosts('test-host-network-pod', name)
      expect(ofHost).not.toContain(MANAGED)
    }
    const given = hosts('test-pod', 'busybox-3')
    expect(given).not.toContain(MANAGED)
    expect(given).toBe(hosts('test-pod', 'busybox-3', '/etc/hosts-original'))
    expect(given).toContain('127.0.0.1')
  })
})

describe('[sig-node] Security Context', () => {
  beforeEach(() => f.begin('security-context'))

  it('When creating a container with runAsUser should run the container with uid 65534 [LinuxOnly] [NodeConformance] [Conformance]', () => {
    const container = { securityContext: { runAsUser: 65_534 } }
    testContainerOutput(f, scriptPod('test $(id -u) -eq 65534', container), [])
  })

  it('When creating a pod with privileged should run the container as unprivileged when false [LinuxOnly] [NodeConformance] [Conformance]', () => {
    const container = { securityContext: { privileged: false } }
    const pod = scriptPod('ip link add dummy0 type dummy || true', container)
    const name = f.create('pods', pod).metadata.name!
    untilEnded(f, name)
    expect(logOf(f, name)).toContain('Operation not permitted')
  })

  it('When creating a pod with readOnlyRootFilesystem should run the container with writable rootfs when readOnlyRootFilesystem=false [NodeConformance] [Conformance]', () => {
    const container = { securityContext: { readOnlyRootFilesystem: false } }
    testContainerOutput(f, scriptPod('touch checkfile', container), [])
  })

  it('when creating containers with AllowPrivilegeEscalation should not allow privilege escalation when false [LinuxOnly] [NodeConformance] [Conformance]', () => {
    const container = {
      image: 'registry.k8s.io/e2e-test-images/nonewprivs:1.4',
      command: undefined,
      securityContext: { allowPrivilegeEscalation: false, runAsUser: 1000 },
    }
    testContainerOutput(f, scriptPod('', container), ['Effective uid: 1000'])
  })

  const WHO = 'id'
  const IDS = { runAsUser: 1001, runAsGroup: 2002 }
  it('should support pod.Spec.SecurityContext.RunAsUser And pod.Spec.SecurityContext.RunAsGroup [LinuxOnly] [Conformance]', () => {
    testContainerOutput(f, scriptPod(WHO, {}, { securityContext: IDS }), ['uid=1001', 'gid=2002'])
  })

  it('should support container.SecurityContext.RunAsUser And container.SecurityContext.RunAsGroup [LinuxOnly] [Conformance]', () => {
    const pod = { securityContext: { runAsUser: 1000, runAsGroup: 2000 } }
    testContainerOutput(f, scriptPod(WHO, { securityContext: IDS }, pod), ['uid=1001', 'gid=2002'])
  })
})

describe('[sig-node] Sysctls [LinuxOnly] [NodeConformance]', () => {
  beforeEach(() => f.begin('sysctl'))
  const withSysctls = (sysctls: readonly object[], script = 'true') =>
    scriptPod(script, {}, { securityContext: { sysctls } })

  it('should support sysctls [MinimumKubeletVersion:1.21] [Environment:NotInUserNS] [Conformance]', () => {
    const sysctls = [{ name: 'kernel.shm_rmid_forced', value: '1' }]
    const pod = scriptPod(
      '/bin/sysctl kernel.shm_rmid_forced',
      {},
      { securityContext: { sysctls } },
    )
    testContainerOutput(f, pod, ['kernel.shm_rmid_forced = 1'])
  })

  it('should reject invalid sysctls [MinimumKubeletVersion:1.21] [Conformance]', () => {
    const names = ['foo-', 'kernel.shmmax', 'safe-and-unsafe', 'bar..']
    const sysctls = names.map((name) => ({
      name,
      value: name === 'kernel.shmmax' ? '100000000' : '100',
    }))
    const { message } = f.refused(() => f.create('pods', withSysctls(sysctls)))
    for (const name of ['foo-', 'bar..']) expect(message).toContain(`Invalid value: "${name}"`)
    expect(message).not.toContain('safe-and-unsafe')
    expect(message).not.toContain('kernel.shmmax')
  })
})

describe('[sig-node] Pods', () => {
  it('should contain environment variables for services [NodeConformance] [Conformance]', () => {
    f.begin('pods')
    f.create('pods', {
      metadata: { name: 'server-envvars', labels: { name: 'server-envvars' } },
      spec: {
        containers: [{ name: 'srv', image: AGNHOST, ports: [{ containerPort: 9376 }] }],
      },
    })
    f.create('services', {
      metadata: { name: 'fooservice', labels: { name: 'fooservice' } },
      spec: {
        ports: [{ port: 8765, targetPort: 8080 }],
        selector: { name: 'server-envvars' },
      },
    })
    testContainerOutput(f, scriptPod('env'), [
      'FOOSERVICE_SERVICE_HOST=',
      'FOOSERVICE_SERVICE_PORT=8765',
      'FOOSERVICE_PORT=',
      'FOOSERVICE_PORT_8765_TCP_PORT=8765',
      'FOOSERVICE_PORT_8765_TCP_PROTO=tcp',
      'FOOSERVICE_PORT_8765_TCP=',
      'FOOSERVICE_PORT_8765_TCP_ADDR=',
    ])
  })
})

describe('[sig-architecture] Conformance Tests', () => {
  it('should have at least two untainted nodes [Conformance]', () => {
    const nodes = f.list('nodes').items.filter(({ spec }) => spec.taints === undefined)
    expect(nodes.length).toBeGreaterThanOrEqual(2)
    for (const node of nodes) expect(internalIp(node)).toMatch(/^\d/)
  })
})
