import { describe, expect, it } from 'vitest'
import { defaultPod } from '#api/core/v1/pod/defaults.ts'
import { validatePod } from '#api/core/v1/pod/validation.ts'
import { errorText } from '#apimachinery/field-error.ts'
import { container, pod } from '../../../../../../support/pods.ts'

type Parts = Readonly<Record<string, unknown>>

/** What the API server says of a Pod with this spec, given as a user writes it. */
const refusals = (spec: Parts): readonly string[] =>
  validatePod(defaultPod(pod({ spec: spec }))).map(errorText)

const ofContainer = (parts: Parts, more: Parts = {}): readonly string[] =>
  refusals({ ...more, containers: [container(parts)] })

const LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"

describe('validatePod()', () => {
  it('finds nothing wrong with a plain Pod', () => {
    expect(refusals({})).toEqual([])
  })

  const containers: readonly (readonly [string, Parts, readonly string[]])[] = [
    ['no name', { name: '' }, ['spec.containers[0].name: Required value']],
    ['bad name', { name: 'C_1' }, [`spec.containers[0].name: Invalid value: "C_1": ${LABEL}`]],
    ['no image', { image: '' }, ['spec.containers[0].image: Required value']],
    [
      'image with space',
      { image: ' nginx' },
      [
        'spec.containers[0].image: Invalid value: " nginx": must not have leading or trailing whitespace',
      ],
    ],
    [
      'unknown pull policy',
      { imagePullPolicy: 'Sometimes' },
      [
        'spec.containers[0].imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"',
      ],
    ],
    [
      'ports',
      {
        ports: [
          { name: 'http', containerPort: 80 },
          { name: 'http', containerPort: 0 },
          { containerPort: 70000, protocol: 'ICMP' },
        ],
      },
      [
        'spec.containers[0].ports[1].name: Duplicate value: "http"',
        'spec.containers[0].ports[1].containerPort: Required value',
        'spec.containers[0].ports[2].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
        'spec.containers[0].ports[2].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"',
      ],
    ],
    [
      'env',
      {
        env: [
          { name: '' },
          { name: 'A=B', value: 'x' },
          { name: 'C', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
          { name: 'D', valueFrom: {} },
          { name: 'E', valueFrom: { fieldRef: { fieldPath: 'metadata.color' } } },
          { name: 'F', valueFrom: { fieldRef: { fieldPath: 'metadata.labels' } } },
          { name: 'G', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
          { name: 'H', valueFrom: { resourceFieldRef: { resource: 'limits.gpu' } } },
          { name: 'I', valueFrom: { configMapKeyRef: { name: 'x', key: '' } } },
        ],
      },
      [
        'spec.containers[0].env[0].name: Required value',
        'spec.containers[0].env[1].name: Invalid value: "A=B": a valid environment variable name must consist only of printable ASCII characters other than \'=\'',
        'spec.containers[0].env[2].valueFrom: Invalid value: "": may not be specified when `value` is not empty',
        'spec.containers[0].env[3].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
        'spec.containers[0].env[4].valueFrom.fieldRef.fieldPath: Invalid value: "metadata.color": error converting fieldPath: field label not supported: metadata.color',
        'spec.containers[0].env[5].valueFrom.fieldRef.fieldPath: Unsupported value: "metadata.labels": supported values: "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"',
        'spec.containers[0].env[7].valueFrom.resourceFieldRef.resource: Unsupported value: "limits.gpu": supported values: "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"',
        'spec.containers[0].env[8].valueFrom.configMapKeyRef.key: Required value',
      ],
    ],
    [
      'envFrom',
      { envFrom: [{}, { configMapRef: { name: 'a' }, secretRef: { name: 'b' } }] },
      [
        'spec.containers[0].envFrom: Invalid value: "": must specify one of: `configMapRef` or `secretRef`',
        'spec.containers[0].envFrom: Invalid value: "": may not have more than one field specified at a time',
      ],
    ],
    [
      'mounts',
      {
        volumeMounts: [
          { name: 'gone', mountPath: '/a' },
          { name: '', mountPath: '' },
        ],
      },
      [
        'spec.containers[0].volumeMounts[0].name: Not found: "gone"',
        'spec.containers[0].volumeMounts[1].name: Required value',
        'spec.containers[0].volumeMounts[1].name: Not found: ""',
        'spec.containers[0].volumeMounts[1].mountPath: Required value',
      ],
    ],
    [
      'resources',
      {
        resources: {
          requests: { cpu: '2', memory: '-1Mi', gpu: '1', 'example.com/gpu': '500m' },
          limits: { cpu: '1' },
        },
      },
      [
        'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
        'spec.containers[0].resources.requests[example.com/gpu]: Invalid value: "500m": must be an integer',
        'spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources',
        'spec.containers[0].resources.requests[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified',
        'spec.containers[0].resources.requests[gpu]: Invalid value: "gpu": must be a standard resource for containers',
        'spec.containers[0].resources.requests[memory]: Invalid value: "-1Mi": must be greater than or equal to 0',
      ],
    ],
    [
      'probes',
      {
        livenessProbe: { httpGet: { port: 80 }, successThreshold: 2, exec: { command: ['a'] } },
        readinessProbe: { tcpSocket: { port: 'toolongaportname' }, periodSeconds: -1 },
        startupProbe: {},
      },
      [
        'spec.containers[0].livenessProbe.httpGet: Forbidden: may not specify more than 1 handler type',
        'spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1',
        'spec.containers[0].readinessProbe.tcpSocket.port: Invalid value: "toolongaportname": must be no more than 15 characters',
        'spec.containers[0].readinessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0',
        'spec.containers[0].startupProbe: Required value: must specify a handler type',
      ],
    ],
    [
      'security context',
      {
        securityContext: { runAsUser: -1, allowPrivilegeEscalation: false, privileged: true },
      },
      [
        'spec.containers[0].securityContext.runAsUser: Invalid value: -1: must be between 0 and 4294967295, inclusive',
        'spec.containers[0].securityContext: Invalid value: {"Capabilities":null,"Privileged":true,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":-1,"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,"AllowPrivilegeEscalation":false,"ProcMount":null,"SeccompProfile":null,"AppArmorProfile":null}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
      ],
    ],
    [
      'lifecycle',
      { lifecycle: { preStop: { sleep: { seconds: 60 } }, postStart: {} } },
      [
        'spec.containers[0].lifecycle.postStart: Required value: must specify a handler type',
        'spec.containers[0].lifecycle.preStop.sleep: Invalid value: 60: must be non-negative and less than terminationGracePeriodSeconds (30)',
      ],
    ],
  ]
  it.each(containers)('container: %s', (_name, parts, expected) => {
    expect(ofContainer(parts)).toEqual(expected)
  })

  const specs: readonly (readonly [string, Parts, readonly string[]])[] = [
    ['no containers', { containers: [] }, ['spec.containers: Required value']],
    [
      'containers of one name',
      {
        containers: [container(), container()],
        initContainers: [container(), container({ name: 'i', livenessProbe: {} })],
      },
      [
        'spec.containers[1].name: Duplicate value: "c"',
        'spec.initContainers[0].name: Duplicate value: "c"',
        'spec.initContainers[1].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
      ],
    ],
    [
      'host ports taken twice',
      {
        containers: [
          container({ ports: [{ containerPort: 80, hostPort: 80 }] }),
          container({ name: 'd', ports: [{ containerPort: 81, hostPort: 80 }] }),
        ],
      },
      ['spec.containers[1].ports[0].hostPort: Duplicate value: "TCP//80"'],
    ],
    [
      'policies',
      { restartPolicy: 'Sometimes', dnsPolicy: 'Mine' },
      [
        'spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"',
        'spec.dnsPolicy: Unsupported value: "Mine": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"',
      ],
    ],
    [
      'volumes',
      {
        volumes: [
          { name: 'a' },
          { name: 'a', emptyDir: {} },
          { name: 'b', emptyDir: {}, hostPath: { path: '/x' } },
          { name: 'c', hostPath: { path: '/a/../b', type: 'Odd' } },
          { name: 'd', secret: {} },
          { name: 'e', configMap: { name: 'x', items: [{ key: 'k', path: '../p' }] } },
          { name: 'f', persistentVolumeClaim: {} },
          { name: 'g', nfs: { server: 's', path: 'rel' } },
        ],
      },
      [
        'spec.volumes[1].name: Duplicate value: "a"',
        'spec.volumes[2].hostPath: Forbidden: may not specify more than 1 volume type',
        'spec.volumes[3].hostPath.path: Invalid value: "/a/../b": must not contain \'..\'',
        'spec.volumes[3].hostPath.type: Unsupported value: "Odd": supported values: "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"',
        'spec.volumes[4].secret.secretName: Required value',
        'spec.volumes[5].configMap.items[0].path: Invalid value: "../p": must not contain \'..\'',
        'spec.volumes[6].persistentVolumeClaim.claimName: Required value',
        'spec.volumes[7].nfs.path: Invalid value: "rel": must be an absolute path',
      ],
    ],
    [
      'tolerations',
      {
        tolerations: [
          { operator: 'Equal', value: 'x' },
          { key: 'a', operator: 'Exists', value: 'x' },
          { key: 'a', tolerationSeconds: 3, effect: 'NoSchedule' },
          { key: 'a', operator: 'Odd', effect: 'Odd' },
        ],
      },
      [
        'spec.tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys"',
        'spec.tolerations[1].operator: Invalid value: {"Key":"a","Operator":"Exists","Value":"x","Effect":"","TolerationSeconds":null}: value must be empty when `operator` is \'Exists\'',
        'spec.tolerations[2].effect: Invalid value: "NoSchedule": effect must be \'NoExecute\' when `tolerationSeconds` is set',
        'spec.tolerations[3].operator: Unsupported value: "Odd": supported values: "Equal", "Exists"',
        'spec.tolerations[3].effect: Unsupported value: "Odd": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
      ],
    ],
    [
      'affinity',
      {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In' }] }],
            },
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 101, preference: { matchExpressions: [{ key: 'a', operator: 'Is' }] } },
            ],
          },
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: {} }],
          },
        },
      },
      [
        "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
        'spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 101: must be in the range 1-100',
        'spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator',
        'spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Required value: can not be empty',
        'spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: "": name part must be non-empty',
        "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: \"\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      ],
    ],
    [
      'spread',
      { topologySpreadConstraints: [{ maxSkew: 0, topologyKey: '', whenUnsatisfiable: 'X' }] },
      [
        'spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than 0',
        'spec.topologySpreadConstraints[0].topologyKey: Required value: can not be empty',
        'spec.topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: "X": supported values: "DoNotSchedule", "ScheduleAnyway"',
      ],
    ],
    [
      'names',
      { hostname: 'a.b', subdomain: 'X', nodeName: 'N', activeDeadlineSeconds: 0 },
      [
        "spec.nodeName: Invalid value: \"N\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
        'spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive',
        'spec.hostname: Invalid value: "a.b": must not contain dots',
        `spec.subdomain: Invalid value: "X": ${LABEL}`,
      ],
    ],
    [
      'dns',
      { dnsPolicy: 'None' },
      ['spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None'],
    ],
    [
      'node selector',
      { nodeSelector: { 'bad key': 'v' } },
      [
        "spec.nodeSelector: Invalid value: \"bad key\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      ],
    ],
    [
      'host network',
      {
        hostNetwork: true,
        hostUsers: false,
        containers: [container({ ports: [{ containerPort: 80, hostPort: 81 }] })],
      },
      [
        'spec.containers[0].ports[0].hostPort: Invalid value: 81: must match `containerPort` when `hostNetwork` is true',
        'spec.hostNetwork: Forbidden: when `hostUsers` is false',
      ],
    ],
    [
      'host aliases',
      { hostAliases: [{ ip: '10.0.0.999', hostnames: ['ok.example.com'] }] },
      [
        'spec.hostAliases[0].ip: Invalid value: "10.0.0.999": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      ],
    ],
    [
      'gates',
      { nodeName: 'n', schedulingGates: [{ name: 'a/b' }, { name: 'a/b' }] },
      [
        'spec.schedulingGates[1]: Duplicate value: "a/b"',
        'spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared',
      ],
    ],
    [
      'ephemeral containers',
      { ephemeralContainers: [container({ name: 'e' })] },
      ['spec.ephemeralContainers: Forbidden: cannot be set on create'],
    ],
  ]
  it.each(specs)('spec: %s', (_name, parts, expected) => {
    expect(refusals(parts)).toEqual(expected)
  })
})
