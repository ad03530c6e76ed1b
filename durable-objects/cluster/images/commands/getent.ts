// getent(1), as musl's and glibc's are.
import { ended, type NetworkCommand } from '#images/commands/output.ts'

export const getent: NetworkCommand = ({ argv, network }) => {
  const [database, ...keys] = argv.slice(1)
  if (database !== 'hosts' && database !== 'ahosts' && database !== 'ahostsv4')
    return ended(1, { stderr: `Unknown database: ${database ?? ''}\n` })
  let [text, takes, exitCode] = ['', 0, 0]
  for (const key of keys) {
    const resolved = network.resolve(key, 'glibc')
    takes += resolved.takes
    if (resolved.addresses.length === 0) exitCode = 2
    const name = resolved.canonicalName.replace(/\.$/, '') || key
    const alias = name === key || database !== 'hosts' ? '' : ` ${key}`
    for (const [at, address] of resolved.addresses.entries()) {
      if (database === 'hosts') text += `${address.padEnd(15)} ${name}${alias}\n`
      else
        for (const kind of ['STREAM', 'DGRAM ', 'RAW   '])
          text += `${address.padEnd(15)} ${kind}${at === 0 && kind === 'STREAM' ? ` ${name}` : ''}\n`
    }
  }
  return ended(exitCode, { stdout: text, takes: Math.max(1, takes) })
}
