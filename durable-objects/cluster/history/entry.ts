// One revision as it is told.
import { actorOf, type Actor } from '#apimachinery/origin.ts'
import { formatMilliTime } from '#apimachinery/time.ts'
import type { Revision } from '#etcd/etcd.ts'
import { sentenceOf, type Verb, verbOf } from './says.ts'

/** Which object. */
export interface Subject {
  readonly kind: string
  readonly apiVersion: string
  /** `pods`, `deployments.apps` */
  readonly resource: string
  readonly namespace?: string
  readonly name: string
}

export interface RevisionEntry {
  readonly revision: number
  /** RFC 3339 with milliseconds; absent if it was written before that was noted. */
  readonly at?: string
  /** Who wrote it; absent if it was written before that was noted. */
  readonly by?: Actor
  readonly what: Subject & {
    readonly verb: Verb
    /** One sentence. */
    readonly says: string
  }
  /** The revision that made somebody write this; `due`: they had waited for that moment since. */
  readonly cause?: { readonly revision: number; readonly due?: string }
}

export const subjectOf = ({ resource, namespace, name, object, previous }: Revision): Subject => {
  const { kind, apiVersion } = (object ?? previous)!
  return { kind, apiVersion, resource, ...(namespace === '' ? {} : { namespace }), name }
}

export const entryOf = (revision: Revision): RevisionEntry => {
  const { at, by, cause } = revision
  const actor = actorOf(by)
  const { due } = cause ?? {}
  return {
    revision: revision.revision,
    ...(at === 0 ? {} : { at: formatMilliTime(at) }),
    ...(actor === undefined ? {} : { by: actor }),
    what: { verb: verbOf(revision), ...subjectOf(revision), says: sentenceOf(revision) },
    ...(cause === undefined
      ? {}
      : {
          cause: {
            revision: cause.revision,
            ...(due === undefined ? {} : { due: formatMilliTime(due) }),
          },
        }),
  }
}
