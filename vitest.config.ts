import { cloudflareTest } from '@cloudflare/vitest-pool-workers'
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { defineConfig } from 'vitest/config'

/** Sessions as older versions of this server stored them. */
const storedSession = (format: number) =>
  JSON.parse(gunzipSync(readFileSync(`test/fixtures/stored/format-${format}.json.gz`)).toString())

// Inside workerd, as wrangler.toml has it but without the page.
const worker = cloudflareTest({
  main: './worker/index.ts',
  miniflare: {
    compatibilityDate: '2026-04-20',
    compatibilityFlags: ['nodejs_compat', 'enable_request_signal', 'request_signal_passthrough'],
    durableObjects: { SESSIONS: { className: 'ClusterSession', useSQLite: true } },
    bindings: { STORED_SESSIONS: { 1: storedSession(1) } },
  },
})

/** These look at what all clusters of a process share (memory, kept texts), so that each has a process of its own. */
const ALONE = [
  'test/unit/cluster/capacity.test.ts',
  'test/unit/cluster/kube-apiserver/endpoints/stored-texts.test.ts',
]

// how long a test takes is no property of ours: only what hangs is stopped
const unit = { setupFiles: ['test/support/fixed-chance.ts'], testTimeout: 120_000 }

export default defineConfig({
  test: {
    maxWorkers: '100%',
    projects: [
      {
        // the modules of the engine are read once, not once for each file: that took two thirds of the time
        test: {
          ...unit,
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          exclude: ALONE,
          isolate: false,
        },
      },
      { test: { ...unit, name: 'unit-alone', include: ALONE } },
      {
        plugins: [worker],
        test: { name: 'workerd', include: ['test/workerd/**/*.test.ts'], testTimeout: 60_000 },
      },
    ],
  },
})
