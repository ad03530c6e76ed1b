import type { Component, ComponentDefinition } from '#client/component.ts'
import { eventRecorder } from '#client/events.ts'
import { WorkQueue, type Memory } from '#client/work-queue.ts'
import { component, type Origin } from '#apimachinery/origin.ts'
import type { Random } from '#environment.ts'
import { internalClient, type ClientIdentity } from '#kube-apiserver/internal-client.ts'
import type { RegistryContext } from '#kube-apiserver/registry/registry.ts'
import { Runner } from '#runner.ts'
import type { Settings } from '#settings.ts'

interface Parts {
  readonly context: RegistryContext
  readonly memory: Memory
  readonly random: Random
  readonly origin: Origin
  readonly settings: Settings
}

const GROUPS = ['system:masters', 'system:serviceaccounts', 'system:authenticated']

/** Gives a component its own door to the cluster. */
const makeComponent = (parts: Parts, definition: ComponentDefinition): Component => {
  const { context, memory, random, origin, settings } = parts
  const { name, username, manager } = definition
  const identity: ClientIdentity = { user: { username, groups: GROUPS }, manager }
  const client = internalClient(context, identity)
  return definition.create({
    client,
    queue: new WorkQueue(name, context.now, memory, origin),
    memory,
    random,
    events: eventRecorder(client, random),
    settings,
  })
}

/** As whom a component writes. A process that holds many controllers is not said to have done anything: the controllers are. */
const actsAs = ({ name, manager }: ComponentDefinition): string =>
  component(PROCESSES.has(manager) ? manager : name)

const PROCESSES: ReadonlySet<string> = new Set([
  'kube-apiserver',
  'kube-scheduler',
  'kube-proxy',
  'kubelet',
])

/** Makes the components, and who runs them. */
export const runComponents = (
  parts: Parts,
  definitions: readonly ComponentDefinition[],
): { readonly parts: readonly Component[]; readonly runner: Runner } => {
  const names = new Map<Component, string>()
  for (const definition of definitions)
    names.set(makeComponent(parts, definition), actsAs(definition))
  const made = [...names.keys()]
  return { parts: made, runner: new Runner(made, parts.origin, (part) => names.get(part)!) }
}
