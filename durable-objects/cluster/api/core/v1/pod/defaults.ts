// kubernetes: pkg/apis/core/v1/defaults.go SetDefaults_PodSpec, SetDefaults_Pod; conversion.go
import type { PodTemplateSpec } from '#api/core/v1/pod-template/spec-types.ts'
import type { Container } from '#api/core/v1/pod/container-types.ts'
import { defaultContainer } from '#api/core/v1/pod/defaults-containers.ts'
import {
  defaultPodResources,
  defaultResourceList,
  requestLimits,
} from '#api/core/v1/pod/defaults-resources.ts'
import { defaultResources } from '#api/core/v1/pod/defaults-containers.ts'
import { defaultVolume } from '#api/core/v1/pod/defaults-volumes.ts'
import { dropDisabledFields } from '#api/core/v1/pod/disabled-fields.ts'
import type { Pod, PodSecurityContext, PodSpec } from '#api/core/v1/pod/types.ts'
import { assign, fill, freeze, mapShared } from '#apimachinery/object.ts'

const EMPTY_TEMPLATE: PodTemplateSpec = freeze({ metadata: {}, spec: { containers: [] } })
const NO_SECURITY_CONTEXT: PodSecurityContext = Object.freeze({})

// Ten thousand Pods of one template share their spec: it is worked through once.
const templateSpecs = new WeakMap<PodSpec, PodSpec>()
const podSpecs = new WeakMap<PodSpec, PodSpec>()

const remembered = (
  memory: WeakMap<PodSpec, PodSpec>,
  spec: PodSpec,
  compute: (spec: PodSpec) => PodSpec,
): PodSpec => {
  const known = memory.get(spec)
  if (known !== undefined) return known
  const result = compute(spec)
  if (Object.isFrozen(spec)) memory.set(spec, result)
  return result
}

/** Defaults of a spec wherever it stands, in a Pod or in a template. */
export const defaultPodSpec = (spec: PodSpec): PodSpec =>
  remembered(templateSpecs, spec, computeTemplateSpec)

const computeTemplateSpec = (given: PodSpec): PodSpec => {
  const spec = dropDisabledFields(given)
  return fill(
    assign(spec, {
      // An empty text means the same as none in these fields.
      dnsPolicy: spec.dnsPolicy || 'ClusterFirst',
      restartPolicy: spec.restartPolicy || 'Always',
      schedulerName: spec.schedulerName || 'default-scheduler',
      containers: mapShared(spec.containers ?? [], defaultContainer),
      initContainers: spec.initContainers && mapShared(spec.initContainers, defaultContainer),
      ephemeralContainers:
        spec.ephemeralContainers && mapShared(spec.ephemeralContainers, defaultContainer),
      volumes: spec.volumes && mapShared(spec.volumes, defaultVolume),
      overhead: defaultResourceList(spec.overhead),
      resources: spec.resources && defaultResources(spec.resources),
      ...accountNames(spec),
    }),
    { securityContext: NO_SECURITY_CONTEXT, terminationGracePeriodSeconds: 30 },
  )
}

/** The deprecated `serviceAccount` always says what `serviceAccountName` says. */
const accountNames = (spec: PodSpec): Pick<PodSpec, 'serviceAccount' | 'serviceAccountName'> => {
  const name = spec.serviceAccountName || spec.serviceAccount
  return name ? { serviceAccount: name, serviceAccountName: name } : {}
}

/** Defaults of the template of a workload. */
export const defaultPodTemplateSpec = (
  given: Partial<PodTemplateSpec> | undefined,
): PodTemplateSpec => {
  const template = fill<Partial<PodTemplateSpec>>(given ?? {}, EMPTY_TEMPLATE) as PodTemplateSpec
  return assign(template, { spec: defaultPodSpec(template.spec) })
}

/** Defaults of a Pod, which are more than those of a template. */
export const defaultPod = (pod: Pod): Pod =>
  assign(pod, { spec: remembered(podSpecs, pod.spec ?? { containers: [] }, computePodSpec) })

const computePodSpec = (given: PodSpec): PodSpec => {
  const spec = computeTemplateSpec(given)
  const requested = assign(spec, {
    containers: mapShared(spec.containers, requestLimits),
    initContainers: spec.initContainers && mapShared(spec.initContainers, requestLimits),
  })
  const withHostPorts = spec.hostNetwork === true ? openHostPorts(requested) : requested
  return fill(defaultPodResources(withHostPorts), { enableServiceLinks: true })
}

/** On the host's network a container's port is the host's port. */
const openHostPorts = (spec: PodSpec): PodSpec => {
  const open = (container: Container): Container =>
    assign(container, {
      ports:
        container.ports &&
        mapShared(container.ports, (port) =>
          port.hostPort ? port : assign(port, { hostPort: port.containerPort }),
        ),
    })
  return assign(spec, {
    containers: mapShared(spec.containers, open),
    initContainers: spec.initContainers && mapShared(spec.initContainers, open),
  })
}
