// kubernetes: kubectl pkg/cmd/edit, pkg/cmd/util/editor, pkg/cmd/apply/apply_edit_last_applied.go
import { schemaForKind } from '#api/schemas.ts'
import { equal, type JsonObject } from '#apimachinery/object.ts'
import { threeWayPatch } from '#apimachinery/patch/three-way.ts'
import type { ToolRun } from '#shell/tools/tool.ts'
import { managerOf, type Validation, validationOf, writeQuery } from '#kubectl/commands/dry-run.ts'
import {
  checkEditedFormat,
  type EditMode,
  editInfos,
  OBJECT_HEADER,
} from '#kubectl/commands/edit/session.ts'
import { editedInfos } from '#kubectl/commands/edit/edited-file.ts'
import { asFailure, KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { withoutManagedFields } from '#kubectl/output/format.ts'
import { resultPrinter } from '#kubectl/output/result.ts'
import { build } from '#kubectl/resource/builder.ts'
import { type Info, metadataOf, pathOfInfo } from '#kubectl/resource/info.ts'
import {
  applyAnnotationPatch,
  goJsonLine,
  lastApplied,
  withLastApplied,
} from '#kubectl/resource/last-applied.ts'
import { filesOf } from '#kubectl/resource/files-of.ts'

const infosOf = (run: Invocation): readonly Info[] => {
  const { flags } = run
  return build(run, {
    args: run.args,
    allowsEmptySelector: true,
    ...filesOf(run),
    enforcesNamespace: run.connection.isExplicit,
    ...(flags.has('subresource') ? { subresource: flags.string('subresource') } : {}),
    continuesOnError: true,
    latest: true,
    flattens: true,
  }).all()
}

export function* edit(run: Invocation): ToolRun<void> {
  checkEditedFormat(run)
  const validation = validationOf(run)
  const infos = infosOf(run)
  if (infos.length === 0) throw new KubectlFailure('edit cancelled, no objects found')
  yield* editInfos(run, infos, objectMode(run, validation))
}

/** The one that was edited. kubernetes: by its UID */
const originalOf = (info: Info, originals: readonly Info[]): Info => {
  const { uid } = metadataOf(info.object)
  const found = originals.find(({ object }) => metadataOf(object).uid === uid)
  if (found !== undefined) return found
  throw new KubectlFailure(
    `no original object found for &unstructured.Unstructured{Object:map[string]interface {}${JSON.stringify(info.object)}}`,
  )
}

const isRenamed = (before: JsonObject, after: JsonObject): boolean =>
  before['apiVersion'] !== after['apiVersion'] ||
  before['kind'] !== after['kind'] ||
  metadataOf(before).name !== metadataOf(after).name

const objectMode = (run: Invocation, validation: Validation): EditMode => ({
  header: OBJECT_HEADER,
  save: (updated, originals, results) => {
    const printer = resultPrinter(run)
    for (const info of updated) {
      const original = originalOf(info, originals)
      const before = withoutManagedFields(original.object!)
      const edited = withoutManagedFields(info.object!)
      const after = run.flags.bool('save-config') ? withLastApplied(edited) : edited
      if (equal(before, after)) {
        printer.print(info, 'skipped')
        continue
      }
      if (isRenamed(before, after))
        throw new KubectlFailure('At least one of apiVersion, kind and name was changed')
      patch(
        run,
        validation,
        { ...info, subresource: run.flags.string('subresource') },
        before,
        after,
        results,
      )
    }
  },
})

const patch = (
  run: Invocation,
  validation: Validation,
  info: Info,
  before: JsonObject,
  after: JsonObject,
  results: Parameters<EditMode['save']>[2],
): void => {
  const { group, version, kind } = info.resource
  const schema = schemaForKind(group, version, kind)
  const body = goJsonLine(threeWayPatch(before, after, before, schema) ?? {})
  if (run.flags.bool('output-patch')) run.out(`Patch: ${body}\n`)
  try {
    const object = run.client.object({
      method: 'PATCH',
      path: pathOfInfo(info),
      query: writeQuery(managerOf(run), 'none', validation),
      contentType: `application/${schema === undefined ? 'merge' : 'strategic-merge'}-patch+json`,
      body,
    })
    resultPrinter(run).print({ ...info, object }, 'edited')
  } catch (error) {
    run.err(`${results.add(asFailure(error), info)}\n`)
  }
}

const NOTHING_APPLIED =
  'no last-applied-configuration annotation found on resources, to create the annotation, use command `kubectl apply set-last-applied --create-annotation`'

export function* editLastApplied(run: Invocation): ToolRun<void> {
  checkEditedFormat(run)
  const validation = validationOf(run)
  const infos = infosOf(run).flatMap(({ object }) => {
    const text = lastApplied(object!)
    return text === undefined ? [] : editedInfos(run, text, 'edited-file').slice(0, 1)
  })
  if (infos.length === 0) throw new KubectlFailure(NOTHING_APPLIED)
  yield* editInfos(run, infos, {
    header: `# Please edit the 'last-applied-configuration' annotations below.
# Lines beginning with a '#' will be ignored, and an empty file will abort the edit.
#
`,
    save: (updated, originals) => {
      const printer = resultPrinter(run)
      for (const info of updated) {
        const { object } = originalOf(info, originals)
        if (equal(object!, info.object!)) {
          printer.print(info, 'skipped')
          continue
        }
        run.client.send({
          method: 'PATCH',
          path: pathOfInfo({ ...info, namespace: info.resource.isNamespaced ? run.namespace : '' }),
          query: writeQuery(managerOf(run), 'none', validation),
          contentType: 'application/merge-patch+json',
          body: applyAnnotationPatch(info.object!),
        })
        printer.print(info, 'edited')
      }
    },
  })
}
