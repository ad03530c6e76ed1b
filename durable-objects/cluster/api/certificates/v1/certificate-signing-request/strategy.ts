// kubernetes: pkg/registry/certificates/certificates/strategy.go
import type {
  CertificateSigningRequest,
  CertificateSigningRequestCondition,
} from '#api/certificates/v1/certificate-signing-request/types.ts'
import {
  validateCertificateSigningRequest,
  validateUpdatedRequest,
} from '#api/certificates/v1/certificate-signing-request/validation.ts'
import type { Strategy, UserInfo } from '#api/strategy.ts'
import { assign, type Mutable } from '#apimachinery/object.ts'
import { formatTime } from '#apimachinery/time.ts'

type Request = CertificateSigningRequest

/** Who asks is whoever makes the object, whatever it says. */
const askedBy = (request: Request, user: UserInfo): Request => {
  const { username: _, uid: _uid, groups: _groups, extra: _extra, ...asked } = request.spec
  const spec: Mutable<Request['spec']> = { ...asked, username: user.username }
  if (user.uid !== undefined) spec.uid = user.uid
  if (user.groups.length > 0) spec.groups = user.groups
  if (user.extra !== undefined) spec.extra = user.extra
  return assign(request, { spec })
}

/** New conditions are stamped with the time; those that hold on keep theirs. */
const stamped = (
  conditions: readonly CertificateSigningRequestCondition[],
  old: Request,
  now: number,
): readonly CertificateSigningRequestCondition[] =>
  conditions.map((condition) => {
    const before = old.status?.conditions?.find(
      ({ type, status }) => type === condition.type && status === condition.status,
    )
    const { lastUpdateTime: updated, lastTransitionTime: changed } = condition
    return assign(condition, {
      lastUpdateTime: updated ?? formatTime(now),
      lastTransitionTime: changed ?? before?.lastTransitionTime ?? formatTime(now),
    })
  })

/** `status` with the conditions that the request comes with. */
const decided = (
  request: Request,
  old: Request,
  status: Request['status'] = {},
  now: number,
): Request => {
  const { conditions: _, ...rest } = status
  const conditions = stamped(request.status?.conditions ?? [], old, now)
  return assign(request, { status: conditions.length === 0 ? rest : { ...rest, conditions } })
}

export const certificateSigningRequestStrategy: Strategy<Request> = {
  // Names are anybody's choice.
  validateName: () => [],
  prepareForCreate: (request, { user }) => askedBy(request, user),
  validate: validateCertificateSigningRequest,
  prepareForUpdate: (request, old) => assign(request, { spec: old.spec }),
  validateUpdate: (request, old) => validateUpdatedRequest(request, old),
  status: {
    prepareForUpdate: (request, old, { now }) => decided(request, old, request.status, now),
    validateUpdate: (request, old) => validateUpdatedRequest(request, old, { certify: true }),
  },
  subresources: {
    approval: {
      prepareForUpdate: (request, old, { now }) =>
        decided(assign(request, { spec: old.spec }), old, old.status, now),
      validateUpdate: (request, old) => validateUpdatedRequest(request, old, { decide: true }),
    },
  },
  hasGeneration: false,
  selectableFields: ({ spec }) => ({ 'spec.signerName': spec.signerName ?? '' }),
}
