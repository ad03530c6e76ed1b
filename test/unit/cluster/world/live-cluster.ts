import type { KubeObject } from '#apimachinery/object.ts'
import type { SettingsRequest } from '#settings.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Exchange } from '#network/world.ts'
import { parseIp, type Ip } from '#net/ip.ts'
import type { ClusterWorld } from '#world/world.ts'
import { ScriptedCluster, type Manifest } from '../../../support/scripted-cluster.ts'

export const ipOf = (text: string): Ip => parseIp(text)!

/** A cluster of three nodes without delays, a second after it was made. */
export const liveCluster = (settings: SettingsRequest = {}): ScriptedCluster => {
  const cluster = new ScriptedCluster({ settings: { delays: 'instant', ...settings } })
  cluster.advance(1000)
  return cluster
}

export const manifest = (
  kind: string,
  name: string,
  more: object,
  apiVersion = 'v1',
  namespace = 'default',
): Manifest => ({ apiVersion, kind, metadata: { name, namespace }, ...more })

export const aPod = (name: string, container: object, spec: object = {}): Manifest => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', labels: { app: name } },
  spec: { containers: [{ name: 'main', ...container }], ...spec },
})

/** Creates objects and lets half a minute pass. */
export const create = (cluster: ScriptedCluster, ...manifests: readonly Manifest[]): void => {
  for (const each of manifests) cluster.create(each)
  cluster.advance(30_000)
}

export const podNamed = (cluster: ScriptedCluster, name: string, namespace = 'default'): Pod =>
  cluster.get(`/api/v1/namespaces/${namespace}/pods/${name}`) as Pod

export const objectAt = (cluster: ScriptedCluster, path: string): KubeObject =>
  cluster.get(path) as KubeObject

export const get = (port: number, path = '/', client = '10.244.9.9:40000'): Exchange => ({
  protocol: 'tcp',
  port,
  client,
  http: { method: 'GET', path, headers: {}, body: '', isTls: false },
})

/** What the Pod answers to `GET /` on the port. */
export const ask = (world: ClusterWorld, name: string, exchange: Exchange, namespace = 'default') =>
  world.askPod(world.pod(namespace, name)!, exchange)
