// Reads what is asked of a diagnosis: `?service=shop/web&from=pod:shop/client&to=http://web:8080/`.
import { readSource } from '#network/read-source.ts'
import { type Problem, readTarget } from '#network/read-target.ts'
import type { Attempt } from './context.ts'

export interface DiagnosisQuery {
  readonly namespace: string
  readonly name: string
  readonly attempt: Attempt
}

/** As a name of an object may be; longer ones cannot exist. */
const NAME = /^[a-z0-9.-]{1,253}$/

export const readDiagnosisQuery = (
  query: Readonly<Record<string, string | undefined>>,
): DiagnosisQuery | Problem => {
  const unknown = Object.keys(query).find((key) => !['service', 'from', 'to'].includes(key))
  if (unknown !== undefined)
    return { problem: `${unknown.slice(0, 40)}: unknown; the parameters are service, from and to` }
  const { service = '', from, to } = query
  const [namespace = '', name = '', ...rest] = service.includes('/')
    ? service.split('/')
    : ['default', service]
  if (!NAME.test(namespace) || !NAME.test(name) || rest.length > 0)
    return { problem: 'service: write NAMESPACE/NAME, for example ?service=default/web' }
  const source = from === undefined || from === '' ? undefined : readSource(from)
  if (source !== undefined && 'problem' in source) return source
  const target = to === undefined || to === '' ? undefined : readTarget(to)
  if (target !== undefined && 'problem' in target) return target
  return {
    namespace,
    name,
    attempt: {
      ...(source === undefined ? {} : { from: source }),
      ...(target === undefined
        ? {}
        : { host: target.host, port: target.port, protocol: protocolOf(target.scheme) }),
    },
  }
}

const protocolOf = (scheme: string): 'TCP' | 'UDP' | 'SCTP' =>
  scheme === 'udp' ? 'UDP' : scheme === 'sctp' ? 'SCTP' : 'TCP'
