import { describe, expect, it } from 'vitest'
import type { Container, ResourceRequirements } from '#api/core/v1/pod/container-types.ts'
import { defaultPod } from '#api/core/v1/pod/defaults.ts'
import { ephemeralContainersStages, resizeStages } from '#api/core/v1/pod/subresources.ts'
import type { Pod, PodSpec } from '#api/core/v1/pod/types.ts'
import type { UpdateStages, WriteContext } from '#api/strategy.ts'
import { errorText } from '#apimachinery/field-error.ts'
import { container, pod } from '../../../../../../support/pods.ts'

const context = {} as WriteContext

const written = (stages: UpdateStages<Pod>, spec: Partial<PodSpec>, old: Pod): Pod => {
  const given = defaultPod({ ...old, spec: { ...old.spec, ...spec } })
  return stages.prepareForUpdate!(given, old, context)
}
const refusals = (stages: UpdateStages<Pod>, spec: Partial<PodSpec>, old: Pod): readonly string[] =>
  stages.validateUpdate!(written(stages, spec, old), old, context).map(errorText)

describe('ephemeralContainersStages', () => {
  const debug = { name: 'debug', image: 'busybox' } as Container
  const old = defaultPod(pod({ spec: { ephemeralContainers: [debug] } }))

  it('takes nothing but ephemeral containers', () => {
    const { spec } = written(
      ephemeralContainersStages,
      { ephemeralContainers: [debug, { ...debug, name: 'b' }], containers: [] },
      old,
    )
    expect(spec.ephemeralContainers?.map(({ name }) => name)).toEqual(['debug', 'b'])
    expect(spec.containers).toBe(old.spec.containers)
  })

  it('refuses to remove and to change them', () => {
    expect(refusals(ephemeralContainersStages, { ephemeralContainers: [] }, old)).toEqual([
      'spec.ephemeralContainers: Forbidden: existing ephemeral containers "debug" may not be removed\n',
    ])
    const [changed] = refusals(
      ephemeralContainersStages,
      { ephemeralContainers: [{ ...old.spec.ephemeralContainers![0]!, stdin: true }] },
      old,
    )
    expect(changed).toContain(
      'spec.ephemeralContainers: Forbidden: existing ephemeral containers "debug" may not be changed\n@@ ',
    )
    expect(changed).toContain('\n- "Stdin": false,\n+ "Stdin": true,\n')
  })

  it('validates what is added', () => {
    expect(
      refusals(
        ephemeralContainersStages,
        { ephemeralContainers: [old.spec.ephemeralContainers![0]!, { ...debug, name: 'c' }] },
        old,
      ),
    ).toEqual(['spec.ephemeralContainers[1].name: Duplicate value: "c"'])
  })
})

describe('resizeStages', () => {
  const using = (resources: ResourceRequirements, name = 'c'): Container =>
    container({ name, resources })
  const old = defaultPod(
    pod({
      spec: { containers: [using({ requests: { cpu: '1', memory: '1Gi' } })] },
      status: { qosClass: 'Burstable' },
    }),
  )
  const resize = (...containers: readonly Container[]): readonly string[] =>
    refusals(resizeStages, { containers }, old)

  it('lets CPU and memory change, and leaves the rest as it was', () => {
    const resources = { requests: { cpu: '2', memory: '1Gi' } }
    expect(resize(using(resources))).toEqual([])
    const changed = written(
      resizeStages,
      { containers: [{ ...using(resources), image: 'other' }], hostname: 'h' },
      old,
    )
    expect(changed.spec.containers[0]).toMatchObject({ image: 'nginx', resources })
    expect(changed.spec.hostname).toBeUndefined()
  })

  it('refuses another quality of service', () => {
    const resources = { cpu: '1', memory: '1Gi' }
    expect(resize(using({ requests: resources, limits: resources }))).toEqual([
      'spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing',
    ])
  })

  it('refuses to take a resource away', () => {
    expect(resize(using({ requests: { cpu: '1' } }))).toEqual([
      'spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed',
    ])
  })

  it('refuses other resources', () => {
    expect(
      resize(using({ requests: { cpu: '1', memory: '1Gi', 'ephemeral-storage': '1Gi' } })),
    ).toEqual(['spec: Forbidden: only cpu and memory resources are mutable'])
  })

  it('refuses other containers', () => {
    const resources = { requests: { cpu: '1', memory: '1Gi' } }
    expect(resize(using(resources), using({}, 'd'))).toEqual([
      'spec.containers: Forbidden: containers may not be added or removed on resize',
    ])
    expect(resize(using(resources, 'd'))).toEqual([
      'spec.containers[0].name: Forbidden: containers may not be renamed or reordered on resize',
    ])
  })

  it('leaves init containers that end as they are', () => {
    const before = defaultPod(pod({ spec: { initContainers: [using({}, 'i')] } }))
    const initContainers = [
      { ...before.spec.initContainers![0]!, resources: { requests: { cpu: '1' } } },
    ]
    expect(refusals(resizeStages, { initContainers }, before)).toContain(
      'spec: Forbidden: resources for non-sidecar init containers are immutable',
    )
  })
})
