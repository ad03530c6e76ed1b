// The chains that iptables has of itself, and where the kernel calls them.
import type { Hook } from './packet.ts'
import type { BaseChain } from './ruleset.ts'

/** In the order that iptables-save prints them. */
export const HOOKS_OF_CHAINS: ReadonlyMap<string, Hook> = new Map([
  ['PREROUTING', 'prerouting'],
  ['INPUT', 'input'],
  ['FORWARD', 'forward'],
  ['OUTPUT', 'output'],
  ['POSTROUTING', 'postrouting'],
])

type Place = Pick<BaseChain, 'type' | 'priority'>

/** DNAT comes before other tables, SNAT after them. */
const natPriority = (hook: Hook): number =>
  hook === 'prerouting' || hook === 'output' ? -100 : 100

const placeAt = (table: string, hook: Hook): Place | undefined => {
  const isOnNode = hook === 'input' || hook === 'output'
  switch (table) {
    case 'raw':
      return hook === 'prerouting' || hook === 'output'
        ? { type: 'filter', priority: -300 }
        : undefined
    case 'mangle':
      return { type: hook === 'output' ? 'route' : 'filter', priority: -150 }
    case 'nat':
      return hook === 'forward' ? undefined : { type: 'nat', priority: natPriority(hook) }
    case 'filter':
      return isOnNode || hook === 'forward' ? { type: 'filter', priority: 0 } : undefined
    case 'security':
      return isOnNode || hook === 'forward' ? { type: 'filter', priority: 50 } : undefined
    default:
      return undefined
  }
}

/** What makes a chain of this name a built-in one in the table; undefined for chains of users. */
export const builtInChain = (
  table: string,
  chain: string,
  policy: BaseChain['policy'] = 'accept',
): BaseChain | undefined => {
  const hook = HOOKS_OF_CHAINS.get(chain)
  const place = hook === undefined ? undefined : placeAt(table, hook)
  return hook === undefined || place === undefined ? undefined : { ...place, hook, policy }
}
