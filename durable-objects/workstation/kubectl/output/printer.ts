// Finds the printer that `-o` names.
import type { Invocation } from '#kubectl/invocation.ts'
import {
  ALLOWED_FORMATS,
  noPrinter,
  type ObjectPrinter,
  printJson,
  yamlPrinter,
} from '#kubectl/output/format.ts'

/** Throws what is said of formats that do not exist. `allowed`: those that the command knows. */
export const printerFor = (
  _run: Invocation,
  format: string,
  allowed: readonly string[] = ALLOWED_FORMATS,
): ObjectPrinter => {
  switch (format) {
    case 'json':
      return printJson
    case 'yaml':
      return yamlPrinter()
    case 'name':
      return () => ''
    default:
      throw noPrinter(format, allowed)
  }
}
