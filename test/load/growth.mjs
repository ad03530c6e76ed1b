// How rules and match steps grow with the number of Services, in each mode: node growth.mjs BUNDLE COUNT...
import { pathToFileURL } from 'node:url'
import { median, reportTable } from './measure.mjs'
import { addService, readyEndpoint } from './services.mjs'

const [bundle, ...texts] = process.argv.slice(2)
const counts = texts.map(Number)
const MODES = ['iptables', 'nftables', 'ipvs']
const ENDPOINTS = 10
const SAMPLES = 100
const CREATED_AT = Date.parse('2026-01-01T00:00:00Z')

const { Cluster, readTraceRequest, settingsOf } = await import(pathToFileURL(bundle).href)

const addressOf = (number) => `10.128.${(number >> 8) & 255}.${number & 255}`

const clusterOf = (proxyMode) =>
  new Cluster({
    seed: 1,
    settings: settingsOf({ nodes: 1, template: 'bare', delays: 'instant', proxyMode }),
    createdAt: CREATED_AT,
  })

const rulesOn = (cluster, node) => {
  let rules = 0
  for (const [, table] of cluster.tablesOf(node).ruleset.entries())
    for (const [, chain] of table.chains.entries()) rules += chain.rules.length
  return rules
}

/** How many rules the first packet of a request met until its last rewriting. */
const stepsTo = (cluster, node, { spec }) => {
  const request = readTraceRequest({ from: { node }, to: `http://${spec.clusterIP}/` })
  const tried = cluster.trace(request).hops.flatMap(({ rule }) => rule?.tried ?? [])
  return Math.max(...tried)
}

/** The median of many Services: where rules stand one after the other it depends on which Service is asked for. */
const medianSteps = (cluster, node, services) =>
  median(
    Array.from({ length: SAMPLES }, (_, at) =>
      stepsTo(cluster, node, services[Math.floor((at * services.length) / SAMPLES)]),
    ),
  )

/** One cluster of each mode, which gets more and more Services. */
const measured = MODES.map((mode) => {
  const cluster = clusterOf(mode)
  const [{ metadata }] = cluster.objects('nodes')
  const services = []
  return counts.map((count) => {
    while (services.length < count) {
      const from = services.length * ENDPOINTS
      const endpoints = Array.from({ length: ENDPOINTS }, (_, index) =>
        readyEndpoint(addressOf(from + index), metadata.name),
      )
      services.push(addService(cluster, services.length, endpoints))
      cluster.takeChanges()
    }
    return [rulesOn(cluster, metadata.name), medianSteps(cluster, metadata.name, services)]
  })
})

reportTable([
  ['Services', ...MODES.flatMap((mode) => [`${mode}: rules`, 'match steps'])],
  ...counts.map((count, at) => [count, ...measured.flatMap((ofMode) => ofMode[at])]),
])
process.exit(0)
