import { expect, test } from 'vitest'
import { readTraceRequest } from '#network/read-request.ts'
import { trace } from '#network/trace-request.ts'
import { aProxyEndpoint } from '../../../support/proxy-objects.ts'
import { aWorld, CLIENT } from '../../../support/network-world.ts'

const PODS = Array.from({ length: 40 }, (_, at) => ({
  name: `web-${at}`,
  nodeName: 'node-2',
  address: `10.244.1.${at + 10}`,
}))

const rulesTo = (service: object) => {
  const endpoints = PODS.map(({ address, nodeName }) => aProxyEndpoint(address, { nodeName }))
  const world = aWorld({
    mode: 'nftables',
    pods: [...PODS, CLIENT],
    services: [{ endpoints, ...service }],
  })
  const request = readTraceRequest({ from: { pod: 'client' }, to: 'http://10.96.10.1/' })
  if ('problem' in request) throw new Error(request.problem)
  const { outcome, hops } = trace(world, request)
  expect(outcome).toBe('delivered')
  return hops.map(({ rule, packet }) => ({ ...rule, destination: packet?.destination }))
}

test('a rule that chooses one of many endpoints is shown where it chose', () => {
  const rule = rulesTo({}).find(({ text }) => text?.includes('numgen'))
  const [chosen = ''] = rule?.destination?.split(':') ?? []
  expect(rule).toMatchObject({ number: 1, chain: expect.stringMatching(/^service-/) })
  const at = PODS.findIndex(({ address }) => address === chosen)
  expect(rule?.text).toContain(`${at} : ${chosen} . 8080`)
  expect(rule?.text).toContain('numgen random mod 40 map { ')
  expect(rule?.text).toContain('…')
  expect(rule?.text?.split(' : ').length).toBeLessThan(5)
})

test('a rule that chooses one of many chains is shown where it chose', () => {
  const rules = rulesTo({ stickySeconds: 60 })
  const at = rules.findIndex(({ text }) => text?.includes('numgen'))
  const next = rules[at + 1]
  // 40 rules that look whether the client is known stand before it
  expect(rules[at]).toMatchObject({ number: 41 })
  expect(rules[at]?.text).toContain(` : goto ${next?.chain}`)
  expect(rules[at]?.text?.split(' : ').length).toBeLessThan(5)
})
