// `--sort-by`. kubernetes: kubectl pkg/cmd/get/sorter.go SortingPrinter, get.go RuntimeSorter
import { civilTime } from '#apimachinery/time.ts'
import type { JsonObject } from '#apimachinery/object.ts'
import { KubectlFailure, PlainFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { sortObjects, sortRows, UnsortableFailure } from '#kubectl/output/sorter.ts'
import { isTable, rowsOf } from '#kubectl/output/table.ts'
import type { Info } from '#kubectl/resource/info.ts'

/** Each table's rows in order. A table that cannot be sorted is not printed, and only who watches is told why. */
export const sortedTables = (
  run: Invocation,
  infos: readonly Info[],
  isWatched = false,
): readonly Info[] => {
  const sortBy = run.flags.string('sort-by')
  if (sortBy === '') return infos
  return infos.map((info) =>
    info.object !== undefined && isTable(info.object)
      ? { ...info, object: sortedTable(run, info.object, sortBy, isWatched) }
      : info,
  )
}

const sortedTable = (
  run: Invocation,
  table: JsonObject,
  sortBy: string,
  isWatched: boolean,
): JsonObject => {
  try {
    const rows = logged(run, () => sortRows(rowsOf(table), sortBy))
    return { ...table, rows: rows as unknown as JsonObject['rows'] }
  } catch (error) {
    if (error instanceof PlainFailure || !(error instanceof KubectlFailure)) throw error
    if (isWatched)
      throw new KubectlFailure(`unable to output the provided object: ${error.message}`)
    return { ...table, rows: [] }
  }
}

/** The objects of a list in order. */
export const sortedInfos = (run: Invocation, infos: readonly Info[]): readonly Info[] => {
  const sortBy = run.flags.string('sort-by')
  const infoOf = new Map(infos.map((info) => [info.object ?? {}, info]))
  const objects = logged(run, () => sortObjects([...infoOf.keys()], sortBy))
  return objects.map((object) => infoOf.get(object)!)
}

/** What cannot be compared ends kubectl with a line of its log. */
const logged = <T>(run: Invocation, sort: () => T): T => {
  try {
    return sort()
  } catch (error) {
    if (!(error instanceof UnsortableFailure)) throw error
    const head = `F${logTime(run.now())} ${String(run.call.pid).padStart(7)} ${error.source}]`
    throw new PlainFailure(`${head} ${error.message}\n`)
  }
}

/** `0102 03:04:05.678000` */
const logTime = (milliseconds: number): string => {
  const two = (value: number): string => String(value).padStart(2, '0')
  const { month, day, hour, minute, second } = civilTime(milliseconds)
  const micros = String(Math.floor(milliseconds % 1000) * 1000).padStart(6, '0')
  return `${two(month)}${two(day)} ${two(hour)}:${two(minute)}:${two(second)}.${micros}`
}
