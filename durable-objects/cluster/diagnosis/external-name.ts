// Whether the name that an ExternalName Service stands for answers.
import type { Service } from '#api/core/v1/service/types.ts'
import type { Cause } from './cause.ts'
import { type DiagnosisContext, listed, namespaceOf, patchCommand, placeOf } from './context.ts'
import { chainOf, endlessCause } from './external-chain.ts'
import { parseIp, type Ip } from '#net/ip.ts'
import type { Answer } from '#network/world.ts'

const CLIENT = '198.51.100.7:40000'
const DEFAULT_PORT = 80
const MISDIRECTED = 421
const CLUSTER_DOMAIN = '.cluster.local'

export const externalNameCause = (asked: DiagnosisContext): Cause | undefined => {
  const chain = chainOf(asked)
  const endless = endlessCause(chain)
  if (endless !== undefined) return endless
  const { target } = chain
  // what is wrong with where it leads to is wrong with the last of the names
  const context = { ...asked, service: chain.services.at(-1)! }
  if (parseIp(target) !== undefined) return isAddress(context, target)
  // what a name of the cluster stands for is another Service's business
  if (target.endsWith(CLUSTER_DOMAIN)) return clusterNameCause(context, target)
  const ip = addressOf(context, target)
  if (ip === undefined) return notFound(context, target)
  return portRefused(context, target, ip) ?? hostRefused(context, target, ip)
}

const addressOf = ({ world }: DiagnosisContext, name: string): Ip | undefined => {
  const { answer } = world.internet.resolve({ name: `${name}.`, type: 'A' })
  const record = answer.find(({ type }) => type === 'A')
  return record !== undefined && 'address' in record ? parseIp(record.address) : undefined
}

const isAddress = ({ service, attempt }: DiagnosisContext, address: string): Cause => {
  const { name } = service.metadata
  const namespace = namespaceOf(service)
  const ports = service.spec.ports ?? [{ port: attempt.port ?? DEFAULT_PORT }]
  return {
    code: 'ExternalNameIsAddress',
    says: `externalName is "${address}", an address. An ExternalName becomes a CNAME record, which can only hold a name: DNS is asked for a host called "${address}", and there is none.`,
    evidence: [
      { place: placeOf(service, 'spec.externalName'), expected: 'a DNS name', found: address },
    ],
    place: placeOf(service, 'spec.externalName'),
    remedy: {
      says: 'Use a Service without a selector, and an EndpointSlice with the address.',
      delete: [placeOf(service)],
      apply: [
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name, namespace },
          spec: {
            ports: ports.map(({ name: port, port: number }) => ({
              ...(port === undefined ? {} : { name: port }),
              port: number,
            })),
          },
        },
        {
          apiVersion: 'discovery.k8s.io/v1',
          kind: 'EndpointSlice',
          metadata: {
            name: `${name}-address`,
            namespace,
            labels: { 'kubernetes.io/service-name': name },
          },
          addressType: 'IPv4',
          endpoints: [{ addresses: [address] }],
          ports: ports.map(({ name: port = '', port: number }) => ({ name: port, port: number })),
        },
      ],
    },
  }
}

/** Only of Services: a Pod's own name comes and goes with it. */
const clusterNameCause = (context: DiagnosisContext, target: string): Cause | undefined => {
  const [, name = '', namespace = ''] = /^([^.]+)\.([^.]+)\.svc\.cluster\.local$/.exec(target) ?? []
  if (name === '' || context.client.get('services', namespace, name) !== undefined) return undefined
  return notFound(context, target)
}

const notFound = (context: DiagnosisContext, name: string): Cause => {
  const { service } = context
  const target = placeOf(service, 'spec.externalName')
  const meant = meantService(context, name)
  const full = meant && `${meant.metadata.name}.${namespaceOf(meant)}.svc${CLUSTER_DOMAIN}`
  const patch = { spec: { externalName: full } }
  return {
    code: 'ExternalNameNotFound',
    says: `externalName is "${name}", and no such name exists in DNS. It is taken as it stands, from the root of DNS: nobody completes it with the cluster's domain.`,
    evidence: [{ place: target, expected: full ?? 'a name that exists', found: name }],
    place: target,
    ...(full === undefined
      ? {}
      : {
          remedy: {
            says: `Write the full name of the Service: ${full}.`,
            patch: { target, type: 'merge', patch },
            command: patchCommand(target, patch),
          },
        }),
  }
}

/** The Service that the author thought of: `web`, `web.shop`, `web.shop.svc`, or of that name in another namespace. */
const meantService = ({ client, service }: DiagnosisContext, text: string): Service | undefined => {
  const [name, namespace = namespaceOf(service)] = text.split('.')
  const found = client
    .list('services')
    .filter(
      ({ metadata: { name: theirs, uid } }) => theirs === name && uid !== service.metadata.uid,
    )
  return (
    found.find((candidate) => namespaceOf(candidate) === namespace) ??
    (found.length === 1 ? found[0] : undefined)
  )
}

const ask = (
  { world }: DiagnosisContext,
  ip: Ip,
  port: number,
  host: string | undefined,
): Answer | undefined =>
  world.internet.ask(ip, {
    protocol: 'tcp',
    port,
    client: CLIENT,
    ...(host === undefined
      ? {}
      : {
          http: { method: 'GET', path: '/', headers: { host }, body: '', isTls: port === 443 },
        }),
  })

/** The port of the Service means nothing: a name has none. */
const portRefused = (context: DiagnosisContext, target: string, ip: Ip): Cause | undefined => {
  const { service, attempt } = context
  const port = attempt.port ?? service.spec.ports?.[0]?.port
  if (port === undefined || ask(context, ip, port, undefined)?.kind !== 'refused') return undefined
  const open = [DEFAULT_PORT, 443].filter(
    (candidate) => ask(context, ip, candidate, undefined)?.kind !== 'refused',
  )
  return {
    code: 'ExternalNamePortRefused',
    says: `${service.metadata.name} is only another name for ${target}: the caller connects to ${target} itself, on the port that it asked for, ${port}, and there it is refused. ExternalName changes no ports.`,
    evidence: [
      { place: placeOf(service, 'spec.externalName'), found: target },
      {
        place: placeOf(service, 'the port that was asked'),
        expected: listed(open.map(String)),
        found: port,
      },
    ],
    place: placeOf(service, 'spec.ports'),
    ...(open.length === 0
      ? {}
      : {
          remedy: {
            says: `Call port ${open[0]} of ${target}.`,
            command: `curl ${open[0] === 443 ? 'https' : 'http'}://${target}/`,
          },
        }),
  }
}

/** The caller sends the Service's name as the Host header; many servers know only their own. */
const hostRefused = (context: DiagnosisContext, target: string, ip: Ip): Cause | undefined => {
  const { service, attempt } = context
  const { host } = attempt
  // only who says how it was called may have called it by HTTP
  if (host === undefined) return undefined
  const port = attempt.port ?? service.spec.ports?.[0]?.port ?? DEFAULT_PORT
  const own = ask(context, ip, port, target)
  const theirs = ask(context, ip, port, host)
  if (own?.kind !== 'http' || theirs?.kind !== 'http' || own.status >= 400) return undefined
  if (theirs.status !== 404 && theirs.status !== MISDIRECTED) return undefined
  return {
    code: 'ExternalNameHostRefused',
    says: `The caller reaches ${target}, but says "Host: ${host}", and that server answers ${theirs.status} to a host that it does not know. ExternalName works in DNS only: it rewrites no headers.`,
    evidence: [
      { place: placeOf(service, 'spec.externalName'), found: target },
      { place: placeOf(service, 'the Host header'), expected: target, found: host },
    ],
    place: placeOf(service, 'spec.externalName'),
    remedy: {
      says: `Call the host by its own name, or send it: Host: ${target}.`,
      command: `curl ${port === 443 ? 'https' : 'http'}://${target}${port === 443 || port === DEFAULT_PORT ? '' : `:${port}`}/`,
    },
  }
}
