// kubernetes: plugin/pkg/admission/serviceaccount/admission.go
import type { Container, VolumeMount } from '#api/core/v1/pod/container-types.ts'
import type { Pod, PodSpec } from '#api/core/v1/pod/types.ts'
import type { Volume } from '#api/core/v1/pod/volume-types.ts'
import type { ServiceAccount } from '#api/core/v1/service-account/types.ts'
import { assign, freeze, mapShared, own } from '#apimachinery/object.ts'
import { randomSuffix } from '#kube-apiserver/identity.ts'
import {
  isCreate,
  refuse,
  type AdmissionContext,
  type AdmissionPlugin,
  type WriteRequest,
} from '#kube-apiserver/admission/plugin.ts'

const DEFAULT_ACCOUNT = 'default'
const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror'
const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount'

/** The same in every Pod, so all share it. An hour and seven seconds tells these tokens from others. */
const TOKEN_VOLUME: NonNullable<Volume['projected']> = freeze({
  defaultMode: 0o644,
  sources: [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    {
      downwardAPI: {
        items: [
          { path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } },
        ],
      },
    },
  ],
})

const mountsToken = (container: Container): boolean =>
  container.volumeMounts?.some(({ mountPath }) => mountPath === MOUNT_PATH) === true

const withMount = (container: Container, mount: VolumeMount): Container =>
  mountsToken(container)
    ? container
    : assign(container, { volumeMounts: [...(container.volumeMounts ?? []), mount] })

const withToken = (spec: PodSpec, volumeName: string): PodSpec => {
  const mount: VolumeMount = { name: volumeName, readOnly: true, mountPath: MOUNT_PATH }
  const add = (container: Container): Container => withMount(container, mount)
  return assign(spec, {
    ...(spec.initContainers === undefined
      ? {}
      : { initContainers: mapShared(spec.initContainers, add) }),
    containers: mapShared(spec.containers, add),
    volumes: [...(spec.volumes ?? []), { name: volumeName, projected: TOKEN_VOLUME }],
  })
}

const needsToken = (spec: PodSpec, account: ServiceAccount): boolean =>
  (spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) &&
  !(spec.containers.every(mountsToken) && (spec.initContainers ?? []).every(mountsToken))

const admitPod = (request: WriteRequest, { reader, random }: AdmissionContext): Pod => {
  const pod = request.object as Pod
  if (own(pod.metadata.annotations, MIRROR_ANNOTATION) !== undefined) return pod
  const name = pod.spec.serviceAccountName || DEFAULT_ACCOUNT
  const account = reader.get('serviceaccounts', request.namespace, name) as
    | ServiceAccount
    | undefined
  if (account === undefined)
    throw refuse(
      request,
      `error looking up service account ${request.namespace}/${name}: serviceaccount "${name}" not found`,
    )
  const named = assign(pod.spec, { serviceAccountName: name, serviceAccount: name })
  const mounted = needsToken(named, account)
    ? withToken(named, `kube-api-access-${randomSuffix(random)}`)
    : named
  const secrets = account.imagePullSecrets ?? []
  const spec =
    (mounted.imagePullSecrets ?? []).length > 0 || secrets.length === 0
      ? mounted
      : assign(mounted, { imagePullSecrets: secrets })
  return assign(pod, { spec })
}

/** Every Pod runs as somebody, and finds that one's token mounted. */
export const serviceAccount = (context: AdmissionContext): AdmissionPlugin => ({
  name: 'ServiceAccount',
  resources: ['pods'],
  admit: (request) => (isCreate(request) ? admitPod(request, context) : request.object),
  validate: (request) => {
    const pod = request.object as Pod | undefined
    if (!isCreate(request) || pod === undefined) return
    const isMirror = own(pod.metadata.annotations, MIRROR_ANNOTATION) !== undefined
    if (isMirror && (pod.spec.serviceAccountName ?? '') !== '')
      throw refuse(request, 'a mirror pod may not reference service accounts')
  },
})
