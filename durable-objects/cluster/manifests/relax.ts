// Addresses that another cluster handed out may be taken here, or lie outside of what this one has.
import type { JsonObject } from '#apimachinery/object.ts'
import type { Status } from '#apimachinery/status-error.ts'
import type { Tell } from '#manifests/adapt.ts'
import { at, changeAt, changeEach, omit, within } from '#manifests/shapes.ts'

const NODE_PORT = /^spec\.ports\[(\d+)\]\.nodePort$/

/** Services of more ports get all of them anew: each refusal would have to be asked for. */
const MAX_SINGLE_PORTS = 8

/** What a Service has that is refused for this field; nothing if it has nothing of the kind. */
const withoutAddress = (spec: JsonObject, field: string): JsonObject | undefined => {
  const port = NODE_PORT.exec(field)
  if (port !== null) {
    const list = at(spec, 'ports')
    const isLong = Array.isArray(list) && list.length > MAX_SINGLE_PORTS
    const ports = changeEach(spec, 'ports', (item, index) =>
      (isLong || index === Number(port[1])) && at(item, 'nodePort') !== undefined
        ? omit(item, 'nodePort')
        : item,
    )
    return ports === spec ? undefined : ports
  }
  if (field === 'spec.healthCheckNodePort')
    return at(spec, 'healthCheckNodePort') === undefined
      ? undefined
      : omit(spec, 'healthCheckNodePort')
  if (!/^spec\.(?:clusterIP|ipFamil)/.test(field)) return undefined
  const fields = [
    'ipFamilies',
    'ipFamilyPolicy',
    ...(at(spec, 'clusterIP') === 'None' ? [] : ['clusterIP']),
  ]
  return fields.some((name) => at(spec, name) !== undefined) ? omit(spec, ...fields) : undefined
}

/** The object without the address for which it was refused; nothing if it was refused for something else. */
export const relaxed = (
  resource: string,
  object: JsonObject,
  status: Status | undefined,
  tell: Tell,
): JsonObject | undefined => {
  if (resource !== 'services') return undefined
  for (const { field = '', message = '' } of status?.details?.causes ?? []) {
    const spec = within(object, 'spec')
    const next = changeAt(object, ['spec'], (found) => withoutAddress(found, field) ?? found)
    if (within(next, 'spec') === spec) continue
    tell(field, `this cluster chooses another: ${message}`)
    return next
  }
  return undefined
}
