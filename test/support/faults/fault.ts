// What the tests of the diagnosis, in the engine and over HTTP, know of a fault.
import type { SettingsRequest } from '#settings.ts'
import type { CauseCode } from '#diagnosis/cause.ts'
import type { Manifest } from '../scripted-cluster.ts'

/** As the parameters of a diagnosis: `pod:default/client`, `http://web/`. */
export interface Asked {
  readonly from?: string
  readonly to?: string
}

export interface Reach {
  readonly from: object
  readonly to: string
}

export interface Merge {
  readonly of: Manifest
  readonly patch: object
}

export interface Fault {
  readonly code: CauseCode
  readonly settings?: Pick<SettingsRequest, 'loadBalancer'>
  /** Merged into what is there, once the Pod `client` runs. */
  readonly before?: readonly Merge[]
  /** Created in this order. */
  readonly manifests: readonly Manifest[]
  /** Merged into what is there, afterwards. */
  readonly changes?: readonly Merge[]
  readonly deleted?: readonly Manifest[]
  /** `default/web` if left out. */
  readonly service?: string
  readonly asked?: Asked
  /** The Service after it was mended, where it is another one. */
  readonly mended?: string
  /** What fails before and is delivered afterwards; `http://web/` from the client's Pod by default. */
  readonly reach?: Reach
  /** It was reached before, too: what is broken is another way to it. */
  readonly wasReached?: boolean
  /** In the end it must be called in another way, as the remedy's `curl` does. */
  readonly isCallers?: boolean
}
