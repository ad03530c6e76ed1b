import { expect, test } from 'vitest'
import { readTraceRequest } from '#network/read-request.ts'
import { trace } from '#network/trace-request.ts'
import type { Trace } from '#network/trace.ts'
import type { KeptConnection, World, WorldKeptConnections } from '#network/world.ts'
import { aWorld, CLIENT, WEB_PODS, webEndpoints } from '../../../support/network-world.ts'

/** A world in which every connection is kept, and programs are called as a test says. */
const worldWith = (process: { name: string; runs: boolean }): World => {
  const kept = new Map<string, KeptConnection>()
  const keptConnections: WorldKeptConnections = {
    get: (_, target) => kept.get(target),
    set: (_, target, given) => {
      if (given === undefined) kept.delete(target)
      else kept.set(target, { ...given, isCutOff: false })
    },
    processAt: () => process.name,
    runs: () => process.runs,
  }
  const services = [{ endpoints: webEndpoints() }]
  return Object.assign(aWorld({ services, pods: [...WEB_PODS, CLIENT] }), { keptConnections })
}

const send = (world: World): Trace => {
  const to = 'http://10.96.10.1/'
  const request = readTraceRequest({ from: { pod: 'client' }, to, connection: 'reuse' })
  if ('problem' in request) throw new Error(request.problem)
  return trace(world, request)
}

test('a kept connection is reset by a program that knows nothing of it', () => {
  const process = { name: 'first', runs: true }
  const world = worldWith(process)
  const { reply } = send(world)
  expect(send(world).reply?.from).toBe(reply?.from)
  process.name = 'second'
  const { outcome, says, hops } = send(world)
  expect(outcome).toBe('refused')
  expect(says).toContain('knows of no such connection')
  expect(hops.at(-1)!.says).toBe('Pod default/client reports: "Connection reset by peer"')
  // a program that has heard of the reset opens another one
  expect(send(world).hops[0]!.says).toContain('opens a TCP connection')
})

test('a kept connection that the other end has closed is not tried', () => {
  const process = { name: 'first', runs: true }
  const world = worldWith(process)
  send(world)
  process.runs = false
  const { outcome, hops } = send(world)
  expect(outcome).toBe('delivered')
  expect(hops.filter(({ what }) => what === 'closed' || what === 'send')).toMatchObject([
    { what: 'closed' },
    { what: 'send', says: expect.stringContaining('opens a TCP connection') as string },
  ])
})

test('connections are not kept unless it is asked for', () => {
  const world = worldWith({ name: 'first', runs: true })
  const request = readTraceRequest({ from: { pod: 'client' }, to: 'http://10.96.10.1/' })
  if ('problem' in request) throw new Error(request.problem)
  trace(world, request)
  expect(send(world).hops[0]!.says).toContain('opens a TCP connection')
})
