// kubernetes: apiextensions pkg/apihelpers/helpers.go GetAPIApprovalState, pkg/apis/apiextensions/validation/validation.go validateAPIApproval
import type { CustomResourceDefinition } from '#api/apiextensions/v1/custom-resource-definition/types.ts'
import { at, invalidValue, requiredValue, type FieldError } from '#apimachinery/field-error.ts'
import { own } from '#apimachinery/object.ts'

const ANNOTATION = 'api-approved.kubernetes.io'
const SEE = 'https://github.com/kubernetes/enhancements/pull/1111'

export interface Approval {
  readonly state: 'Approved' | 'Bypassed' | 'Missing' | 'Invalid'
  readonly reason: string
}

/** Whether the group belongs to the community, which wants its APIs reviewed. */
export const isProtectedGroup = (group: string): boolean =>
  /(?:^|\.)(?:k8s\.io|kubernetes\.io)$/.test(group)

export const approvalOf = ({ metadata }: CustomResourceDefinition): Approval => {
  const text = own(metadata.annotations, ANNOTATION) ?? ''
  if (text === '')
    return {
      state: 'Missing',
      reason: `protected groups must have approval annotation "${ANNOTATION}", see ${SEE}`,
    }
  if (text.startsWith('unapproved')) return { state: 'Bypassed', reason: `not approved: "${text}"` }
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/\s]+/.test(text))
    return { state: 'Approved', reason: `approved in ${text}` }
  return {
    state: 'Invalid',
    reason: `protected groups must have approval annotation "${ANNOTATION}" with either a URL or a reason starting with "unapproved", see ${SEE}`,
  }
}

export const validateApproval = (
  definition: CustomResourceDefinition,
  old: CustomResourceDefinition | undefined,
): readonly FieldError[] => {
  if (!isProtectedGroup(definition.spec.group ?? '')) return []
  const { state, reason } = approvalOf(definition)
  if (old !== undefined && approvalOf(old).state === state) return []
  const path = at('metadata.annotations', ANNOTATION)
  if (state === 'Missing') return [requiredValue(path, reason)]
  if (state !== 'Invalid') return []
  return [invalidValue(path, own(definition.metadata.annotations, ANNOTATION) ?? '', reason)]
}
