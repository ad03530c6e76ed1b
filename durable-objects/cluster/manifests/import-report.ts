import type { ApplyResult } from '#manifests/apply-object.ts'

/** Which object is meant. */
export interface ImportedObject {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace?: string
  readonly name: string
}

export interface Applied extends ImportedObject {
  readonly result: ApplyResult['result']
  /** Why there is one though the text has none. */
  readonly why?: string
}

export interface Dropped extends ImportedObject {
  readonly why: string
}

export interface Changed extends ImportedObject {
  readonly field: string
  readonly why: string
}

export interface Failed extends ImportedObject {
  /** 1 for the first document. */
  readonly document: number
  /** Of the document's first line, or of the fault within it. */
  readonly line: number
  /** Which one of a List's it is, from 1. */
  readonly item?: number
  readonly message: string
}

/** What became of the objects of another cluster. */
export interface ImportReport {
  /** What is here now. */
  readonly applied: readonly Applied[]
  /** What a cluster makes by itself. */
  readonly dropped: readonly Dropped[]
  /** What is here, but not as it was there. */
  readonly changed: readonly Changed[]
  /** What this cluster could not take. */
  readonly failed: readonly Failed[]
  /** What Pods wait for, and the text does not have. */
  readonly missing: readonly Dropped[]
}

const MAX_TEXT = 1000

/** A text that came from outside, or quotes what did, at a length that can be read. */
export const shortened = (text: string): string =>
  text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT).toWellFormed()}…`

const MAX_CHANGES = 20

/** Collects what becomes of each object. */
export class ReportWriter {
  readonly applied: Applied[] = []
  readonly dropped: Dropped[] = []
  readonly changed: Changed[] = []
  readonly failed: Failed[] = []
  readonly missing: Dropped[] = []

  /** No more of one object than somebody reads. */
  change(of: ImportedObject, changes: readonly Pick<Changed, 'field' | 'why'>[]): void {
    for (const { field, why } of changes.slice(0, MAX_CHANGES))
      this.changed.push({ ...of, field: shortened(field), why: shortened(why) })
    const more = changes.length - MAX_CHANGES
    if (more > 0) this.changed.push({ ...of, field: '…', why: `${more} more` })
  }

  report(): ImportReport {
    const { applied, dropped, changed, failed, missing } = this
    return { applied, dropped, changed, failed, missing }
  }
}
