import { schemaOf } from '#api/schemas.ts'
import type { Scale } from '#api/autoscaling/v1/scale/types.ts'
import type { ScaleAccess } from '#api/strategy.ts'
import { invalidValue } from '#apimachinery/field-error.ts'
import type { JsonObject, KubeObject } from '#apimachinery/object.ts'
import { applyJsonPatch } from '#apimachinery/patch/json-patch.ts'
import { applyMergePatch } from '#apimachinery/patch/merge-patch.ts'
import {
  conflict,
  invalid,
  noSuchPath,
  notFound,
  unsupportedMediaType,
} from '#apimachinery/status-error.ts'
import {
  decodeObject,
  fieldValidationOf,
  mediaType,
  readBody,
  readJson,
} from '#kube-apiserver/endpoints/body.ts'
import { operationOf, type ResourceRequest } from '#kube-apiserver/endpoints/context.ts'
import { jsonAnswer, type Answer } from '#kube-apiserver/endpoints/http.ts'
import { checkName } from '#kube-apiserver/endpoints/write.ts'
import { update } from '#kube-apiserver/registry/update.ts'
import { groupResourceOf } from '#kube-apiserver/resources.ts'

const SCALE = {
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
  schema: schemaOf('io.k8s.api.autoscaling.v1.Scale'),
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

const liveOf = ({ context, resource, path }: ResourceRequest): KubeObject => {
  const live = context.etcd.get(resource.name, path.namespace, path.name)
  if (live === undefined) throw notFound(groupResourceOf(resource), path.name)
  return live
}

export const getScale = (target: ResourceRequest): Answer =>
  jsonAnswer(200, scaleOf(accessOf(target), liveOf(target)))

/** Writes the replicas of a Scale into the object. kubernetes: pkg/registry/apps/deployment/storage/storage.go ScaleREST.Update */
const writeScale = (target: ResourceRequest, scale: Scale): Answer => {
  const { context, path, resource } = target
  const access = accessOf(target)
  const { subresource: _scale, ...operation } = operationOf(target, 'PatchOptions')
  const replicas = scale.spec.replicas ?? 0
  if (replicas < 0) {
    throw invalid({ group: 'autoscaling', kind: 'Scale' }, path.name, [
      invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0'),
    ])
  }
  const { object } = update(context, { ...operation, subresource: 'scale' }, path.name, (live) => {
    const { resourceVersion } = scale.metadata
    if (resourceVersion !== undefined && resourceVersion !== live!.metadata.resourceVersion) {
      throw conflict(
        groupResourceOf(resource),
        path.name,
        'the object has been modified; please apply your changes to the latest version and try again',
      )
    }
    return { object: access.withReplicas(live!, replicas) }
  })
  return jsonAnswer(200, scaleOf(access, object))
}

export const putScale = (target: ResourceRequest): Answer => {
  liveOf(target)
  const scale = decodeObject(
    readBody(target.request),
    SCALE,
    fieldValidationOf(target.request),
    target.warnings,
  )
  checkName(target, scale)
  return writeScale(target, scale as Scale)
}

const PATCH_TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
]

export const patchScale = (target: ResourceRequest): Answer => {
  const { request, warnings } = target
  const type = mediaType(request)
  if (!PATCH_TYPES.includes(type)) {
    throw unsupportedMediaType(
      `the body of the request was in an unknown format - accepted media types include: ${PATCH_TYPES.join(', ')}`,
    )
  }
  const current = scaleOf(accessOf(target), liveOf(target)) as unknown as JsonObject
  const { value } = readJson(typeof request.body === 'string' ? request.body : '')
  const patched =
    type === PATCH_TYPES[0] ? applyJsonPatch(current, value) : applyMergePatch(current, value)
  return writeScale(
    target,
    decodeObject(
      { value: patched, duplicates: [] },
      SCALE,
      fieldValidationOf(request),
      warnings,
    ) as Scale,
  )
}
