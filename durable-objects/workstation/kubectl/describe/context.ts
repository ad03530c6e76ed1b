import type { KubeObject } from '#apimachinery/object.ts'
import { asFailure } from '#kubectl/failure.ts'

/**
 * What a describer may ask of the cluster. What is refused throws an ApiError: its message is printed where kubectl prints it, or it
 * ends the description as it does there.
 */
export interface DescribeContext {
  /** `resource`: plural[.group]. undefined: not found. */
  get(resource: string, namespace: string, name: string): KubeObject | undefined
  /** `namespace` '': all. */
  list(
    resource: string,
    namespace: string,
    selectors?: { readonly labels?: string; readonly fields?: string },
  ): readonly KubeObject[]
  /** Milliseconds since the epoch. */
  now(): number
  readonly showEvents: boolean
  readonly chunkSize?: number
}

/** What `ask` answers, or how it failed. */
export const attempt = <T>(ask: () => T): { readonly value: T } | { readonly failure: Error } => {
  try {
    return { value: ask() }
  } catch (error) {
    return { failure: asFailure(error) }
  }
}
