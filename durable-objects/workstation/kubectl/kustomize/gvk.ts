// What kind of thing a resource is. kustomize: kyaml/resid
import { textAt, type Node } from '#kubectl/kustomize/node.ts'

export interface Gvk {
  readonly group: string
  readonly version: string
  readonly kind: string
}

/** Which resources a rule is for: what is absent or '' is any. */
export type GvkSelector = { readonly [Key in keyof Gvk]?: string }

export const parseApiVersion = (
  text: string,
): { readonly group: string; readonly version: string } => {
  const slash = text.indexOf('/')
  return slash < 0
    ? { group: '', version: text }
    : { group: text.slice(0, slash), version: text.slice(slash + 1) }
}

export const gvkOf = (node: Node): Gvk => ({
  ...parseApiVersion(textAt(node, 'apiVersion')),
  kind: textAt(node, 'kind'),
})

export const apiVersionOf = ({ group, version }: Gvk): string =>
  group === '' ? version : `${group}/${version}`

export const gvkText = ({ group, version, kind }: Gvk): string =>
  `${kind || '[noKind]'}.${version || '[noVer]'}.${group || '[noGrp]'}`

export const isSameGvk = (a: Gvk, b: Gvk): boolean =>
  a.kind === b.kind && a.version === b.version && a.group === b.group

export const isSelected = (gvk: Gvk, selector: GvkSelector): boolean =>
  (!selector.group || selector.group === gvk.group) &&
  (!selector.version || selector.version === gvk.version) &&
  (!selector.kind || selector.kind === gvk.kind)

/** Those that the API of the release has which kustomize knows (v1.21). */
const CLUSTER_SCOPED: ReadonlySet<string> = new Set([
  'v1/Namespace',
  'v1/Node',
  'v1/PersistentVolume',
  'v1/ComponentStatus',
  ...['v1', 'v1beta1'].flatMap((version) => [
    `admissionregistration.k8s.io/${version}/MutatingWebhookConfiguration`,
    `admissionregistration.k8s.io/${version}/ValidatingWebhookConfiguration`,
    `apiextensions.k8s.io/${version}/CustomResourceDefinition`,
    `apiregistration.k8s.io/${version}/APIService`,
    `authentication.k8s.io/${version}/TokenReview`,
    `authorization.k8s.io/${version}/SelfSubjectAccessReview`,
    `authorization.k8s.io/${version}/SelfSubjectRulesReview`,
    `authorization.k8s.io/${version}/SubjectAccessReview`,
    `certificates.k8s.io/${version}/CertificateSigningRequest`,
    `networking.k8s.io/${version}/IngressClass`,
    `node.k8s.io/${version}/RuntimeClass`,
    `rbac.authorization.k8s.io/${version}/ClusterRole`,
    `rbac.authorization.k8s.io/${version}/ClusterRoleBinding`,
    `scheduling.k8s.io/${version}/PriorityClass`,
    `storage.k8s.io/${version}/CSIDriver`,
    `storage.k8s.io/${version}/CSINode`,
    `storage.k8s.io/${version}/StorageClass`,
    `storage.k8s.io/${version}/VolumeAttachment`,
  ]),
  'flowcontrol.apiserver.k8s.io/v1beta1/FlowSchema',
  'flowcontrol.apiserver.k8s.io/v1beta1/PriorityLevelConfiguration',
  'policy/v1beta1/PodSecurityPolicy',
])

export const isClusterScoped = (gvk: Gvk): boolean =>
  CLUSTER_SCOPED.has(`${apiVersionOf(gvk)}/${gvk.kind}`)

export interface ResourceId {
  readonly gvk: Gvk
  readonly name: string
  readonly namespace: string
}

export const NO_NAMESPACE = '_non_namespaceable_'

export const effectiveNamespace = ({ gvk, namespace }: ResourceId): string =>
  isClusterScoped(gvk) ? NO_NAMESPACE : namespace || 'default'

export const isSameId = (a: ResourceId, b: ResourceId): boolean =>
  a.name === b.name && isSameGvk(a.gvk, b.gvk) && effectiveNamespace(a) === effectiveNamespace(b)

export const idText = ({ gvk, name, namespace }: ResourceId): string =>
  `${gvkText(gvk)}/${name || '[noName]'}.${namespace || '[noNs]'}`

/** As Go prints the struct. */
export const idSyntax = ({ gvk, name, namespace }: ResourceId): string =>
  `resid.ResId{Gvk:resid.Gvk{Group:${JSON.stringify(gvk.group)}, Version:${JSON.stringify(gvk.version)}, ` +
  `Kind:${JSON.stringify(gvk.kind)}, isClusterScoped:${String(isClusterScoped(gvk))}}, ` +
  `Name:${JSON.stringify(name)}, Namespace:${JSON.stringify(namespace)}}`
