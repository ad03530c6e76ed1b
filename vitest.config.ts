import { cloudflareTest } from '@cloudflare/vitest-pool-workers'
import { defineConfig } from 'vitest/config'

// Inside workerd, as wrangler.toml has it but without the page.
const worker = cloudflareTest({
  main: './worker/index.ts',
  miniflare: {
    compatibilityDate: '2026-04-20',
    compatibilityFlags: ['nodejs_compat', 'enable_request_signal', 'request_signal_passthrough'],
    durableObjects: { SESSIONS: { className: 'ClusterSession', useSQLite: true } },
  },
})

export default defineConfig({
  test: {
    projects: [
      {
        // how long a test takes is no property of ours: only what hangs is stopped
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          setupFiles: ['test/support/fixed-chance.ts'],
          testTimeout: 120_000,
        },
      },
      {
        plugins: [worker],
        test: { name: 'workerd', include: ['test/workerd/**/*.test.ts'], testTimeout: 60_000 },
      },
    ],
  },
})
