// kubernetes: pkg/controller/certificates/cleaner/cleaner.go
import type { CertificateSigningRequest } from '#api/certificates/v1/certificate-signing-request/types.ts'
import { parseTime } from '#apimachinery/time.ts'
import type { Component, ComponentDefinition } from '#client/component.ts'

const NAME = 'csrcleaner'
const RESOURCE = 'certificatesigningrequests.certificates.k8s.io'
const HOUR_MS = 3_600_000
const PENDING_MS = 24 * HOUR_MS
/** What was decided is kept for an hour, whatever the decision. */
const DECIDED_MS = HOUR_MS

/** When nobody needs a request any more; undefined: as long as it stays as it is. */
const endOf = ({ metadata, status }: CertificateSigningRequest): number | undefined => {
  const conditions = status?.conditions ?? []
  if (conditions.length === 0) return parseTime(metadata.creationTimestamp ?? '') + PENDING_MS
  const isIssued = (status?.certificate ?? '') !== ''
  const ends = conditions
    .filter(
      ({ type }) => type === 'Denied' || type === 'Failed' || (type === 'Approved' && isIssued),
    )
    .map(({ lastUpdateTime }) => parseTime(lastUpdateTime ?? '') + DECIDED_MS)
    .filter((end) => !Number.isNaN(end))
  return ends.length === 0 ? undefined : Math.min(...ends)
}

/** Takes away requests that were decided, or that nobody decided. differs: upstream looks once an hour. */
export const certificateCleaner: ComponentDefinition = {
  name: NAME,
  manager: 'kube-controller-manager',
  username: 'system:serviceaccount:kube-system:certificate-controller',
  create: ({ client, queue }) => {
    client.watch(RESOURCE, ({ type, object }) => {
      if (type === 'DELETED') queue.drop(object.metadata.name ?? '')
      else queue.add(object.metadata.name ?? '')
    })
    return {
      name: NAME,
      queue,
      resync: () => {
        for (const { metadata } of client.list(RESOURCE)) queue.add(metadata.name ?? '')
      },
      sync: (name) => {
        const request = client.get(RESOURCE, '', name)
        const end = request === undefined ? undefined : endOf(request)
        if (end === undefined || request?.metadata.deletionTimestamp !== undefined) return
        if (end > client.now()) queue.addAt(name, end)
        else client.delete(RESOURCE, '', name)
      },
    } satisfies Component
  },
}
