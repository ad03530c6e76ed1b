// What the API server tells others of itself in kube-system.
import type { ConfigMap } from '#api/core/v1/config-map/types.ts'
import { assign, equal, own } from '#apimachinery/object.ts'
import { formatTime } from '#apimachinery/time.ts'
import type { ComponentDefinition } from '#client/component.ts'
import { NAMESPACE, systemObject } from '#kube-apiserver/system-object.ts'

const configMap = (name: string, data: Readonly<Record<string, string>>): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: NAMESPACE },
  data,
})

const OWNER = {
  manager: 'kube-apiserver',
  username: 'system:apiserver',
  resource: 'configmaps',
} as const

/** The headers in which the API server tells the servers behind it who asks, as kubeadm sets them. */
const HEADERS: Readonly<Record<string, readonly string[]>> = {
  'requestheader-allowed-names': ['front-proxy-client'],
  'requestheader-extra-headers-prefix': ['X-Remote-Extra-'],
  'requestheader-group-headers': ['X-Remote-Group'],
  'requestheader-uid-headers': [],
  'requestheader-username-headers': ['X-Remote-User'],
}

const AUTHENTICATION = 'extension-apiserver-authentication'

/** What was there stays in the lists. Throws a SyntaxError. */
const combined = (text: string | undefined, required: readonly string[]): string => {
  const listed: unknown = text === undefined || text === '' ? [] : JSON.parse(text)
  const known = Array.isArray(listed) ? listed.map(String) : []
  return JSON.stringify([...new Set([...known, ...required])])
}

/** kubernetes: pkg/controlplane/controller/clusterauthenticationtrust */
const authenticationData = (
  data: Readonly<Record<string, string>>,
  authority: string,
): Readonly<Record<string, string>> => {
  const certificates = (text = ''): string => (text.includes(authority) ? text : text + authority)
  const lists = Object.entries(HEADERS).map(
    ([key, required]) => [key, combined(own(data, key), required)] as const,
  )
  const all = [
    ...lists,
    ...['client-ca-file', 'requestheader-client-ca-file'].map(
      (key) => [key, certificates(own(data, key))] as const,
    ),
  ]
  return Object.fromEntries(all.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

const authentication = (authority: string): ComponentDefinition =>
  systemObject({
    ...OWNER,
    name: 'cluster-authentication-info-controller',
    objectName: AUTHENTICATION,
    interval: 0,
    object: () => configMap(AUTHENTICATION, authenticationData({}, authority)),
    corrected: (existing) => {
      try {
        const data = authenticationData(existing.data ?? {}, authority)
        return equal(data, existing.data) ? existing : assign(existing, { data })
      } catch (error) {
        // what nobody can read is left to who wrote it
        if (error instanceof SyntaxError) return existing
        throw error
      }
    },
  })

const TRACKING = 'kube-apiserver-legacy-service-account-token-tracking'
const DATE = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/

const dateOf = (now: number): string => formatTime(now).slice(0, 10)

/** Since when the use of tokens that stand in Secrets is written down. kubernetes: pkg/controlplane/controller/legacytokentracking */
const legacyTokenTracking = systemObject({
  ...OWNER,
  name: 'legacy-token-tracking-controller',
  objectName: TRACKING,
  interval: 30 * 60_000,
  object: ({ client }) => configMap(TRACKING, { since: dateOf(client.now()) }),
  corrected: (existing, now) =>
    DATE.test(own(existing.data, 'since') ?? '')
      ? existing
      : assign(existing, { data: { ...existing.data, since: dateOf(now) } }),
})

/** `authority`: the certificate of whoever signs the clients' certificates. */
export const systemConfigMaps = (authority: string): readonly ComponentDefinition[] => [
  authentication(authority),
  legacyTokenTracking,
]
