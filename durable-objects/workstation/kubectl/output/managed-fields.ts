// Who manages which field is shown only to those who ask. kubernetes: cli-runtime pkg/genericclioptions/json_yaml_flags.go
import type { JsonObject } from '#apimachinery/object.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { withoutManagedFields } from '#kubectl/output/format.ts'

const WITHOUT: ReadonlySet<string> = new Set(['json', 'yaml', 'kyaml'])

/** What of an object is printed in a format: templates see all of it. */
export const shownIn = (
  { flags }: Pick<Invocation, 'flags'>,
  format: string,
): ((object: JsonObject) => JsonObject) =>
  !WITHOUT.has(format.toLowerCase()) ||
  (flags.has('show-managed-fields') && flags.bool('show-managed-fields'))
    ? (object) => object
    : withoutManagedFields
