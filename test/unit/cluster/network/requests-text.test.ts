import { expect, test } from 'vitest'
import { readManyRequests } from '#network/read-request.ts'
import { sendRequests } from '#network/requests.ts'
import { requestsText } from '#network/requests-text.ts'
import type { World } from '#network/world.ts'
import {
  aWorld,
  CLIENT,
  COREDNS,
  kubeDns,
  WEB_PODS,
  webEndpoints,
} from '../../../support/network-world.ts'

const textOf = (world: World, from: object, to: string, count: number): string => {
  const many = readManyRequests({ from, to, count })
  if ('problem' in many) throw new Error(many.problem)
  return requestsText(sendRequests(world, many), many.request)
}

const web = { endpoints: webEndpoints() }
const POD = { pod: 'client' }

test('the page says how many, from where and to what, and draws a bar for each Pod', () => {
  const lines = textOf(aWorld({ services: [web] }), POD, 'http://10.96.10.1/', 3000).split('\n')
  expect(lines.slice(0, 5)).toEqual([
    '3000 × GET http://10.96.10.1:80/',
    'From: Client Pod default/client',
    'All were delivered, to 3 servers.',
    '',
    `  delivered  3000  100.0 %  ${'#'.repeat(30)}`,
  ])
  const pods = lines.slice(lines.indexOf('Who answered:') + 1, -1)
  expect(pods).toHaveLength(3)
  for (const line of pods)
    expect(line).toMatch(
      /^ {2}default\/web-\d {2}node-\d {2}10\.244\.\d\.10:8080 {2}HTTP 200 {2} ?\d+ {2}3\d\.\d % {2}#{27,30}$/,
    )
})

test('the page says in a sentence what fails, and why', () => {
  const pods = [...WEB_PODS.slice(0, 2), CLIENT, COREDNS]
  const text = textOf(aWorld({ services: [web], pods }), POD, 'http://10.96.10.1/', 3000)
  expect(text).toMatch(
    /^6\d\.\d % were delivered, to 2 servers; 3\d\.\d % failed, most often no-route: /m,
  )
  expect(text).toMatch(/^Why requests failed:\n {2}\d+ \(3\d\.\d %\) no-route: no Pod has/m)
})

test('the page says that all fail for one reason', () => {
  const text = textOf(aWorld({ services: [{ endpoints: [] }] }), POD, 'http://10.96.10.1/', 7)
  expect(text).toMatch(/^All failed, rejected: a rule on node node-1 rejects the packet/m)
  expect(text).not.toContain('Who answered')
})

test('the page tells of addresses that were given up for another one', () => {
  const records = WEB_PODS.map(({ address }) => `db.default.svc.cluster.local. A ${address}`)
  const pods = [...WEB_PODS.slice(1), CLIENT, COREDNS]
  const world = aWorld({ services: [kubeDns()], records, pods })
  const text = textOf(world, POD, 'http://db:8080/', 10)
  expect(text).toMatch(
    /Addresses that were tried in vain before another one:\n {2}10 \(100\.0 %\) no-route/,
  )
})

test('one failure among many is not rounded away', () => {
  const many = readManyRequests({ from: POD, to: 'http://10.96.10.1/', count: 1 })
  if ('problem' in many) throw new Error(many.problem)
  const text = requestsText(
    {
      count: 100_000,
      outcomes: { delivered: 99_999, timeout: 1 },
      endpoints: [{ name: 'a', address: '1.2.3.4:1', count: 99_999, share: 0.99999 }],
      failures: [{ outcome: 'timeout', says: 'nobody knows', count: 1 }],
    },
    many.request,
  )
  expect(text).toContain('99.9 % were delivered, to 1 server; 0.1 % failed')
})
