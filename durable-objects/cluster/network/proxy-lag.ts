// Rules are as old as the last sync of their node's proxy: a trace says where that matters.
import type { Passage } from '#netfilter/node-stack.ts'
import type { Hops } from './hops.ts'
import type { World, WorldNode } from './world.ts'

/** For each passage of a walk through a node; only where a connection begins are the rules asked. */
export const proxyLag =
  (world: World, hops: Hops) =>
  (node: WorldNode, { connection, isKnown, isReply }: Passage): void => {
    if (connection === undefined || isKnown || isReply) return
    const stale = node.staleService?.(connection.original)
    if (stale === undefined) return
    const { service, due } = stale
    const what = `Service ${service} or its endpoints have changed since`
    hops.add(() => ({
      where: { node: node.name, component: 'kube-proxy' },
      what: 'stale',
      says:
        due === undefined
          ? `kube-proxy on ${node.name} hears of no changes, so that the rules are old: ${what}`
          : `kube-proxy on ${node.name} writes its rules anew in ${secondsText(due - world.now)}; until then they are old: ${what}`,
    }))
  }

const secondsText = (milliseconds: number): string =>
  `${Math.max(0.001, milliseconds / 1000)
    .toFixed(3)
    .replace(/\.?0+$/, '')} s`
