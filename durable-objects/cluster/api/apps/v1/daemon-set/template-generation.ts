import type { DaemonSet } from '#api/apps/v1/daemon-set/types.ts'
import { assign, equal, own } from '#apimachinery/object.ts'
import { sortedMap } from '#apimachinery/sorted-map.ts'

/** Where the API keeps a field that it no longer has. kubernetes: pkg/apis/apps/v1/conversion.go */
const ANNOTATION = 'deprecated.daemonset.template.generation'

const templateGenerationOf = ({ metadata }: DaemonSet): number => {
  const text = own(metadata.annotations, ANNOTATION)
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : 0
}

const withTemplateGeneration = (daemonSet: DaemonSet, generation: number): DaemonSet =>
  assign(daemonSet, {
    metadata: assign(daemonSet.metadata, {
      annotations: sortedMap(
        assign(daemonSet.metadata.annotations ?? {}, { [ANNOTATION]: `${generation}` }),
      ),
    }),
  })

/** Counts from 1, or from what was given. */
export const startTemplateGeneration = (daemonSet: DaemonSet): DaemonSet =>
  withTemplateGeneration(daemonSet, Math.max(1, templateGenerationOf(daemonSet)))

/** Goes up when the template changes; whoever writes the annotation is not heard. */
export const countTemplateGeneration = (daemonSet: DaemonSet, old: DaemonSet): DaemonSet => {
  const changed = equal(daemonSet.spec.template, old.spec.template) ? 0 : 1
  return withTemplateGeneration(daemonSet, templateGenerationOf(old) + changed)
}
