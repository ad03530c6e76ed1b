// Writes the wire types of the kinds listed below from the API's facts: `node scripts/generate-types.mjs`.
// A definition that only one kind uses stands in that kind's types.ts; what several share has a home in HOMES.
import fs from 'node:fs'
import path from 'node:path'

const API = 'durable-objects/cluster/api'
const schemas = JSON.parse(fs.readFileSync(`${API}/facts/schemas.json`, 'utf8'))

const KINDS = [
  'admissionregistration/v1/MutatingAdmissionPolicy',
  'admissionregistration/v1/MutatingAdmissionPolicyBinding',
  'admissionregistration/v1/MutatingWebhookConfiguration',
  'admissionregistration/v1/ValidatingAdmissionPolicy',
  'admissionregistration/v1/ValidatingAdmissionPolicyBinding',
  'admissionregistration/v1/ValidatingWebhookConfiguration',
  'apps/v1/ControllerRevision',
  'apps/v1/DaemonSet',
  'apps/v1/Deployment',
  'apps/v1/ReplicaSet',
  'apps/v1/StatefulSet',
  'autoscaling/v1/Scale',
  'autoscaling/v2/HorizontalPodAutoscaler',
  'batch/v1/CronJob',
  'batch/v1/Job',
  'coordination/v1/Lease',
  'core/v1/Binding',
  'core/v1/ConfigMap',
  'core/v1/Endpoints',
  'core/v1/Event',
  'core/v1/LimitRange',
  'core/v1/Namespace',
  'core/v1/Node',
  'core/v1/PersistentVolume',
  'core/v1/PersistentVolumeClaim',
  'core/v1/Pod',
  'core/v1/PodTemplate',
  'core/v1/ReplicationController',
  'core/v1/ResourceQuota',
  'core/v1/Secret',
  'core/v1/Service',
  'core/v1/ServiceAccount',
  'discovery/v1/EndpointSlice',
  'flowcontrol/v1/FlowSchema',
  'flowcontrol/v1/PriorityLevelConfiguration',
  'networking/v1/IPAddress',
  'networking/v1/Ingress',
  'networking/v1/IngressClass',
  'networking/v1/NetworkPolicy',
  'networking/v1/ServiceCIDR',
  'policy/v1/Eviction',
  'policy/v1/PodDisruptionBudget',
  'rbac/v1/ClusterRole',
  'rbac/v1/ClusterRoleBinding',
  'rbac/v1/Role',
  'rbac/v1/RoleBinding',
  'scheduling/v1/PriorityClass',
  'storage/v1/CSIDriver',
  'storage/v1/CSINode',
  'storage/v1/CSIStorageCapacity',
  'storage/v1/StorageClass',
  'storage/v1/VolumeAttributesClass',
]

// Where shared definitions live: [pattern over the short name, file].
const HOMES = [
  [
    /^(Pod|PodSpec|PodStatus|PodCondition|PodIP|HostIP|PodDNSConfig|PodDNSConfigOption|PodReadinessGate|PodSchedulingGate|PodOS|PodSecurityContext|PodExtendedResource.*|PodResourceClaim.*|PodSchedulingGroup|PodCertificate.*|HostAlias|Toleration|TopologySpreadConstraint|WorkloadReference|Sysctl)$/,
    'core/v1/pod/types.ts',
  ],
  [/^PodTemplateSpec$/, 'core/v1/pod-template/spec-types.ts'],
  [
    /(Affinity|PodAffinityTerm|NodeSelector.*|PreferredSchedulingTerm)$/,
    'core/v1/pod/affinity-types.ts',
  ],
  [
    /^(NodeSelector|NodeSelectorTerm|NodeSelectorRequirement|WeightedPodAffinityTerm)$/,
    'core/v1/pod/affinity-types.ts',
  ],
  [
    /^(PersistentVolumeClaim.*|TypedObjectReference|TypedLocalObjectReference|VolumeResourceRequirements|ModifyVolumeStatus)$/,
    'core/v1/persistent-volume-claim/types.ts',
  ],
  [
    /^(Container(State|Status|User|AllocatedResources).*|LinuxContainerUser|VolumeMountStatus|ResourceStatus|ResourceHealth|ImageVolumeStatus|VolumeStatus)$/,
    'core/v1/pod/container-status-types.ts',
  ],
  [/PersistentVolumeSource$/, 'core/v1/persistent-volume/types.ts'],
  [
    /(Volume|VolumeSource|Projection|KeyToPath|DownwardAPIVolumeFile)$/,
    'core/v1/pod/volume-types.ts',
  ],
  [
    /^(Container|EphemeralContainer|Env|Probe|Lifecycle|.*Action|.*SecurityContext|Capabilities|SELinux|Seccomp|AppArmor|WindowsSecurity|VolumeMount|VolumeDevice|ResourceRequirements|ResourceClaim|HTTPHeader|ConfigMapKeySelector|SecretKeySelector|FileKeySelector|ConfigMapEnv|SecretEnv|ResourceFieldSelector|ObjectFieldSelector)/,
    'core/v1/pod/container-types.ts',
  ],
  [/^(LocalObjectReference|SecretReference|ObjectReference)$/, 'core/v1/reference-types.ts'],
  [/^(RoleRef|Subject|PolicyRule)$/, 'rbac/v1/role/types.ts'],
  [/^(LabelSelector|LabelSelectorRequirement)$/, null],
]

const short = (name) => name.split('.').at(-1)
const folderOf = (name) => {
  const parts = name.split('.')
  return `${parts.at(-3) === 'rbac' ? 'rbac' : parts.at(-3)}/${parts.at(-2)}`
}
const kebab = (kind) =>
  kind
    .replace('CIDR', 'Cidr')
    .replace('CSI', 'Csi')
    .replace('IPAddress', 'IpAddress')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
const rename = { Event: 'Event' }

const definitionOf = (kind) => {
  const [group, version, name] = kind.split('/')
  return `io.k8s.api.${group}.${version}.${name}`
}
const refs = (schema) => [...JSON.stringify(schema).matchAll(/"\$ref":"([^"]+)"/g)].map((m) => m[1])
const closure = (root) => {
  const seen = new Set([root]),
    todo = [root]
  for (let name; (name = todo.pop());)
    for (const ref of refs(schemas[name])) {
      if (seen.has(ref)) continue
      seen.add(ref)
      todo.push(ref)
    }
  return seen
}

const META = {
  'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta': ['ObjectMeta', '#apimachinery/object.ts'],
  'io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector': [
    'LabelSelector',
    '#apimachinery/labels.ts',
  ],
}
const PRIMITIVE = {
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 'string',
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': 'string',
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'string',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'number | string',
  'io.k8s.apimachinery.pkg.runtime.RawExtension': 'JsonValue',
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': 'JsonObject',
}

const homeOf = new Map()
const users = new Map()
for (const kind of KINDS)
  for (const name of closure(definitionOf(kind)))
    (users.get(name) ?? users.set(name, []).get(name)).push(kind)
for (const [name, by] of users) {
  if (META[name] || PRIMITIVE[name]) continue
  const own = KINDS.find((kind) => definitionOf(kind) === name)
  const home = own
    ? undefined
    : HOMES.find(([pattern]) => pattern.test(short(name)) && name.startsWith('io.k8s.api.'))
  if (own)
    homeOf.set(name, `${own.split('/').slice(0, 2).join('/')}/${kebab(short(name))}/types.ts`)
  else if (home?.[1])
    homeOf.set(
      name,
      home[1].startsWith('rbac') && !name.includes('.rbac.')
        ? `${folderOf(name)}/shared-types.ts`
        : home[1],
    )
  else if (by.length === 1)
    homeOf.set(
      name,
      `${by[0].split('/').slice(0, 2).join('/')}/${kebab(by[0].split('/')[2])}/types.ts`,
    )
  else homeOf.set(name, `${folderOf(name)}/shared-types.ts`)
}

const files = new Map()
for (const [name, file] of homeOf) (files.get(file) ?? files.set(file, []).get(file)).push(name)

for (const [file, names] of files) {
  const imports = new Map()
  const use = (from, symbol) =>
    (imports.get(from) ?? imports.set(from, new Set()).get(from)).add(symbol)
  const typeOf = (schema) => {
    if (schema.$ref) {
      const primitive = PRIMITIVE[schema.$ref]
      if (primitive) {
        if (primitive.startsWith('Json')) use('#apimachinery/object.ts', primitive)
        return primitive
      }
      const meta = META[schema.$ref]
      if (meta) {
        use(meta[1], meta[0])
        return meta[0]
      }
      const home = homeOf.get(schema.$ref)
      if (home !== file) use(`#api/${home}`, short(schema.$ref))
      return short(schema.$ref)
    }
    if (schema.enum)
      return schema.enum
        .filter(Boolean)
        .map((v) => `'${v}'`)
        .join(' | ')
    if (schema.type === 'array') {
      const item = typeOf(schema.items)
      return `readonly ${item.includes('|') ? `(${item})` : item}[]`
    }
    if (schema.type === 'object' || schema.additionalProperties)
      return schema.additionalProperties
        ? `Readonly<Record<string, ${typeOf(schema.additionalProperties)}>>`
        : (use('#apimachinery/object.ts', 'JsonObject'), 'JsonObject')
    return (
      { string: 'string', integer: 'number', number: 'number', boolean: 'boolean' }[schema.type] ??
      (use('#apimachinery/object.ts', 'JsonValue'), 'JsonValue')
    )
  }
  const body = names.sort().map((name) => {
    const schema = schemas[name]
    const gvk = schema['x-kubernetes-group-version-kind']?.[0]
    const lines = Object.entries(schema.properties ?? {}).map(([key, property]) => {
      if (gvk && key === 'apiVersion')
        return `  readonly apiVersion: '${gvk.group ? `${gvk.group}/` : ''}${gvk.version}'`
      if (gvk && key === 'kind') return `  readonly kind: '${gvk.kind}'`
      const required =
        schema.required?.includes(key) ||
        (property.default !== undefined && JSON.stringify(property.default) === '{}')
      return `  readonly ${key}${required ? '' : '?'}: ${typeOf(property)}`
    })
    return `export interface ${rename[short(name)] ?? short(name)} {\n${lines.join('\n')}\n}\n`
  })
  const head = [...imports]
    .sort()
    .map(([from, symbols]) => `import type { ${[...symbols].sort().join(', ')} } from '${from}'\n`)
    .join('')
  fs.mkdirSync(path.dirname(`${API}/${file}`), { recursive: true })
  fs.writeFileSync(
    `${API}/${file}`,
    `// Made from the API's facts by scripts/generate-types.mjs.\n${head}\n${body.join('\n')}`,
  )
}
