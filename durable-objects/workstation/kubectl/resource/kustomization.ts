import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import type { Source } from '#kubectl/resource/read-files.ts'

/** What `-k` builds, as one source of documents. */
export const builtKustomization = (_run: Invocation, folder: string): Source => {
  throw new KubectlFailure(`must build at directory: not a valid directory: ${folder}`)
}
