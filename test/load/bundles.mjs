// What the cases run, each in one file, made once before they start.
import path from 'node:path'
import { build } from 'esbuild'

const ROOT = path.resolve(import.meta.dirname, '../..')

const ENGINE = `
export { Cluster } from '#cluster.ts'
export { settingsOf } from '#settings.ts'
export { applyManifests } from '#manifests/apply.ts'
export { stateOfRows } from '#etcd/stored-rows.ts'
export { readTraceRequest } from '#network/read-request.ts'
`

const bundle = async (outfile, options) => {
  await build({
    bundle: true,
    format: 'esm',
    target: 'es2024',
    logLevel: 'error',
    outfile,
    ...options,
  })
  return outfile
}

/** The engine, as a module for Node. */
export const bundleEngine = (folder, options = {}) =>
  bundle(path.join(folder, 'engine.mjs'), {
    stdin: {
      contents: ENGINE,
      resolveDir: path.join(ROOT, 'durable-objects/cluster'),
      sourcefile: 'engine.ts',
      loader: 'ts',
    },
    platform: 'node',
    ...options,
  })

/** The learner's computer with its kubectl, beside the engine. */
export const bundleComputer = (folder) =>
  bundle(path.join(folder, 'computer.mjs'), {
    stdin: {
      contents: `${ENGINE}export { Computer, kubectlTool } from '#workstation/programs.ts'\n`,
      resolveDir: path.join(ROOT, 'durable-objects/cluster'),
      sourcefile: 'computer.ts',
      loader: 'ts',
    },
    platform: 'node',
  })

const SNAPSHOTS = `${ENGINE}
export { templateManifests } from '#bootstrap/templates.ts'
export { copiesFrom, dictionaryOf } from '../session/snapshot/copies.ts'
export { HoleWriter } from '../session/snapshot/holes.ts'
export { rowLine } from '../session/snapshot/canonical.ts'
export { snapshotHead, snapshotRows } from '../session/snapshot/state-rows.ts'
export { writeSnapshot } from '../session/snapshot/write-snapshot.ts'
export { openSnapshot, readWholeSnapshot } from '../session/snapshot/read-snapshot.ts'
export { LINK_LIMITS, STORED_LIMITS } from '../session/snapshot/limits.ts'
`

/** Snapshots, beside the engine. */
export const bundleSnapshots = (folder) =>
  bundle(path.join(folder, 'snapshots.mjs'), {
    stdin: {
      contents: SNAPSHOTS,
      resolveDir: path.join(ROOT, 'durable-objects/cluster'),
      sourcefile: 'snapshots.ts',
      loader: 'ts',
    },
    platform: 'node',
  })

/** ngrok/webernetes: its modules are written for bundlers. */
export const bundleOtherSimulator = (folder) =>
  bundle(path.join(folder, 'other-simulator.mjs'), {
    entryPoints: [path.join(ROOT, 'test/load/other-simulator.mjs')],
    platform: 'browser',
    mainFields: ['module', 'main'],
    define: { global: 'globalThis' },
  })
