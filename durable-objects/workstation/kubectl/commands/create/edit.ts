// `create --edit`: objects go through an editor first. kubernetes: kubectl pkg/cmd/create/create.go RunEditOnCreate, pkg/cmd/util/editor
import type { ToolRun } from '#shell/tools/tool.ts'
import { pathTo } from '#kubectl/client/discovery.ts'
import { recorded } from '#kubectl/commands/change-cause.ts'
import { type Validation, validationOf, writeQuery } from '#kubectl/commands/dry-run.ts'
import {
  checkEditedFormat,
  type EditMode,
  editInfos,
  OBJECT_HEADER,
} from '#kubectl/commands/edit/session.ts'
import { asFailure, throwAll } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { resultPrinter } from '#kubectl/output/result.ts'
import { build } from '#kubectl/resource/builder.ts'
import { type Info, metadataOf } from '#kubectl/resource/info.ts'
import { goJsonLine, withLastApplied } from '#kubectl/resource/last-applied.ts'
import { filesOf } from '#kubectl/resource/files-of.ts'

/** Whatever other flags say. */
const MANAGER = 'kubectl-create'

/** One session for each object. */
export function* createEdited(run: Invocation): ToolRun<void> {
  const validation = validationOf(run)
  const { infos, failures: unread } = build(run, {
    ...filesOf(run),
    enforcesNamespace: run.connection.isExplicit,
    continuesOnError: true,
    flattens: true,
  }).infos()
  const failures = [...unread]
  for (const info of infos)
    try {
      checkEditedFormat(run)
      yield* editInfos(run, [info], creating(run, validation))
    } catch (error) {
      failures.push(asFailure(error))
    }
  throwAll(failures)
}

const creating = (run: Invocation, validation: Validation): EditMode => ({
  header: OBJECT_HEADER,
  save: (edited) => {
    const printer = resultPrinter(run)
    for (const info of edited) printer.print(created(run, info, validation), 'created')
  },
})

const created = (run: Invocation, info: Info, validation: Validation): Info => {
  const given = run.flags.bool('save-config') ? withLastApplied(info.object!) : info.object!
  const object = run.client.object({
    method: 'POST',
    path: pathTo(info.resource, info.namespace),
    query: writeQuery(MANAGER, 'none', validation),
    contentType: 'application/json',
    body: goJsonLine(recorded(run, given)),
  })
  const { name = info.name } = metadataOf(object)
  return { ...info, name, object }
}
