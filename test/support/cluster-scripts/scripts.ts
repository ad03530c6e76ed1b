import type { SettingsRequest } from '#settings.ts'
import type { Script } from '../scripted-cluster.ts'
import { autoscaling } from './autoscaling.ts'
import { anything } from './chance.ts'
import { commandProbes, hooks, refusedPods, resizedPods } from './hooks.ts'
import { images } from './images.ts'
import * as lives from './lives.ts'
import * as nodes from './nodes.ts'
import * as orders from './orders.ts'
import { programs } from './programs.ts'
import * as proxies from './proxies.ts'
import { traces } from './traces.ts'

export interface NamedScript {
  readonly name: string
  readonly run: Script
  readonly settings: SettingsRequest
}

const BARE = { template: 'bare', delays: 'instant' } as const satisfies SettingsRequest

const NAMES: readonly (readonly [string, Script, ...SettingsRequest[]])[] = [
  ['the tutorial', lives.tutorial, {}, BARE],
  ['a rollout, a bad image and its undoing', lives.rollout, {}, BARE],
  ['scaling up and down', lives.scaling, {}],
  ['StatefulSets', lives.statefulSet, {}, BARE],
  ['Jobs and CronJobs over hours', lives.jobs, {}, BARE],
  ['nodes that fail and come back', lives.nodeFailure, {}],
  ['the deletion of a namespace with content', lives.namespaceDeletion, {}],
  ['finalizers and kinds of deletion', lives.deletion, {}, BARE],
  ['a quota that is exceeded, and back-off', lives.quota, {}, BARE],
  ['containers that do not start or stay', lives.backOffs, {}],
  ['load balancers', lives.loadBalancer, {}],
  ['server-side apply with conflicts', lives.serverSideApply, {}],
  ['many that watch the same', orders.manyWatchers, {}],
  ['hundreds of endpoints', orders.manyEndpoints, { ...BARE, nodes: 4 }],
  ['crowded nodes', orders.crowded, {}],
  ['the end of a busy namespace', orders.endOfNamespace, {}],
  ['nodes that come and go', orders.changingNodes, {}],
  ['nodes that are deleted under their Pods', nodes.deletedNodes, {}, BARE],
  ['proxies that stop and change their mode', proxies.changingProxies, {}],
  ['proxies with little time', proxies.changingProxies, { delays: 'real', proxyMode: 'nftables' }],
  ['requests that are traced', traces, {}, { ...BARE, proxyMode: 'nftables' }],
  ['programs that ask, answer and end', programs, {}, { delays: 'real' }],
  ['hooks', hooks, {}, { delays: 'instant' }],
  ['probes that run commands', commandProbes, {}, { delays: 'instant' }],
  ['Pods that are resized', resizedPods, {}, { delays: 'instant' }],
  ['Pods that their nodes refuse', refusedPods, {}],
  ['images that change under their containers', images, {}, BARE],
  ['writes that are refused', orders.refusals, {}],
  ['careful rollouts', orders.carefulRollouts, {}],
  ['autoscalers and accounts', autoscaling, {}, BARE],
  ['whatever chance brings', anything(1, 25), {}],
  ['whatever chance brings another time', anything(14, 25), {}],
  ['whatever chance brings', anything(3, 25), BARE],
]

/** What clusters are put through. */
export const scripts: readonly NamedScript[] = NAMES.flatMap(([name, run, ...all]) =>
  all.map((settings) => ({
    name: settings.template === 'bare' ? `${name}, in a bare cluster` : name,
    run,
    settings,
  })),
)
