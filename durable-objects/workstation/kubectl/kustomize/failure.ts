/** What kustomize says when it cannot build; without `error: `. */
export class KustomizeError extends Error {
  override readonly name = 'KustomizeError'
  /** The text is no YAML: whoever reads a resource says no more than that. */
  readonly isMalformedYaml: boolean

  constructor(message: string, isMalformedYaml = false) {
    super(message)
    this.isMalformedYaml = isMalformedYaml
  }
}

/** Runs `act`; what it throws has `prefix: ` in front. */
export const withPrefix = <T>(prefix: string, act: () => T): T => {
  try {
    return act()
  } catch (error) {
    if (error instanceof KustomizeError) throw new KustomizeError(`${prefix}: ${error.message}`)
    throw error
  }
}
