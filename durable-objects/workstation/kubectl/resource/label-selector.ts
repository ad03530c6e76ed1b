// Label selectors on a command line that become part of an object. kubernetes: apimachinery pkg/apis/meta/v1/helpers.go ParseToLabelSelector
import type { JsonObject } from '#apimachinery/object.ts'
import { parseRequirements, type WrittenRequirement } from '#apimachinery/selector-parser.ts'
import { KubectlFailure } from '#kubectl/failure.ts'

export interface GivenSelector {
  readonly matchLabels: Readonly<Record<string, string>>
  readonly matchExpressions: readonly JsonObject[]
}

export const labelSelectorOf = (text: string): GivenSelector => {
  const requirements = parsed(text)
  for (const { sign } of requirements) {
    if (sign === '>' || sign === '<')
      throw new KubectlFailure(
        `${sign === '>' ? '"gt"' : '"lt"'} isn't supported in label selectors`,
      )
    if (sign === '!=')
      throw new KubectlFailure(`${JSON.stringify(sign)} is not a valid label selector operator`)
  }
  const isLabel = ({ sign }: WrittenRequirement): boolean => sign === '=' || sign === '=='
  return {
    matchLabels: Object.fromEntries(
      requirements.filter(isLabel).map(({ key, values }) => [key, values[0]!]),
    ),
    matchExpressions: requirements
      .filter((requirement) => !isLabel(requirement))
      .map(({ key, operator, values }) => ({ key, operator, values })),
  }
}

const parsed = (text: string): readonly WrittenRequirement[] => {
  try {
    return parseRequirements(text)
  } catch (error) {
    throw new KubectlFailure(
      `couldn't parse the selector string "${text}": ${(error as Error).message}`,
    )
  }
}
