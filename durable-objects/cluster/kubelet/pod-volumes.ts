// A Pod's volumes as trees: what is made of objects is always as the objects are now, what is written stays where it was written.
// kubernetes: pkg/volume/{configmap,secret,downwardapi,projected}
import type { Container } from '#api/core/v1/pod/container-types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type {
  DownwardAPIVolumeFile,
  KeyToPath,
  Volume,
  VolumeProjection,
} from '#api/core/v1/pod/volume-types.ts'
import { ISSUER, tokenText } from '#api/core/v1/service-account/token-text.ts'
import { decodeBase64 } from '#apimachinery/base64.ts'
import { keyOf, setKey } from '#apimachinery/object.ts'
import { civilTime, parseTime } from '#apimachinery/time.ts'
import type { Client } from '#client/client.ts'
import { fieldValue, resourceValue } from '#kubelet/field-reference.ts'
import { type FilePlace, volumeFiles } from '#kubelet/written-files.ts'
import { textOf } from '#shell/files/bytes.ts'
import { projectedTree } from '#shell/files/mounted.ts'
import { directory, type DirectoryNode, file, type Node } from '#shell/files/node.ts'
import { nodeAt } from '#shell/files/tree.ts'

/** Where a volume's files come from. */
export type VolumeSource =
  | { readonly kind: 'objects'; readonly tree: DirectoryNode }
  | ({ readonly kind: 'written' } & WrittenSource)

interface WrittenSource {
  readonly place: FilePlace
  /** What is there before anybody writes. */
  readonly base: Node
  readonly device?: string
}

interface ProjectedFile {
  readonly path: string
  readonly text: string | (() => string)
  readonly mode?: number
}

/** Whether its files are made of objects: nobody writes them but the kubelet. */
export const isOfObjects = ({ configMap, secret, downwardAPI, projected }: Volume): boolean =>
  (configMap ?? secret ?? downwardAPI ?? projected) !== undefined

export const volumeSource = (
  client: Client,
  pod: Pod,
  container: Container,
  volume: Volume,
): VolumeSource => {
  const files = new VolumeFiles(client, pod, container).of(volume)
  if (files !== undefined) {
    const { mode, list } = files
    const tree = projectedTree(list, momentOf(pod), mode)
    return { kind: 'objects', tree: ofGroup(tree, pod.spec.securityContext?.fsGroup) }
  }
  return { kind: 'written', ...placeOf(client, pod, volume) }
}

/** kubernetes: pkg/volume/volume_linux.go changeFilePermission */
const ofGroup = <N extends Node>(node: N, gid: number | undefined): N => {
  if (gid === undefined || node.kind === 'link') return node
  if (node.kind !== 'directory') return { ...node, gid, mode: node.mode | 0o440 }
  const entries: Record<string, Node> = {}
  for (const name of Object.keys(node.entries))
    setKey(entries, name, ofGroup(node.entries[name]!, gid))
  return { ...node, gid, mode: node.mode | 0o2550, entries }
}

const placeOf = (
  client: Client,
  pod: Pod,
  { name, emptyDir, hostPath, persistentVolumeClaim, ephemeral }: Volume,
): WrittenSource => {
  const { namespace = '', uid = '', name: podName = '' } = pod.metadata
  const { nodeName = '', securityContext } = pod.spec
  if (hostPath !== undefined) {
    const place = { path: `host/${nodeName}${hostPath.path}`, owner: '' }
    return { place, base: hostFiles(nodeName, hostPath.path) }
  }
  const gid = securityContext?.fsGroup
  const base =
    gid === undefined ? EMPTY_VOLUME : { ...EMPTY_VOLUME, gid, mode: EMPTY_VOLUME.mode | 0o2000 }
  const claimName =
    persistentVolumeClaim?.claimName ?? (ephemeral === undefined ? '' : `${podName}-${name}`)
  if (claimName !== '') {
    const claim = client.get('persistentvolumeclaims', namespace, claimName)
    if (claim === undefined) return { place: { path: 'nowhere', owner: '' }, base }
    const owner = claim.metadata.uid ?? ''
    return { place: { path: `claim/${namespace}/${claimName}`, owner }, base, device: '/dev/sdb' }
  }
  const place = volumeFiles(keyOf(pod), uid, name)
  return emptyDir?.medium === 'Memory' ? { place, base, device: 'tmpfs' } : { place, base }
}

/** What of a node's own files is known. */
const hostFiles = (node: string, path: string): Node => {
  const etc = { hostname: file(`${node}\n`), hosts: file('127.0.0.1\tlocalhost\n') }
  const names = path.split('/').filter((name) => name !== '')
  return nodeAt(directory({ etc: directory(etc) }), names) ?? EMPTY_VOLUME
}

/** When the first files were written. That the Pod has started is not known yet then. */
const momentOf = ({ metadata }: Pod) => {
  const ms = parseTime(metadata.creationTimestamp ?? '') || 0
  const { year, month, day, hour, minute, second } = civilTime(ms)
  const text = [year, month, day, hour, minute, second]
    .map((part) => String(part).padStart(2, '0'))
    .join('_')
  return { ms, text, number: ((ms / 1000) % 4_000_000_000) | 0 }
}

const DEFAULT_MODE = 0o644

interface Files {
  readonly list: readonly ProjectedFile[]
  readonly mode: number
}

class VolumeFiles {
  readonly #client: Client
  readonly #pod: Pod
  readonly #container: Container

  constructor(client: Client, pod: Pod, container: Container) {
    this.#client = client
    this.#pod = pod
    this.#container = container
  }

  /** undefined: not made of objects. */
  of({ configMap, secret, downwardAPI, projected }: Volume): Files | undefined {
    if (configMap !== undefined)
      return {
        list: this.#configMap(configMap.name ?? '', configMap.items),
        mode: configMap.defaultMode ?? DEFAULT_MODE,
      }
    if (secret !== undefined)
      return {
        list: this.#secret(secret.secretName ?? '', secret.items),
        mode: secret.defaultMode ?? DEFAULT_MODE,
      }
    if (downwardAPI !== undefined)
      return {
        list: this.#downward(downwardAPI.items),
        mode: downwardAPI.defaultMode ?? DEFAULT_MODE,
      }
    if (projected === undefined) return undefined
    return {
      list: (projected.sources ?? []).flatMap((source) => this.#projection(source)),
      mode: projected.defaultMode ?? DEFAULT_MODE,
    }
  }

  #projection(source: VolumeProjection): readonly ProjectedFile[] {
    const { configMap, secret, downwardAPI, serviceAccountToken } = source
    if (configMap !== undefined) return this.#configMap(configMap.name ?? '', configMap.items)
    if (secret !== undefined) return this.#secret(secret.name ?? '', secret.items)
    if (downwardAPI !== undefined) return this.#downward(downwardAPI.items)
    if (serviceAccountToken === undefined) return []
    const { path, audience = '' } = serviceAccountToken
    return [{ path, text: () => this.#token(audience === '' ? ISSUER : audience) }]
  }

  /** A token for the Pod's account, bound to the Pod. */
  #token(audience: string): string {
    const { metadata, spec } = this.#pod
    const { name = '', uid = '', creationTimestamp = '' } = metadata
    const account = spec.serviceAccountName ?? 'default'
    const uidOf = (resource: 'serviceaccounts' | 'nodes', namespace: string, of: string): string =>
      this.#client.get(resource, namespace, of)?.metadata.uid ?? ''
    const issued = Math.floor((parseTime(creationTimestamp) || 0) / 1000)
    const node = spec.nodeName ?? ''
    const claims = {
      aud: [audience],
      exp: issued + 31_536_000,
      iat: issued,
      iss: ISSUER,
      jti: uid,
      'kubernetes.io': {
        namespace: this.#namespace,
        node: { name: node, uid: uidOf('nodes', '', node) },
        pod: { name, uid },
        serviceaccount: { name: account, uid: uidOf('serviceaccounts', this.#namespace, account) },
        warnafter: issued + 3607,
      },
      nbf: issued,
      sub: `system:serviceaccount:${this.#namespace}:${account}`,
    }
    return tokenText(claims)
  }

  #configMap(name: string, items: readonly KeyToPath[] | undefined): readonly ProjectedFile[] {
    const object = this.#client.get('configmaps', this.#namespace, name)
    const texts = new Map(Object.entries(object?.data ?? {}))
    for (const [key, value] of Object.entries(object?.binaryData ?? {}))
      texts.set(key, textOf(decodeBase64(value)))
    return chosen(texts, items)
  }

  #secret(name: string, items: readonly KeyToPath[] | undefined): readonly ProjectedFile[] {
    const object = this.#client.get('secrets', this.#namespace, name)
    const texts = new Map<string, string>()
    for (const [key, value] of Object.entries(object?.data ?? {}))
      texts.set(key, textOf(decodeBase64(value)))
    return chosen(texts, items)
  }

  #downward(items: readonly DownwardAPIVolumeFile[] = []): readonly ProjectedFile[] {
    const pod = this.#pod
    const addresses = { podIP: pod.status.podIP ?? '', hostIP: pod.status.hostIP ?? '' }
    return items.flatMap(({ path, mode, fieldRef, resourceFieldRef }) => {
      const value =
        fieldRef !== undefined
          ? fieldValue(fieldRef.fieldPath, pod, addresses)
          : resourceFieldRef !== undefined
            ? this.#resource(resourceFieldRef)
            : undefined
      if (value === undefined || 'error' in value) return []
      return [{ path, text: value.value, ...(mode === undefined ? {} : { mode }) }]
    })
  }

  #resource(selector: NonNullable<DownwardAPIVolumeFile['resourceFieldRef']>) {
    const { containers } = this.#pod.spec
    const container =
      containers.find(({ name }) => name === selector.containerName) ?? this.#container
    const node = this.#client.get('nodes', '', this.#pod.spec.nodeName ?? '')
    return resourceValue(selector, container, node?.status?.allocatable)
  }

  get #namespace(): string {
    return this.#pod.metadata.namespace ?? ''
  }
}

const chosen = (
  texts: ReadonlyMap<string, string>,
  items: readonly KeyToPath[] | undefined,
): readonly ProjectedFile[] => {
  if (items === undefined) return [...texts].map(([path, text]) => ({ path, text }))
  return items.flatMap(({ key, path, mode }) => {
    const text = texts.get(key)
    return text === undefined ? [] : [{ path, text, ...(mode === undefined ? {} : { mode }) }]
  })
}

export const EMPTY_VOLUME: DirectoryNode = directory({}, 0o777)
