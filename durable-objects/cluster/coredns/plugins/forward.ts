// coredns: plugin/forward
import { argumentError, type Directive, lineError, pluginError } from '#coredns/corefile-syntax.ts'
import type { PluginAnswer, PluginContext } from '#coredns/plugins/plugin.ts'
import { zoneNames } from '#coredns/zone-names.ts'
import { emptyMessage, isInZone, nearestZone, type Question } from '#net/dns-message.ts'
import { formatIp, parseIp } from '#net/ip.ts'

export interface ForwardPlugin {
  readonly zone: string
  readonly except: readonly string[]
  /** Addresses, or `/etc/resolv.conf`. */
  readonly to: readonly string[]
}

const RESOLV_CONF = '/etc/resolv.conf'
const MAX_UPSTREAMS = 15

const PROPERTIES: ReadonlySet<string> = new Set([
  'except',
  'max_fails',
  'max_connect_attempts',
  'health_check',
  'force_tcp',
  'prefer_udp',
  'tls',
  'tls_servername',
  'expire',
  'max_age',
  'max_idle_conns',
  'policy',
  'max_concurrent',
  'next',
  'failfast_all_unhealthy_upstreams',
  'failover',
])

export const forwardPlugin = (directive: Directive): ForwardPlugin => {
  const [from, ...to] = directive.args
  if (from === undefined || to.length === 0) throw argumentError('forward', directive)
  if (to.length > MAX_UPSTREAMS)
    throw pluginError('forward', `more than ${MAX_UPSTREAMS} TOs configured: ${to.length}`)
  const block = directive.block ?? []
  for (const line of block)
    if (!PROPERTIES.has(line.name))
      throw lineError('forward', line, `unknown property '${line.name}'`)
  const except = block.filter(({ name }) => name === 'except')
  return {
    zone: zoneNames(from)[0]!,
    except: except.flatMap(({ args }) => args.flatMap(zoneNames)),
    to: to.map(upstreamAddress),
  }
}

/** coredns: plugin/pkg/parse/host.go HostPortOrFile. Of files the container has only its resolv.conf. */
const upstreamAddress = (text: string): string => {
  if (text === RESOLV_CONF) return text
  const host = text.replace(/^(dns|tls):\/\//, '').replace(/%.*$/, '')
  const ip = parseIp(host) ?? parseIp(/^\[?(.+?)\]?:\d+$/.exec(host)?.[1] ?? '')
  if (ip === undefined)
    throw pluginError('forward', `not an IP address or file: ${JSON.stringify(text)}`)
  return formatIp(ip)
}

/** The first upstream that answers. Upstream begins at a random one; all of them know the same here. */
export const answerFromUpstream = (
  plugins: readonly ForwardPlugin[],
  question: Question,
  context: PluginContext,
): PluginAnswer => {
  const plugin = plugins.find(
    ({ zone, except }) =>
      isInZone(question.name, zone) && nearestZone(question.name, except) === undefined,
  )
  if (plugin === undefined) return 'next'
  const servers = plugin.to.flatMap((to) => (to === RESOLV_CONF ? context.nodeNameServers : [to]))
  for (const server of servers) {
    const answer = context.forward(server, question)
    if (typeof answer !== 'string') return answer
  }
  return emptyMessage(question, 'SERVFAIL')
}
