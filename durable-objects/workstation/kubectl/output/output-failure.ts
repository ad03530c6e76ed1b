import { KubectlFailure } from '#kubectl/failure.ts'

/** Ends the command; what was printed before that stands on standard output all the same. */
export class OutputFailure extends KubectlFailure {
  override readonly name = 'OutputFailure'
  readonly output: string

  constructor(message: string, output: string) {
    super(message)
    this.output = output
  }
}
