// kubernetes: kubectl pkg/cmd/create/create_ingress.go
import type { JsonObject } from '#apimachinery/object.ts'
import { intOrString } from '#kubectl/command/values.ts'
import { createGenerated, metadataFor } from '#kubectl/commands/create/generated.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { CommandBody, Invocation } from '#kubectl/invocation.ts'

/** `host/path=service:port`; what follows is not looked at. */
const RULE = /^[\w*\-.]*\/[^,=\n]*=[\w-]+:[\w-]+/

interface HostRule {
  readonly host: string
  readonly paths: JsonObject[]
}

interface HostTls {
  readonly secretName: string
  readonly hosts: string[]
}

export const ingress: CommandBody = (run) =>
  createGenerated(
    run,
    (name) => {
      check(run)
      const annotations = run.flags.list('annotation').map((pair) => cut(pair, '='))
      return {
        kind: 'Ingress',
        apiVersion: 'networking.k8s.io/v1',
        metadata: metadataFor(run, name, {
          annotations: Object.fromEntries(annotations),
        }),
        spec: specOf(run),
      }
    },
    'failed to create ingress',
  )

const cut = (text: string, separator: string): readonly [string, string] => {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

const check = ({ flags }: Invocation): void => {
  const rules = flags.list('rule')
  const backend = flags.string('default-backend')
  if (backend === '' && rules.length === 0)
    throw new KubectlFailure(
      'not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)',
    )
  for (const rule of rules)
    if (!RULE.test(rule))
      throw new KubectlFailure(
        `rule ${rule} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`,
      )
  for (const annotation of flags.list('annotation'))
    if (!annotation.includes('='))
      throw new KubectlFailure(
        `annotation ${annotation} is invalid and should be in format key=[value]`,
      )
  if (backend !== '' && backend.split(':').length !== 2)
    throw new KubectlFailure('default-backend should be in format servicename:serviceport')
}

const specOf = ({ flags }: Invocation): JsonObject => {
  const ingressClassName = flags.string('class')
  const backend = flags.string('default-backend')
  const rules = flags.list('rule')
  return {
    ...(ingressClassName === '' ? {} : { ingressClassName }),
    ...(backend === '' ? {} : { defaultBackend: backendOf(backend) }),
    tls: tlsOf(rules),
    rules: rulesOf(rules).map(({ host, paths }) => ({ host, http: { paths } })),
  }
}

const backendOf = (text: string): JsonObject => {
  const [name = '', given = ''] = text.split(':')
  const port = intOrString(given)
  return { service: { name, port: typeof port === 'number' ? { number: port } : { name: port } } }
}

/** One rule for each host, in the order in which hosts first appear. */
const rulesOf = (rules: readonly string[]): readonly HostRule[] => {
  const found: HostRule[] = []
  for (const text of rules) {
    const [host, rest] = cut(text.split(',')[0]!, '/')
    const path = pathOf(rest)
    const same = found.find((rule) => rule.host === host)
    if (same === undefined) found.push({ host, paths: [path] })
    else same.paths.push(path)
  }
  return found
}

/** `admin*=service:port` */
const pathOf = (text: string): JsonObject => {
  const [given = '', service = ''] = text.split('=')
  const isPrefix = given.endsWith('*')
  return {
    path: `/${isPrefix ? given.slice(0, -1) : given}`,
    pathType: isPrefix ? 'Prefix' : 'Exact',
    backend: backendOf(service),
  }
}

/** Hosts by the Secret that has their certificate; a host counts only once. */
const tlsOf = (rules: readonly string[]): readonly JsonObject[] => {
  const seen = new Set<string>()
  const found: HostTls[] = []
  for (const rule of rules) {
    const [, tls, ...more] = rule.split(',')
    const [host] = cut(rule, '/')
    if (tls === undefined || more.length > 0 || seen.has(host)) continue
    seen.add(host)
    const secretName = tls.split('=')[1] ?? ''
    const same = found.find((one) => one.secretName === secretName)
    if (same !== undefined) same.hosts.push(host)
    else if (host !== '' || secretName !== '')
      found.push({ secretName, hosts: host === '' ? [] : [host] })
  }
  return found.map(({ hosts, secretName }) => ({ hosts, secretName }))
}
