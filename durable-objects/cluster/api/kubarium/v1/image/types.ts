import type { ObjectMeta } from '#apimachinery/object.ts'

/** A container image that somebody described: which programs it runs is data. */
export interface Image {
  readonly apiVersion: 'kubarium.dev/v1'
  readonly kind: 'Image'
  readonly metadata: ObjectMeta
  readonly spec: ImageSpec
}

export interface ImageSpec {
  /** `example.com/shop/cart` (all tags), `example.com/shop/cart:2`, `example.com/shop/cart:2.*` */
  readonly image: string
  readonly env?: readonly ImageEnv[]
  readonly pull?: ImagePull
  /** How long after its start the program listens: a Go duration, as all times here. */
  readonly startDelay?: string
  readonly listens?: readonly ImageListener[]
  readonly exits?: ImageExit
  readonly log?: readonly ImageLogLine[]
  readonly memory?: string
}

/** A variable without which the program does not start. */
export interface ImageEnv {
  readonly name: string
  readonly message?: string
  /** Default 1. */
  readonly exitCode?: number
}

export interface ImagePull {
  readonly delay?: string
  /** Why it cannot be pulled. */
  readonly failure?: string
}

export interface ImageListener {
  readonly port?: number
  /** The variable that holds the port; `port` is what counts without it. */
  readonly portFrom?: string
  /** Default TCP. */
  readonly protocol?: 'TCP' | 'UDP' | 'SCTP'
  /** Only callers in the same Pod reach it. */
  readonly host?: '127.0.0.1'
  readonly replies?: readonly ImageReply[]
}

export interface ImageReply {
  /** `/cart`, or `/cart/*` for all that begins so. */
  readonly path: string
  /** Default: any. */
  readonly method?: string
  /** Default 200. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly delay?: string
  readonly failure?: 'silent' | 'reset'
  /** The URL that is called first. */
  readonly calls?: string
}

export interface ImageExit {
  readonly after?: string
  readonly code?: number
}

export interface ImageLogLine {
  readonly text: string
  readonly after?: string
  readonly every?: string
}
