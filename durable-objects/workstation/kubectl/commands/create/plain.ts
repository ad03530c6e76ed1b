// Kinds that little is said of. kubernetes: kubectl pkg/cmd/create/{create_namespace,create_serviceaccount,…}.go
import { createGenerated, metadataFor, nameOf } from '#kubectl/commands/create/generated.ts'
import type { CommandBody } from '#kubectl/invocation.ts'

export const namespace: CommandBody = (run) => {
  const name = nameOf(run)
  createGenerated(run, {
    kind: 'Namespace',
    apiVersion: 'v1',
    metadata: { name },
    spec: {},
    status: {},
  })
}

export const serviceAccount: CommandBody = (run) => {
  const name = nameOf(run)
  createGenerated(
    run,
    { kind: 'ServiceAccount', apiVersion: 'v1', metadata: metadataFor(run, name) },
    'failed to create serviceaccount',
  )
}
