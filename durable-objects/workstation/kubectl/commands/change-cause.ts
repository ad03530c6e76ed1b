// `--record`. kubernetes: cli-runtime pkg/genericclioptions/record_flags.go
import type { JsonObject } from '#apimachinery/object.ts'
import { baseName } from '#shell/files/path.ts'
import { parseFlags } from '#kubectl/command/flags.ts'
import type { Invocation } from '#kubectl/invocation.ts'

const CHANGE_CAUSE = 'kubernetes.io/change-cause'

/** The command line with its flags at the end. kubernetes: parseCommandArguments */
const causeOf = ({ call, command }: Invocation): string => {
  const [program = '', ...words] = call.argv
  const { args, flags } = parseFlags(words, command.flags)
  const given = flags.occurrences.map(([name, value]) => `--${name}=${value}`)
  return [baseName(program), ...args, ...given].join(' ')
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
