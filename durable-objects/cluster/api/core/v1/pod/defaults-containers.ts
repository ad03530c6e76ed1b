// kubernetes: pkg/apis/core/v1/defaults.go, zz_generated.defaults.go
import type {
  Container,
  EnvVar,
  HTTPGetAction,
  Lifecycle,
  LifecycleHandler,
  Probe,
  ResourceFieldSelector,
  ResourceRequirements,
} from '#api/core/v1/pod/container-types.ts'
import { imageTag } from '#api/core/v1/pod/image-name.ts'
import { defaultResourceList } from '#api/core/v1/pod/defaults-resources.ts'
import { assign, fill, mapShared } from '#apimachinery/object.ts'

const NO_RESOURCES: ResourceRequirements = Object.freeze({})

/** Pulls always if the tag is `latest`, which may be anything tomorrow. */
export const defaultPullPolicy = (image: string | undefined): 'Always' | 'IfNotPresent' =>
  imageTag(image ?? '') === 'latest' ? 'Always' : 'IfNotPresent'

/** What a container of a template and of a Pod lacks. Ephemeral containers are treated alike. */
export const defaultContainer = <C extends Container>(container: C): C => {
  const filled: Container = fill<Container>(unsetEmpty(container), {
    imagePullPolicy: container.imagePullPolicy || defaultPullPolicy(container.image),
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    resources: NO_RESOURCES,
  })
  return assign<Container>(filled, {
    resources: defaultResources(filled.resources),
    ports: filled.ports && mapShared(filled.ports, (port) => fill(port, { protocol: 'TCP' })),
    env: filled.env && mapShared(filled.env, defaultEnv),
    livenessProbe: filled.livenessProbe && defaultProbe(filled.livenessProbe),
    readinessProbe: filled.readinessProbe && defaultProbe(filled.readinessProbe),
    startupProbe: filled.startupProbe && defaultProbe(filled.startupProbe),
    lifecycle: filled.lifecycle && defaultLifecycle(filled.lifecycle),
  }) as C
}

/** An empty string means the same as no string in these fields. */
const unsetEmpty = (container: Container): Container => {
  const changes: Partial<Record<keyof Container, undefined>> = {}
  if ((container.imagePullPolicy as string | undefined) === '') changes.imagePullPolicy = undefined
  if (container.terminationMessagePath === '') changes.terminationMessagePath = undefined
  if ((container.terminationMessagePolicy as string | undefined) === '')
    changes.terminationMessagePolicy = undefined
  return assign(container, changes)
}

/** Amounts as the API server stores them. */
export const defaultResources = (resources: ResourceRequirements): ResourceRequirements =>
  assign(resources, {
    limits: defaultResourceList(resources.limits),
    requests: defaultResourceList(resources.requests),
  })

const defaultEnv = (variable: EnvVar): EnvVar => {
  const from = variable.valueFrom
  if (from === undefined) return variable
  const valueFrom = assign(from, {
    fieldRef: from.fieldRef && fill(from.fieldRef, { apiVersion: 'v1' }),
    resourceFieldRef: from.resourceFieldRef && defaultResourceField(from.resourceFieldRef),
    fileKeyRef: from.fileKeyRef && fill(from.fileKeyRef, { optional: false }),
  })
  return assign(variable, { valueFrom })
}

/** A divisor that was not given is written as zero and read as one. */
export const defaultResourceField = (field: ResourceFieldSelector): ResourceFieldSelector =>
  fill(field, { divisor: '0' })

const defaultProbe = (probe: Probe): Probe =>
  assign(probe, {
    timeoutSeconds: probe.timeoutSeconds || 1,
    periodSeconds: probe.periodSeconds || 10,
    successThreshold: probe.successThreshold || 1,
    failureThreshold: probe.failureThreshold || 3,
    httpGet: probe.httpGet && defaultHttpGet(probe.httpGet),
    grpc: probe.grpc && fill(probe.grpc, { service: '' }),
  })

const defaultHttpGet = (action: HTTPGetAction): HTTPGetAction =>
  assign(action, { path: action.path || '/', scheme: action.scheme || 'HTTP' })

const defaultHandler = (handler: LifecycleHandler): LifecycleHandler =>
  assign(handler, { httpGet: handler.httpGet && defaultHttpGet(handler.httpGet) })

const defaultLifecycle = (lifecycle: Lifecycle): Lifecycle =>
  assign(lifecycle, {
    postStart: lifecycle.postStart && defaultHandler(lifecycle.postStart),
    preStop: lifecycle.preStop && defaultHandler(lifecycle.preStop),
  })
