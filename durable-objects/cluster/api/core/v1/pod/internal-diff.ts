import type { JsonValue } from '#apimachinery/object.ts'
import { unifiedDiff } from '#apimachinery/unified-diff.ts'

/** Go escapes in JSON what could be markup. */
const textOf = (value: JsonValue): string =>
  JSON.stringify(value, null, 1).replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`)

/** What differs between two internal forms. kubernetes: apimachinery pkg/util/diff Diff */
export const internalDiff = (a: JsonValue, b: JsonValue): string =>
  unifiedDiff(textOf(a), textOf(b))
