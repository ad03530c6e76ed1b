// What the API server itself says about FlowSchemas. kubernetes: apiserver pkg/util/flowcontrol/apf_controller.go syncFlowSchema
import type { FlowSchema, FlowSchemaCondition } from '#api/flowcontrol/v1/flow-schema/types.ts'
import { assign } from '#apimachinery/object.ts'
import { formatTime } from '#apimachinery/time.ts'
import type { Component, ComponentDefinition } from '#client/component.ts'

const NAME = 'api-priority-and-fairness'
const SCHEMAS = 'flowschemas.flowcontrol.apiserver.k8s.io'
const LEVELS = 'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io'

const DANGLING = 'Dangling'

const conditionOf = (level: string, exists: boolean, now: number): FlowSchemaCondition => ({
  type: DANGLING,
  status: exists ? 'False' : 'True',
  lastTransitionTime: formatTime(now),
  reason: exists ? 'Found' : 'NotFound',
  message: `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(level)} ${exists ? 'and it exists' : 'but there is no such object'}`,
})

const withCondition = (schema: FlowSchema, condition: FlowSchemaCondition): FlowSchema => {
  const conditions = schema.status?.conditions ?? []
  const known = conditions.find(({ type }) => type === DANGLING)
  if (known?.status === condition.status && known?.message === condition.message) return schema
  const others = conditions.filter(({ type }) => type !== DANGLING)
  return assign(schema, { status: { ...schema.status, conditions: [...others, condition] } })
}

export const flowSchemaController: ComponentDefinition = {
  name: NAME,
  manager: 'api-priority-and-fairness-config-consumer-v1',
  username: 'system:apiserver',
  create: ({ client, queue }) => {
    const all = (): readonly FlowSchema[] => client.list(SCHEMAS)
    const resync = (): void => {
      for (const { metadata } of all()) queue.add(metadata.name ?? '')
    }
    client.watch(SCHEMAS, ({ object }) => queue.add(object.metadata.name ?? ''))
    client.watch(LEVELS, ({ type }) => {
      if (type !== 'MODIFIED') resync()
    })
    return {
      name: NAME,
      queue,
      resync,
      sync: (name) => {
        const schema = client.get(SCHEMAS, '', name)
        if (schema === undefined) return
        const level = schema.spec.priorityLevelConfiguration.name
        const exists = client.get(LEVELS, '', level) !== undefined
        const next = withCondition(schema, conditionOf(level, exists, client.now()))
        if (next !== schema) client.update(SCHEMAS, next, { subresource: 'status' })
      },
    } satisfies Component
  },
}
