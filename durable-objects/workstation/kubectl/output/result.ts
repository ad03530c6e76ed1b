// What commands that change something say of each object. kubernetes: cli-runtime pkg/printers/name.go, PrintFlags
import type { JsonObject } from '#apimachinery/object.ts'
import type { DryRun } from '#kubectl/commands/dry-run.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { outputFormat } from '#kubectl/output/format.ts'
import { shownIn } from '#kubectl/output/managed-fields.ts'
import { printerFor, typedPrinterFor } from '#kubectl/output/printer.ts'
import { asTyped } from '#kubectl/output/typed.ts'
import { type Info, typedName } from '#kubectl/resource/info.ts'

export interface ResultPrinter {
  /** `operation`: `created`. */
  print(info: Info, operation: string): void
  /** Only whole objects are printed: `-o yaml` and the like. */
  readonly printsObjects: boolean
  /** The object in the format that was asked for. */
  printObject(object: JsonObject): void
}

const SUFFIX = { none: '', client: ' (dry run)', server: ' (server dry run)' } as const

/** Throws at once if there is no such format. `isTyped`: objects are printed in the order of their types. */
export const resultPrinter = (
  run: Invocation,
  dryRun: DryRun = 'none',
  { isTyped = false }: { readonly isTyped?: boolean } = {},
): ResultPrinter => {
  const format = outputFormat(run)
  const printsObjects = format !== '' && format !== 'name'
  const printer = isTyped ? typedPrinterFor : printerFor
  const print = printsObjects ? printer(run, format) : undefined
  const shown = shownIn(run, format)
  const printObject = (object: JsonObject): void =>
    run.out(print?.(shown(isTyped ? asTyped(object) : object)) ?? '')
  return {
    printsObjects,
    printObject,
    print: (info, operation) => {
      if (printsObjects) printObject(info.object ?? {})
      else if (format === 'name') run.out(`${typedName(info)}\n`)
      else run.out(`${typedName(info)} ${operation}${SUFFIX[dryRun]}\n`)
    },
  }
}
