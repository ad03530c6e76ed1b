// Tools that ask the kernel what a container may do to it.
import type { RunPlace } from '#images/run-place.ts'
import { own } from '#apimachinery/object.ts'
import { type Tool, writeError, writeOut } from '#shell/tools/tool.ts'

/** What a kernel says that nobody has told anything else. */
const DEFAULTS: Readonly<Record<string, string>> = {
  'kernel.shm_rmid_forced': '0',
  'net.ipv4.ip_local_port_range': '32768\t60999',
  'net.ipv4.ip_unprivileged_port_start': '0',
  'net.ipv4.ping_group_range': '0\t2147483647',
  'net.ipv4.tcp_syncookies': '1',
}

export const sysctlTool = (place: RunPlace | undefined): Tool => ({
  name: 'sysctl',
  *run({ argv }) {
    const names = argv.slice(1).filter((word) => !word.startsWith('-'))
    const isBare = argv.slice(1).some((word) => /^-\w*n/.test(word))
    let exitCode = 0
    for (const word of names) {
      const name = word.replaceAll('/', '.')
      const value = own(place?.sysctls, name) ?? own(DEFAULTS, name)
      if (word.includes('=')) continue
      if (value === undefined) {
        exitCode = 1
        const file = `/proc/sys/${name.replaceAll('.', '/')}`
        yield* writeError(`sysctl: error reading key '${word}': can't stat '${file}'\n`)
      } else yield* writeOut(isBare ? `${value}\n` : `${name} = ${value}\n`)
    }
    return exitCode
  },
})

const CHANGES = /^(add|del|delete|set|replace|change|flush)$/

/** Whether it is `ip` that would change the network of the container. */
export const changesNetwork = (argv: readonly string[]): boolean =>
  /(^|\/)ip$/.test(argv[0] ?? '') && argv.slice(1).some((word) => CHANGES.test(word))

/** Without CAP_NET_ADMIN. */
export const refusedIp: Tool = {
  name: 'ip',
  *run() {
    yield* writeError('ip: RTNETLINK answers: Operation not permitted\n')
    return 2
  },
}
