// Reads who sends: a Pod, a node, a machine outside.
import { isDns1123Label, isDns1123Subdomain } from '#apimachinery/validation/names.ts'
import { type Fields, fieldOf, isFields } from './fields.ts'
import { type Problem, quoted } from './read-target.ts'
import type { TraceSource } from './trace.ts'

const SOURCES =
  'from: must be one of {"pod": "namespace/name"}, {"node": "name"}, {"internet": true}, {"workstation": true}'

const WORDS = 'from: write pod:NAMESPACE/NAME, node:NAME, internet or workstation'

/** `{"pod": "default/web"}` or, as in a link, `pod:default/web`. */
export const readSource = (value: unknown): TraceSource | Problem => {
  if (typeof value === 'string') return readWords(value)
  if (!isFields(value)) return { problem: SOURCES }
  const [kind, ...others] = Object.keys(value)
  if (kind === undefined || others.length > 0) return { problem: SOURCES }
  const given = value[kind]
  if (kind === 'internet' && given === true) return { internet: true }
  if (kind === 'workstation' && given === true) return { workstation: true }
  if (kind === 'node' && typeof given === 'string')
    return isDns1123Subdomain(given).length === 0
      ? { node: given }
      : { problem: `from: ${quoted(given)} is no name of a node` }
  return kind === 'pod' ? readPod(given) : { problem: SOURCES }
}

/** The names are checked as they are in an object. */
const readWords = (text: string): TraceSource | Problem => {
  if (text === 'internet') return { internet: true }
  if (text === 'workstation') return { workstation: true }
  const [, kind, name = ''] = /^(pod|node):(.*)$/s.exec(text) ?? []
  return kind === undefined ? { problem: WORDS } : readSource({ [kind]: name })
}

/** `namespace/name`, `name` in the namespace default, or both in an object. */
const readPod = (given: unknown): TraceSource | Problem => {
  const pod = typeof given === 'string' ? splitPod(given) : given
  if (!isFields(pod)) return { problem: SOURCES }
  const namespace = fieldOf(pod, 'namespace') ?? 'default'
  const name = fieldOf(pod, 'name')
  const isNamed =
    typeof namespace === 'string' &&
    typeof name === 'string' &&
    isDns1123Label(namespace).length === 0 &&
    isDns1123Subdomain(name).length === 0
  return isNamed
    ? { pod: { namespace, name } }
    : {
        problem: `from: ${quoted(typeof given === 'string' ? given : JSON.stringify(given))} is no "namespace/name" of a Pod`,
      }
}

const splitPod = (text: string): Fields => {
  const slash = text.indexOf('/')
  return slash < 0
    ? { namespace: 'default', name: text }
    : { namespace: text.slice(0, slash), name: text.slice(slash + 1) }
}
