// kubernetes: kubectl pkg/cmd/get/customcolumn.go RelaxedJSONPathExpression
import { KubectlFailure } from '#kubectl/failure.ts'

/** `metadata.name`, `.metadata.name`, `{metadata.name}` as `{.metadata.name}`. */
export const relaxedJsonPath = (expression: string): string => {
  if (expression === '') return ''
  const parts = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(expression)
  if (parts === null)
    throw new KubectlFailure(
      "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'",
    )
  return `{.${parts[1] ?? parts[2]!}}`
}
