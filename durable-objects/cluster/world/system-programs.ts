// CoreDNS and kube-proxy read a file that is a ConfigMap's. What they cannot use ends them when they start, and is found in their logs.
import type { ConfigMap } from '#api/core/v1/config-map/types.ts'
import type { Container } from '#api/core/v1/pod/container-types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { keyOf, own, splitKey } from '#apimachinery/object.ts'
import type { Change } from '#client/client.ts'
import type { Component, ComponentContext, ComponentDefinition } from '#client/component.ts'
import { parseCorefile } from '#coredns/corefile.ts'
import { stamped } from '#images/clock.ts'
import { CONFIGURATION_FILE, configurationProblem } from '#kube-proxy/configuration.ts'
import { filesOf } from '#world/container-files.ts'
import { keptCorefile, keepCorefile } from '#world/kept-corefile.ts'
import type { ClusterWorld, RunningProgram } from '#world/world.ts'

const NAMESPACE = 'kube-system'
const LABEL = 'k8s-app'
/** In a container's memory: it is about to end. */
const ENDING = 'is ending'
/** In milliseconds: reading a file and giving up. */
const GIVES_UP_AFTER = 10

interface SystemProgram {
  readonly configMap: string
  readonly key: string
  /** Where its arguments say that its file is. */
  readonly file: (container: Container) => string | undefined
  /** Its last words when it starts with a file that it cannot use. */
  readonly lastWords: (text: string, now: number) => readonly string[] | undefined
  /** What a running one does with another file. */
  readonly reread: (program: RunningProgram, before: string | undefined, text: Text) => void
}

/** A file's text; undefined: it is gone. */
type Text = string | undefined

const argument = ({ command = [], args = [] }: Container, name: RegExp): string | undefined => {
  const words = [...command, ...args]
  const index = words.findIndex((word) => name.test(word))
  if (index < 0) return undefined
  const word = words[index]!
  return word.includes('=') ? word.slice(word.indexOf('=') + 1) : words[index + 1]
}

const failureOf = (corefile: string): string | undefined => {
  const parsed = parseCorefile(corefile)
  return 'failure' in parsed ? parsed.failure : undefined
}

const coredns: SystemProgram = {
  configMap: 'coredns',
  key: 'Corefile',
  file: (container) => argument(container, /^--?conf(=|$)/),
  lastWords: (text) => {
    const failure = failureOf(text)
    return failure === undefined ? undefined : [failure]
  },
  reread: ({ self }, before, text) => {
    const running = keptCorefile(self.store) ?? before
    if (running === undefined || text === running) return keepCorefile(self.store, undefined)
    if (text === undefined || !/^\s*reload\b/m.test(running))
      return keepCorefile(self.store, running)
    const failure = failureOf(text)
    self.log?.('[INFO] Reloading')
    keepCorefile(self.store, failure === undefined ? undefined : running)
    if (failure === undefined) return self.log?.('[INFO] Reloading complete')
    self.log?.(`[ERROR] Restart failed: ${failure}`)
    self.log?.(
      `[ERROR] plugin/reload: Corefile changed but reload failed: starting with listener file descriptors: ${failure}`,
    )
  },
}

const klogError = (text: string, now: number): string =>
  stamped(text, 'klog', now).replace(/^I/, 'E')

const commandFailed = (error: string, now: number): string =>
  klogError(`run.go:72] "command failed" err=${JSON.stringify(error)}`, now)

const UPDATED = "content of the proxy server's configuration file was updated"

// kubernetes: cmd/kube-proxy/app/server.go NewProxyCommand
const kubeProxy: SystemProgram = {
  configMap: 'kube-proxy',
  key: CONFIGURATION_FILE,
  file: (container) => argument(container, /^--config(=|$)/),
  lastWords: (text, now) => {
    const problem = configurationProblem(text)
    return problem === undefined ? undefined : [commandFailed(problem, now)]
  },
  // differs: a file that it can use takes effect at once, without a restart
  reread: (program, _before, text) => {
    const { now } = program.self
    if (text === undefined || configurationProblem(text) === undefined) return
    end(program, [
      klogError(`server.go:143] "Error running ProxyServer" err=${JSON.stringify(UPDATED)}`, now),
      commandFailed(UPDATED, now),
    ])
  },
}

const PROGRAMS = new Map([
  ['kube-dns', coredns],
  ['kube-proxy', kubeProxy],
])

const programOf = ({ metadata }: Pod): SystemProgram | undefined =>
  metadata.namespace === NAMESPACE ? PROGRAMS.get(own(metadata.labels, LABEL) ?? '') : undefined

const end = ({ self }: RunningProgram, words: readonly string[]): void => {
  if (self.store.get(ENDING) !== undefined) return
  self.store.set(ENDING, 'yes')
  for (const line of words) self.log?.(line, 'stderr')
  self.exit?.(1, GIVES_UP_AFTER)
}

class SystemPrograms implements Component {
  readonly name = 'system-programs'
  readonly queue: ComponentContext['queue']
  readonly #client: ComponentContext['client']
  readonly #world: () => ClusterWorld
  /** ConfigMaps that changed, as they were before. */
  readonly #changed = new Map<string, ConfigMap | undefined>()
  /** The text that each could use when it was last looked at. */
  readonly #usable = new Map<SystemProgram, string>()

  constructor({ client, queue }: ComponentContext, world: () => ClusterWorld) {
    this.queue = queue
    this.#client = client
    this.#world = world
    client.watch('configmaps', (change) => this.#configMapChanged(change))
    client.watch('pods', ({ type, object }) => {
      if (type !== 'DELETED' && programOf(object) !== undefined) queue.add(keyOf(object))
    })
  }

  #configMapChanged({ object, old }: Change<ConfigMap>): void {
    const { namespace, name = '' } = object.metadata
    if (namespace !== NAMESPACE || this.#changed.has(name)) return
    if (![...PROGRAMS.values()].some(({ configMap }) => configMap === name)) return
    this.#changed.set(name, old)
    this.queue.add(`/${name}`)
  }

  /** What a program is about to do is kept with its container: there is nothing to begin anew. */
  resync(): void {}

  sync(key: string): void {
    this.#reread()
    const { namespace, name } = splitKey(key)
    const pod = this.#client.get('pods', namespace, name)
    const program = pod === undefined ? undefined : programOf(pod)
    if (pod === undefined || program === undefined || !this.#isUnusable(pod, program)) return
    for (const running of this.#world().programsIn(pod)) {
      const text = textOf(program, running)
      if (text === undefined || keptCorefile(running.self.store) !== undefined) continue
      const words = program.lastWords(text, running.self.now)
      if (words !== undefined) end(running, words)
    }
  }

  /** Looked at first, since it is hardly ever so. */
  #isUnusable(pod: Pod, program: SystemProgram): boolean {
    return pod.spec.containers.some((container) => {
      const path = program.file(container)
      const text = path === undefined ? undefined : filesOf(this.#client, pod, container)(path)
      if (typeof text !== 'string' || this.#usable.get(program) === text) return false
      if (program.lastWords(text, 0) !== undefined) return true
      this.#usable.set(program, text)
      return false
    })
  }

  #reread(): void {
    for (const [name, before] of this.#changed) {
      this.#changed.delete(name)
      for (const pod of this.#client.list('pods', { namespace: NAMESPACE })) {
        const program = programOf(pod)
        if (program?.configMap !== name) continue
        for (const running of this.#world().programsIn(pod))
          program.reread(running, own(before?.data, program.key), textOf(program, running))
      }
    }
  }
}

const textOf = ({ file }: SystemProgram, { container, self }: RunningProgram): Text => {
  const path = file(container)
  const text = path === undefined ? undefined : self.file(path)
  return typeof text === 'string' ? text : undefined
}

export const systemPrograms = (world: () => ClusterWorld): ComponentDefinition => ({
  name: 'system-programs',
  manager: 'kubelet',
  username: 'system:serviceaccount:kube-system:system-programs',
  create: (context) => new SystemPrograms(context, world),
})
