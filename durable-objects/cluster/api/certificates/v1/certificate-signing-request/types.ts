import type { KubeObject } from '#apimachinery/object.ts'

export interface CertificateSigningRequestCondition {
  readonly type?: string
  readonly status?: string
  readonly reason?: string
  readonly message?: string
  readonly lastUpdateTime?: string
  readonly lastTransitionTime?: string
}

export interface CertificateSigningRequest extends KubeObject {
  readonly spec: {
    readonly request?: string
    readonly signerName?: string
    readonly expirationSeconds?: number
    readonly usages?: readonly string[]
    readonly username?: string
    readonly uid?: string
    readonly groups?: readonly string[]
    readonly extra?: Readonly<Record<string, readonly string[]>>
  }
  readonly status?: {
    readonly conditions?: readonly CertificateSigningRequestCondition[]
    readonly certificate?: string
  }
}
