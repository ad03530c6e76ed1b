/** The text is no YAML that kubectl takes; in the words of Go's parser. */
export class YamlError extends Error {
  override readonly name = 'YamlError'
  /** Counted from 1 in the text given; undefined where the fault has no place. */
  readonly line: number | undefined

  constructor(message: string, line?: number) {
    super(message)
    this.line = line
  }
}
