// `--record`. kubernetes: cli-runtime pkg/genericclioptions/record_flags.go
import type { JsonObject } from '#apimachinery/object.ts'
import { baseName } from '#shell/files/path.ts'
import { parseFlags } from '#kubectl/command/flags.ts'
import { type Info, metadataOf, pathOfInfo } from '#kubectl/resource/info.ts'
import { goJsonLine } from '#kubectl/resource/last-applied.ts'
import type { Invocation } from '#kubectl/invocation.ts'

const CHANGE_CAUSE = 'kubernetes.io/change-cause'

/** The command line with its flags at the end. kubernetes: parseCommandArguments */
const causeOf = ({ call, command }: Invocation): string => {
  const [program = '', ...words] = call.argv
  const { args, flags } = parseFlags(words, command.flags)
  const given = flags.occurrences.map(([name, value]) => `--${name}=${value}`)
  return [baseName(program), ...args, ...given].join(' ')
}

/** What stands on the object when it is recorded what changed it; empty: nobody asked for it, or it stands there. */
export const newCause = (run: Invocation, object: JsonObject): JsonObject => {
  const cause = metadataOf(recorded(run, object)).annotations?.[CHANGE_CAUSE]
  const isNew = cause !== undefined && cause !== metadataOf(object).annotations?.[CHANGE_CAUSE]
  return isNew ? { [CHANGE_CAUSE]: cause } : {}
}

/** After another change, by a patch of its own. What refuses it is not told. kubernetes: MakeRecordMergePatch */
export const recordChange = (run: Invocation, info: Info): void => {
  const annotations = newCause(run, info.object!)
  if (Object.keys(annotations).length === 0) return
  run.client.raw({
    method: 'PATCH',
    path: pathOfInfo(info),
    contentType: 'application/merge-patch+json',
    body: goJsonLine({ metadata: { annotations } }),
  })
}

/** The object, on which stands what changed it if that was asked for. */
export const recorded = (run: Invocation, object: JsonObject): JsonObject => {
  if (!run.flags.has('record') || !run.flags.bool('record')) return object
  const metadata = (object['metadata'] ?? {}) as JsonObject
  const annotations = metadata['annotations'] as JsonObject | undefined
  return {
    ...object,
    metadata: { ...metadata, annotations: { ...annotations, [CHANGE_CAUSE]: causeOf(run) } },
  }
}
