// Who is there of the control plane. Nothing that stays as it is is written again: the leases are taken, and not renewed.
// kubernetes: pkg/controlplane/apiserver/server.go, apiserver pkg/server/config.go, client-go tools/leaderelection
import type { Lease, LeaseSpec } from '#api/coordination/v1/lease/types.ts'
import { concat } from '#apimachinery/der.ts'
import { sha256 } from '#apimachinery/digest.ts'
import { formatMicroTime } from '#apimachinery/time.ts'
import { encodeUtf8 } from '#apimachinery/utf8.ts'
import type { ComponentDefinition } from '#client/component.ts'
import { newUid } from '#kube-apiserver/identity.ts'
import { NAMESPACE, systemObject } from '#kube-apiserver/system-object.ts'

const LEASES = 'leases.coordination.k8s.io'
const HOST = 'node-1'

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

/** RFC 4648 without padding, in small letters, of hexadecimal digits. */
const base32 = (hex: string): string => {
  const bits = Array.from(hex, (digit) => parseInt(digit, 16).toString(2).padStart(4, '0')).join('')
  return (bits.match(/.{1,5}/g) ?? [])
    .map((group) => BASE32[parseInt(group.padEnd(5, '0'), 2)])
    .join('')
}

const withLength = (text: string): Uint8Array =>
  concat([Uint8Array.of(text.length >> 8, text.length & 0xff), encodeUtf8(text)])

/** The same for every API server of a host. */
const serverId = (): string => {
  const digest = sha256(concat([withLength(HOST), withLength('kube-apiserver')]))
  return `apiserver-${base32(digest.slice(0, 32))}`
}

const lease = (
  name: string,
  spec: LeaseSpec,
  labels?: Readonly<Record<string, string>>,
): Lease => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name, namespace: NAMESPACE, ...(labels === undefined ? {} : { labels }) },
  spec,
})

const identityLease = (): ComponentDefinition => {
  const id = serverId()
  return systemObject({
    name: 'kube-apiserver-identity-lease-controller',
    manager: 'kube-apiserver',
    username: 'system:apiserver',
    resource: LEASES,
    objectName: id,
    interval: 10_000,
    object: ({ client, random }) =>
      lease(
        id,
        {
          holderIdentity: `${id}_${newUid(random)}`,
          leaseDurationSeconds: 3600,
          renewTime: formatMicroTime(client.now()),
        },
        { 'apiserver.kubernetes.io/identity': 'kube-apiserver', 'kubernetes.io/hostname': HOST },
      ),
  })
}

const leaderLease = (name: string): ComponentDefinition =>
  systemObject({
    name: `${name}-leader-election`,
    manager: name,
    username: `system:${name}`,
    resource: LEASES,
    objectName: name,
    interval: 2000,
    object: ({ client, random }) => {
      const now = formatMicroTime(client.now())
      return lease(name, {
        acquireTime: now,
        holderIdentity: `${HOST}_${newUid(random)}`,
        leaseDurationSeconds: 15,
        leaseTransitions: 0,
        renewTime: now,
      })
    },
  })

export const componentLeases: readonly ComponentDefinition[] = [
  identityLease(),
  leaderLease('kube-controller-manager'),
  leaderLease('kube-scheduler'),
]
