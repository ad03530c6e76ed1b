// Whether what every Service needs is there: DNS and the proxies.
import type { ConfigMap } from '#api/core/v1/config-map/types.ts'
import type { Deployment } from '#api/apps/v1/deployment/types.ts'
import { selectorFromMap } from '#apimachinery/labels.ts'
import type { Cause, Place } from './cause.ts'
import { own } from '#apimachinery/object.ts'
import type { DnsMessage } from '#net/dns-message.ts'
import { configMapRemedy } from './config-map.ts'
import { proxyCause } from './proxy.ts'
import { type DiagnosisContext, isReady, patchCommand, placeOf, podsOf } from './context.ts'

const SYSTEM = 'kube-system'

export const systemCauses = (context: DiagnosisContext): readonly Cause[] =>
  [dnsCause(context), proxyCause(context)].filter((cause) => cause !== undefined)

const dnsCause = (context: DiagnosisContext): Cause | undefined => {
  const { client } = context
  const service = client.get('services', SYSTEM, 'kube-dns')
  if (service === undefined) return undefined
  const isServed = client
    .list('endpointslices.discovery.k8s.io', {
      namespace: SYSTEM,
      labels: selectorFromMap({ 'kubernetes.io/service-name': 'kube-dns' }),
    })
    .some(({ endpoints }) =>
      (endpoints ?? []).some(({ conditions }) => conditions?.ready !== false),
    )
  if (isServed) return corefileCause(context)
  const unreadable = unreadableCorefile(context)
  if (unreadable !== undefined) return unreadable
  const deployment = client.get('deployments.apps', SYSTEM, 'coredns')
  const isScaledDown = deployment?.spec.replicas === 0
  const target = deployment === undefined ? placeOf(service) : placeOf(deployment, 'spec.replicas')
  const patch = { spec: { replicas: 2 } }
  return {
    code: 'DnsIsDown',
    says: 'No CoreDNS Pod is Ready, so no name in the cluster can be looked up. Addresses still work.',
    evidence: [
      {
        place: placeOf(service, 'endpoints'),
        expected: 'at least one Ready CoreDNS Pod',
        found: 'none',
      },
      {
        place: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: SYSTEM, name: 'coredns' },
        found: deployment === undefined ? 'not there' : replicasText(deployment),
      },
    ],
    place: target,
    ...(isScaledDown
      ? {
          remedy: {
            says: 'Start CoreDNS again.',
            patch: { target, type: 'merge' as const, patch },
            command: patchCommand(target, patch),
          },
        }
      : {}),
  }
}

const COREFILE: Place = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace: SYSTEM,
  name: 'coredns',
  field: 'data.Corefile',
}

/** CoreDNS ends when it is started, since it cannot read its file. */
const unreadableCorefile = (context: DiagnosisContext): Cause | undefined => {
  const { client, facts } = context
  for (const pod of podsOf(client, SYSTEM, { 'k8s-app': 'kube-dns' })) {
    const [{ name = '', state, lastState } = {}] = pod.status.containerStatuses ?? []
    if ((state?.terminated ?? lastState?.terminated)?.exitCode !== 1) continue
    const words = facts.lastWords(pod, name).at(-1)
    if (words === undefined) continue
    return {
      code: 'DnsIsDown',
      says: `CoreDNS ends each time it is started, so no name in the cluster can be looked up. Its last words: ${words}`,
      evidence: [
        { place: placeOf(pod, 'log'), found: words },
        {
          place: COREFILE,
          found: shortOf(corefileOf(client.get('configmaps', SYSTEM, 'coredns'))),
        },
      ],
      place: COREFILE,
      remedy: configMapRemedy(context, COREFILE, facts.corefile),
    }
  }
  return undefined
}

/** A name that every cluster has: whoever serves the cluster's names at all, knows it. */
const KNOWN = 'kubernetes.default.svc.cluster.local.'

/** CoreDNS runs; does it answer as well? */
const corefileCause = (context: DiagnosisContext): Cause | undefined => {
  const { client, world } = context
  const asked = podsOf(client, SYSTEM, { 'k8s-app': 'kube-dns' })
    .filter(isReady)
    .flatMap(({ metadata: { name = '' } }) => world.pod(SYSTEM, name) ?? [])
  const answers = asked.map((pod) => world.dnsAnswer(pod, { name: KNOWN, type: 'A' }))
  if (answers.length === 0 || answers.some((answer) => answer?.rcode === 'NOERROR'))
    return undefined
  const place = COREFILE
  const corefile = corefileOf(client.get('configmaps', SYSTEM, 'coredns'))
  const stays = /^\s*reload\b/m.test(corefile)
    ? ''
    : ' Without the plugin reload it reads another Corefile only when its Pods are started again.'
  return {
    code: 'DnsIsDown',
    says: `CoreDNS runs, but it does not know the names of Services: its Corefile, in the ConfigMap coredns, is missing or wrong. Addresses still work.${stays}`,
    evidence: [
      { place: { ...place, field: KNOWN }, expected: 'an address', found: rcodeOf(answers[0]) },
      { place, found: shortOf(corefile) },
    ],
    place,
    remedy: configMapRemedy(context, place, context.facts.corefile),
  }
}

const rcodeOf = (answer: DnsMessage | undefined): string => answer?.rcode ?? 'no answer'

const MOST_TEXT = 120

const corefileOf = (configMap: ConfigMap | undefined): string =>
  own(configMap?.data, 'Corefile') ?? 'not there'

const shortOf = (text: string): string =>
  text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text

const replicasText = ({ spec, status }: Deployment): string =>
  `${status?.readyReplicas ?? 0} of ${spec.replicas ?? 1} replicas Ready`
