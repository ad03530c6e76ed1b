// What the arguments of each command may be. kubernetes: kubectl pkg/util/completion/completion.go
import { preferred, sortedBy } from '#kubectl/commands/served.ts'
import { qualifiedName } from '#kubectl/client/discovery.ts'
import { configNames, containerNames, objectNames } from '#kubectl/command/completion-values.ts'
import type { Completions } from '#kubectl/command/completions.ts'
import type { Invocation } from '#kubectl/invocation.ts'

const NO_SPACE = 2
const NO_FILES = 4

type Complete = (run: Invocation, typed: string) => Completions

const plain = (words: readonly string[]): Completions => ({ words, directive: NO_FILES })

/** `pods,sec` goes on with its last part. */
const typeNames = (run: Invocation, typed: string): readonly string[] => {
  const comma = typed.lastIndexOf(',') + 1
  const [before, start] = [typed.slice(0, comma), typed.slice(comma)]
  const all = preferred(run.mapper.resources).filter(({ verbs }) => verbs.includes('get'))
  return sortedBy('', all)
    .map(qualifiedName)
    .filter((name) => name.startsWith(start))
    .map((name) => before + name)
}

/** Types and names, or `type/name`. `allowed`: these types only; `once`: one object only. */
const typesAndNames =
  (allowed: readonly string[] = [], once = false): Complete =>
  (run, typed) => {
    const { args } = run
    const types = (): readonly string[] =>
      allowed.length === 0
        ? typeNames(run, typed)
        : allowed.filter((type) => type.startsWith(typed))
    const unused = (words: readonly string[], used: readonly string[]): readonly string[] =>
      words.filter((word) => !used.includes(word))
    const [first] = args
    if (first !== undefined && !first.includes('/'))
      return plain(
        once && args.length > 1 ? [] : unused(objectNames(run, first, typed), args.slice(1)),
      )
    const slash = typed.indexOf('/')
    if (slash < 0) {
      if (first === undefined) return plain(types())
      return {
        words: once ? [] : types().map((type) => `${type}/`),
        directive: once ? NO_FILES : NO_FILES | NO_SPACE,
      }
    }
    if (once && first !== undefined) return plain([])
    const type = typed.slice(0, slash)
    const names = objectNames(run, type, typed.slice(slash + 1)).map((name) => `${type}/${name}`)
    return plain(unused(names, args))
  }

const OWNERS = [
  'daemonsets',
  'deployments',
  'pods',
  'jobs',
  'replicasets',
  'replicationcontrollers',
  'services',
  'statefulsets',
]

/** Pods, and what has Pods. */
const podsAndOwners: Complete = (run, typed) => {
  if (run.args.length > 0) return plain([])
  const slash = typed.indexOf('/')
  if (slash >= 0) {
    const type = typed.slice(0, slash)
    return plain(objectNames(run, type, typed.slice(slash + 1)).map((name) => `${type}/${name}`))
  }
  const pods = objectNames(run, 'pods', typed)
  return {
    words: [...pods, ...OWNERS.filter((type) => type.startsWith(typed)).map((type) => `${type}/`)],
    directive: pods.length === 0 ? NO_FILES | NO_SPACE : NO_FILES,
  }
}

/** `namespace/`, `pod:`, or a file here. */
const copied: Complete = (run, typed) => ({
  words: /[/:]/.test(typed)
    ? []
    : [
        ...objectNames(run, 'namespaces', typed).map((name) => `${name}/`),
        ...objectNames(run, 'pods', typed).map((name) => `${name}:`),
        ...['./', '/'].filter((path) => path.startsWith(typed)),
      ],
  directive: /[/:]/.test(typed) ? 0 : NO_SPACE,
})

const namesOf =
  (type: string, once = true): Complete =>
  (run, typed) =>
    plain(once && run.args.length > 0 ? [] : objectNames(run, type, typed))

const configured =
  (part: 'contexts' | 'clusters' | 'users'): Complete =>
  (run, typed) =>
    plain(run.args.length > 0 ? [] : configNames(run, part, typed))

const any = typesAndNames()
const SCALABLE = ['deployment', 'replicaset', 'replicationcontroller', 'statefulset']
const ROLLED_OUT = ['deployment', 'daemonset', 'statefulset']
const IMAGES = [
  'daemonsets',
  'deployments',
  'pods',
  'cronjobs',
  'replicasets',
  'replicationcontrollers',
  'statefulsets',
]

const COMMANDS: Readonly<Record<string, Complete>> = {
  annotate: any,
  'apply edit-last-applied': any,
  'apply view-last-applied': any,
  attach: podsAndOwners,
  autoscale: typesAndNames(SCALABLE, true),
  completion: (run, typed) =>
    plain(
      ['fish', 'powershell', 'bash', 'zsh'].filter(
        (shell) => run.args.length === 0 && shell.startsWith(typed),
      ),
    ),
  'config delete-cluster': configured('clusters'),
  'config delete-context': configured('contexts'),
  'config delete-user': configured('users'),
  'config rename-context': configured('contexts'),
  'config use-context': configured('contexts'),
  cp: copied,
  cordon: namesOf('node'),
  'create token': namesOf('serviceaccount'),
  debug: any,
  delete: any,
  describe: any,
  drain: namesOf('node'),
  edit: any,
  exec: podsAndOwners,
  expose: typesAndNames(['pod', 'service', 'replicationcontroller', 'deployment', 'replicaset']),
  get: any,
  label: any,
  logs: (run, typed) =>
    run.args.length === 1
      ? plain(containerNames(run, run.args[0]!, typed))
      : podsAndOwners(run, typed),
  patch: any,
  'port-forward': podsAndOwners,
  'rollout history': typesAndNames(ROLLED_OUT),
  'rollout pause': typesAndNames(['deployment']),
  'rollout restart': typesAndNames(ROLLED_OUT),
  'rollout resume': typesAndNames(['deployment']),
  'rollout status': typesAndNames(ROLLED_OUT, true),
  'rollout undo': typesAndNames(ROLLED_OUT),
  scale: typesAndNames(SCALABLE),
  'set image': typesAndNames(IMAGES),
  taint: typesAndNames(['node']),
  'top node': namesOf('node'),
  'top pod': namesOf('pod'),
  uncordon: namesOf('node'),
}

/** Undefined: the command does not know. */
export const argumentValues = (run: Invocation, typed: string): Completions | undefined =>
  Object.hasOwn(COMMANDS, run.command.name) ? COMMANDS[run.command.name]!(run, typed) : undefined
