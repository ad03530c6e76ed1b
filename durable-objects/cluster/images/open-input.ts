import { InputStream } from '#shell/kernel/stream.ts'

/** Nobody writes into it while the container is on its own. */
export class OpenInput extends InputStream {
  isWanted = false

  override read(): ReturnType<InputStream['read']> {
    this.isWanted = true
    return super.read()
  }
}
