// A remedy as a line for a shell: what no patch can do is done by deleting and applying.
import type { Cause, Place, Remedy } from './cause.ts'

/** The cause with a line for each remedy that is made of objects. */
export const withCommand = (cause: Cause): Cause => {
  const { remedy } = cause
  if (remedy === undefined || remedy.command !== undefined) return cause
  const command = objectsCommand(remedy)
  return command === undefined ? cause : { ...cause, remedy: { ...remedy, command } }
}

const objectsCommand = ({ delete: places = [], apply = [] }: Remedy): string | undefined => {
  const lines = [
    ...places.map(deleteCommand),
    ...(apply.length === 0 ? [] : [`echo ${quoted(documentOf(apply))} | kubectl apply -f -`]),
  ]
  return lines.length === 0 ? undefined : lines.join(' && ')
}

const deleteCommand = ({ kind, name, namespace }: Place): string =>
  `kubectl delete ${kind.toLowerCase()} ${name}${namespace === undefined ? '' : ` -n ${namespace}`}`

const documentOf = (objects: readonly object[]): string =>
  JSON.stringify(
    objects.length === 1 ? objects[0] : { apiVersion: 'v1', kind: 'List', items: objects },
  )

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`
