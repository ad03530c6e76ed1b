import type { ImageReply } from '#api/kubarium/v1/image/types.ts'
import type { ObjectMeta } from '#apimachinery/object.ts'

/** A machine of the internet that somebody described. */
export interface ExternalHost {
  readonly apiVersion: 'kubarium.dev/v1'
  readonly kind: 'ExternalHost'
  readonly metadata: ObjectMeta
  readonly spec: ExternalHostSpec
}

export interface ExternalHostSpec {
  readonly hostnames?: readonly string[]
  readonly addresses?: readonly string[]
  readonly records?: readonly ExternalHostRecord[]
  /** Default 300. */
  readonly ttlSeconds?: number
  readonly ports?: readonly ExternalHostPort[]
  /** A Go duration, as all times of the group. */
  readonly delay?: string
  readonly down?: boolean
}

export interface ExternalHostRecord {
  readonly name: string
  readonly type: 'CNAME' | 'MX' | 'TXT'
  /** As zone files have it. */
  readonly value: string
}

export interface ExternalHostPort {
  readonly port: number
  /** Default TCP. */
  readonly protocol?: 'TCP' | 'UDP' | 'SCTP'
  /** Default: true on port 443. */
  readonly tls?: boolean
  readonly replies?: readonly ImageReply[]
}
