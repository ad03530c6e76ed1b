import type { KubeObject } from '#apimachinery/object.ts'

/** What a describer may ask of the cluster. What is refused may throw: its message is printed where kubectl prints it. */
export interface DescribeContext {
  /** `resource`: plural[.group]. undefined: not found or forbidden. */
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

/** What `ask` answers, or the message of what it threw. */
export const attempt = <T>(ask: () => T): { readonly value: T } | { readonly error: string } => {
  try {
    return { value: ask() }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}
