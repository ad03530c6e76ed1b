import type { Scale } from '#api/autoscaling/v1/scale/types.ts'
import { schemaOf } from '#api/schemas.ts'
import type { RowPrinter, ScaleAccess } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'
import { invalidValue } from '#apimachinery/field-error.ts'
import { kindText } from '#apimachinery/managed-fields/apply.ts'
import type { JsonObject, KubeObject } from '#apimachinery/object.ts'
import {
  badRequest,
  conflict,
  invalid,
  noSuchPath,
  StatusError,
} from '#apimachinery/status-error.ts'
import { decodeBody } from '#kube-apiserver/endpoints/body.ts'
import { operationOf, viewOf, type ResourceRequest } from '#kube-apiserver/endpoints/context.ts'
import { objectAnswer, type View } from '#kube-apiserver/endpoints/form.ts'
import { liveObject } from '#kube-apiserver/endpoints/get.ts'
import type { Answer } from '#kube-apiserver/endpoints/http.ts'
import {
  applier,
  configurationOf,
  isApply,
  patchedObject,
  patchTypeOf,
} from '#kube-apiserver/endpoints/patch.ts'
import { checkName } from '#kube-apiserver/endpoints/write.ts'
import { withMetadata } from '#kube-apiserver/registry/object-meta.ts'
import type { Operation } from '#kube-apiserver/registry/operation.ts'
import { update, type Updater } from '#kube-apiserver/registry/update.ts'
import { apiVersionOf, groupResourceOf, type Resource } from '#kube-apiserver/resources.ts'

const row: RowPrinter = (object, { now }) => {
  const { metadata, spec, status } = object as Scale
  return [
    metadata.name ?? '',
    spec.replicas ?? 0,
    status.replicas,
    age(now, metadata.creationTimestamp),
  ]
}

/** A Scale is no resource of its own, but is read and shown as if it were one. */
const SCALE: Resource = {
  group: 'autoscaling',
  version: 'v1',
  plural: 'scales',
  kind: 'Scale',
  namespaced: true,
  name: 'scales.autoscaling',
  discovery: {
    resource: 'scales',
    responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
    scope: 'Namespaced',
    singularResource: 'scale',
    verbs: [],
  },
  schema: schemaOf('io.k8s.api.autoscaling.v1.Scale'),
  strategy: {},
  behaviour: { row },
}

const scaleOf = (access: ScaleAccess, object: KubeObject): Scale => {
  const {
    name = '',
    namespace = '',
    uid = '',
    resourceVersion = '',
    creationTimestamp = '',
  } = object.metadata
  const replicas = access.replicas(object)
  const selector = access.selector(object)
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: access.statusReplicas(object), ...(selector === '' ? {} : { selector }) },
  }
}

const accessOf = ({ resource }: ResourceRequest): ScaleAccess => {
  if (resource.strategy.scale === undefined) throw noSuchPath()
  return resource.strategy.scale
}

const scaleView = (target: ResourceRequest): View => ({ ...viewOf(target), resource: SCALE })

export const getScale = (target: ResourceRequest): Answer => {
  const view = scaleView(target)
  const access = accessOf(target)
  const object = liveObject(target)
  const problem = access.problem?.(object)
  if (problem === undefined) return objectAnswer(view, scaleOf(access, object))
  throw new StatusError(500, 'InternalError', `Internal error occurred: ${problem}`, {
    causes: [{ message: problem }],
  })
}

/** The object with what a Scale says of it. kubernetes: pkg/registry/apps/deployment/storage/storage.go scaleUpdatedObjectInfo */
const scaled = (target: ResourceRequest, live: KubeObject, scale: Scale): KubeObject => {
  const { resource, path } = target
  const replicas = scale.spec.replicas ?? 0
  if (replicas < 0)
    throw invalid({ group: 'autoscaling', kind: 'Scale' }, path.name, [
      invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0'),
    ])
  const { uid, resourceVersion } = scale.metadata
  if (uid !== undefined && uid !== live.metadata.uid) {
    const { group, resource: plural } = groupResourceOf(resource)
    throw conflict(
      { group, resource: `${plural}/scale` },
      path.name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${live.metadata.uid ?? ''}`,
    )
  }
  return withMetadata(accessOf(target).withReplicas(live, replicas), { resourceVersion })
}

const write = (
  target: ResourceRequest,
  view: View,
  operation: Operation,
  updater: Updater,
): Answer => {
  const { object } = update(target.context, operation, target.path.name, updater)
  return objectAnswer(view, scaleOf(accessOf(target), object))
}

export const putScale = (target: ResourceRequest): Answer => {
  const view = scaleView(target)
  const operation = operationOf(target, 'UpdateOptions')
  const scale = decodeBody(target.request, SCALE, target.warnings) as Scale
  checkName(target, scale)
  return write(target, view, operation, (live) => ({ object: scaled(target, live!, scale) })) // update refuses what is not there
}

export const patchScale = (target: ResourceRequest): Answer => {
  const view = scaleView(target)
  const type = patchTypeOf(target)
  const operation = operationOf(target, 'PatchOptions')
  if (isApply(type)) {
    const configuration = parentConfiguration(target, configurationOf(target))
    return write(target, view, operation, applier(target, operation, configuration))
  }
  const access = accessOf(target)
  return write(target, view, operation, (live) => {
    const before = scaleOf(access, live!)
    const scale = patchedObject(target, type, before, SCALE) as Scale
    checkName(target, scale)
    return { object: scaled(target, live!, scale) }
  })
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What a Scale that is applied says of the object: only how many replicas it is to have. */
const parentConfiguration = ({ resource }: ResourceRequest, value: unknown): JsonObject => {
  const { apiVersion, kind, metadata, spec } = isObject(value) ? value : {}
  const given = kindText(
    typeof apiVersion === 'string' ? apiVersion : '',
    typeof kind === 'string' ? kind : '',
  )
  if (given !== kindText(apiVersionOf(SCALE), SCALE.kind))
    throw badRequest(`invalid object type: ${given}`)
  const replicas = isObject(spec) ? spec['replicas'] : undefined
  return {
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    ...(metadata === undefined ? {} : { metadata }),
    ...(replicas === undefined ? {} : { spec: { replicas } }),
  }
}
