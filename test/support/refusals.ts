// Objects as somebody would write them, and what the API server has to say about them.
import { parseYaml } from '#apimachinery/yaml/parse.ts'
import type { JsonObject } from '#apimachinery/object.ts'
import type { RawAnswer, RawApi } from './raw-api.ts'

export interface Written {
  readonly status: number
  /** One entry for each thing that is wrong. */
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
  readonly body: JsonObject
}

interface Status {
  readonly message?: string
  readonly details?: { readonly causes?: readonly { field?: string; message: string }[] }
}

const written = ({ status, body, warnings }: RawAnswer): Written => {
  const { message = '', details } = body as Status
  const causes = details?.causes?.map((cause) => `${cause.field ?? ''}: ${cause.message}`)
  return { status, body, warnings, problems: status < 300 ? [] : (causes ?? [message]) }
}

/** Creates at a collection: `/apis/storage.k8s.io/v1/csidrivers`. */
export const post = (api: RawApi, path: string, yaml: string): Written =>
  written(api.send('POST', path, parseYaml(yaml).value as object))

/** A merge patch. */
export const merge = (api: RawApi, path: string, yaml: string): Written =>
  written(
    api.send('PATCH', path, parseYaml(yaml).value as object, {
      contentType: 'application/merge-patch+json',
    }),
  )
