// The product as it is deployed, on workerd, in this process: for tests, recordings and benchmarks.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'

const ROOT = path.resolve(import.meta.dirname, '../..')

/** The Worker in one file. */
export const bundle = async () => {
  const result = await build({
    entryPoints: [path.join(ROOT, 'worker/index.ts')],
    bundle: true,
    format: 'esm',
    target: 'es2024',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'worker', 'import'],
    external: ['cloudflare:*', 'node:*'],
    write: false,
    logLevel: 'error',
  })
  return result.outputFiles[0].text
}

/** Starts the product on a free port. `storage`: where sessions are kept; a fresh folder if left out. */
export const startProduct = async ({
  storage = mkdtempSync(path.join(tmpdir(), 'kubarium-')),
  port = 0,
} = {}) => {
  const miniflare = new Miniflare({
    modules: [{ type: 'ESModule', path: 'worker.mjs', contents: await bundle() }],
    compatibilityDate: '2026-04-20',
    compatibilityFlags: ['nodejs_compat', 'enable_request_signal', 'request_signal_passthrough'],
    durableObjects: { SESSIONS: { className: 'ClusterSession', useSQLite: true } },
    durableObjectsPersist: storage,
    host: '127.0.0.1',
    port,
    cf: false,
  })
  const url = (await miniflare.ready).origin
  return { url, storage, stop: () => miniflare.dispose() }
}
