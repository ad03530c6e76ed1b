// kubernetes: pkg/apis/resource/v1/defaults.go SetDefaults_ExactDeviceRequest, SetDefaults_DeviceSubRequest
import type {
  DeviceRequest,
  ExactDeviceRequest,
  ResourceClaim,
  ResourceClaimSpec,
  ResourceClaimTemplate,
} from '#api/resource/v1/types.ts'
import { assign, mapShared } from '#apimachinery/object.ts'

const EXACT = 'ExactCount'

const withCount = <T extends ExactDeviceRequest>(request: T): T => {
  const allocationMode = request.allocationMode || EXACT
  const count = allocationMode === EXACT ? request.count || 1 : request.count
  return assign<ExactDeviceRequest>(request, { allocationMode, count }) as T
}

const withCounts = (request: DeviceRequest): DeviceRequest =>
  assign(request, {
    exactly: request.exactly && withCount(request.exactly),
    firstAvailable: request.firstAvailable && mapShared(request.firstAvailable, withCount),
  })

const defaultSpec = (spec: ResourceClaimSpec): ResourceClaimSpec => {
  const { devices } = spec
  if (!devices?.requests) return spec
  return assign(spec, {
    devices: assign(devices, { requests: mapShared(devices.requests, withCounts) }),
  })
}

export const defaultResourceClaim = (claim: ResourceClaim): ResourceClaim =>
  assign(claim, { spec: claim.spec && defaultSpec(claim.spec) })

export const defaultResourceClaimTemplate = (
  template: ResourceClaimTemplate,
): ResourceClaimTemplate =>
  template.spec?.spec === undefined
    ? template
    : assign(template, { spec: assign(template.spec, { spec: defaultSpec(template.spec.spec) }) })
