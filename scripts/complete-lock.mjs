// After `npm install` changed package-lock.json: adds the optional packages of other platforms that npm left out because they could not be
// looked up, so that `npm ci` takes the lock file as complete. They are never installed on this platform.
import { readFileSync, writeFileSync } from 'node:fs'

const PLATFORM =
  /[-/](android|darwin|freebsd|linux|openharmony|win32|netbsd|openbsd|sunos|aix)-(arm64|arm|x64|ia32|ppc64|riscv64|s390x|loong64|mips64el)/

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'))
const packages = lock.packages
let added = 0
for (const [key, entry] of Object.entries({ ...packages })) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const platform = PLATFORM.exec(name)
    const isThere = packages[`node_modules/${name}`] ?? packages[`${key}/node_modules/${name}`]
    if (isThere !== undefined || platform === null || !/^\d/.test(version)) continue
    const [, os, cpu] = platform
    packages[`node_modules/${name}`] = {
      version,
      cpu: [cpu],
      ...(entry.dev === true ? { dev: true } : {}),
      optional: true,
      os: [os],
    }
    added++
  }
}
const byPath = ([a], [b]) => (a < b ? -1 : 1)
lock.packages = Object.fromEntries(Object.entries(packages).sort(byPath))
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`)
console.log(`added ${added} packages of other platforms`)
