// Kinds that little is said of. kubernetes: kubectl pkg/cmd/create/{create_namespace,create_serviceaccount,…}.go
import { createGenerated, metadataFor, named } from '#kubectl/commands/create/generated.ts'
import type { CommandBody } from '#kubectl/invocation.ts'

export const namespace: CommandBody = (run) =>
  createGenerated(
    run,
    named((name) => ({ kind: 'Namespace', apiVersion: 'v1', metadata: { name } })),
  )

export const serviceAccount: CommandBody = (run) =>
  createGenerated(
    run,
    named((name) => ({
      kind: 'ServiceAccount',
      apiVersion: 'v1',
      metadata: metadataFor(run, name),
    })),
    'failed to create serviceaccount',
  )
