// Which networks are the cluster's own.
import type { Client } from '#client/client.ts'
import { type Cidr, parseCidr } from '#net/cidr.ts'
import type { Settings } from '#settings.ts'

type NodeCount = Pick<Settings, 'nodes'>

const POD_RANGE = parseCidr('10.244.0.0/16')!
const WIDE_POD_RANGE = parseCidr('10.244.0.0/14')!
const NODE_RANGE = parseCidr('192.168.49.0/24')!
const WIDE_NODE_RANGE = parseCidr('192.168.0.0/16')!

/** Nodes behind the 256th have their ranges of Pods behind 10.244.0.0/16. */
export const podRange = ({ nodes }: NodeCount): Cidr => (nodes > 256 ? WIDE_POD_RANGE : POD_RANGE)

/** The cable that nodes and the learner's computer hang on; nodes behind the 254th have addresses behind 192.168.49.0/24. */
export const nodeRange = ({ nodes }: NodeCount): Cidr =>
  nodes > 254 ? WIDE_NODE_RANGE : NODE_RANGE

export const serviceRanges = (client: Client): readonly Cidr[] =>
  client
    .list('servicecidrs.networking.k8s.io')
    .flatMap(({ spec }) => (spec.cidrs ?? []).flatMap((text) => parseCidr(text) ?? []))
