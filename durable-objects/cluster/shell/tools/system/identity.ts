// env, printenv, id, whoami, groups, hostname, uname, nproc, uptime, free, tty: who and where one is.
import { isFailure } from '#shell/files/failure.ts'
import { humanSize } from '#shell/tools/files/sizes.ts'
import { groupName, groups as groupEntries, userName, users } from '#shell/tools/files/owners.ts'
import { rawTool, type Run, tool } from '#shell/tools/run.ts'
import { formatMoment } from '#shell/tools/system/moment.ts'
import { runProgram } from '#shell/tools/tool.ts'

const ASSIGNMENT = /^([^=]+)=(.*)$/s

export const env = tool(
  'env',
  {
    short: '+iu:0vC:S:',
    long: { 'ignore-environment': 'i', unset: 'u', null: '0', chdir: 'C' },
    usageCode: 125,
  },
  function* (run) {
    const variables = new Map(run.has('i') ? [] : Object.entries(run.call.env))
    for (const name of run.options.values('u')) variables.delete(name)
    const words = [...run.operands]
    if (words[0] === '-') {
      variables.clear()
      words.shift()
    }
    while (words.length > 0 && ASSIGNMENT.test(words[0]!)) {
      const [, name = '', value = ''] = ASSIGNMENT.exec(words.shift()!)!
      variables.set(name, value)
    }
    if (words.length === 0) {
      for (const [name, value] of variables)
        run.print(`${name}=${value}${run.has('0') ? '\0' : '\n'}`)
      return 0
    }
    const folder = run.value('C')
    const code = yield* runProgram({
      argv: words,
      env: Object.fromEntries(variables),
      ...(folder === undefined ? {} : { cwd: run.path(folder) }),
    })
    if (code !== 127) return code
    return yield* run.fail(
      run.isGnu
        ? `'${words[0]}': No such file or directory`
        : `can't execute '${words[0]}': No such file or directory`,
      127,
    )
  },
)

export const printenv = tool('printenv', { short: '0', long: { null: '0' } }, (run) => {
  const { env: variables } = run.call
  const end = run.has('0') ? '\0' : '\n'
  if (run.operands.length === 0) {
    for (const [name, value] of Object.entries(variables)) run.print(`${name}=${value}${end}`)
    return 0
  }
  for (const name of run.operands) {
    if (Object.hasOwn(variables, name)) run.print(`${variables[name]}${end}`)
    else run.exitCode = 1
  }
  return run.exitCode
})

interface Identity {
  readonly uid: number
  readonly gid: number
  readonly groups: readonly number[]
}

const identityOf = (run: Run, name: string | undefined): Identity | undefined => {
  const { uid, gid, groups: further = [] } = run.call.user
  if (name === undefined) {
    const more = groupEntries(run.files).filter(({ members }) =>
      members.includes(userName(run.files, uid)),
    )
    return { uid, gid, groups: [...new Set([gid, ...more.map((group) => group.gid), ...further])] }
  }
  const found = users(run.files).find((user) => user.name === name || String(user.uid) === name)
  if (found === undefined) return undefined
  const more = groupEntries(run.files).filter(({ members }) => members.includes(found.name))
  return {
    uid: found.uid,
    gid: found.gid,
    groups: [...new Set([found.gid, ...more.map((group) => group.gid)])],
  }
}

const isNamed = (run: Run, uid: number): boolean => userName(run.files, uid) !== String(uid)

export const id = tool(
  'id',
  { short: 'gGnruz', long: { group: 'g', groups: 'G', name: 'n', real: 'r', user: 'u' } },
  function* (run) {
    const [name] = run.operands
    const who = identityOf(run, name)
    if (who === undefined)
      return yield* run.fail(run.isGnu ? `'${name}': no such user` : `unknown user ${name}`)
    const named = run.has('n')
    if (run.has('u')) run.print(`${named ? userName(run.files, who.uid) : who.uid}\n`)
    else if (run.has('g')) run.print(`${named ? groupName(run.files, who.gid) : who.gid}\n`)
    else if (run.has('G'))
      run.print(`${who.groups.map((gid) => (named ? groupName(run.files, gid) : gid)).join(' ')}\n`)
    else {
      const user = isNamed(run, who.uid)
        ? `${who.uid}(${userName(run.files, who.uid)})`
        : String(who.uid)
      const group = (gid: number): string => {
        const text = groupName(run.files, gid)
        return text === String(gid) ? text : `${gid}(${text})`
      }
      run.print(`uid=${user} gid=${group(who.gid)} groups=${who.groups.map(group).join(',')}\n`)
    }
    return 0
  },
)

export const whoami = tool('whoami', '', function* (run) {
  const { uid } = run.call.user
  if (!isNamed(run, uid))
    return yield* run.fail(run.isGnu ? `cannot find name for user ID ${uid}` : `unknown uid ${uid}`)
  run.print(`${userName(run.files, uid)}\n`)
  return 0
})

export const groups = tool('groups', '', function* (run) {
  const [name] = run.operands
  const who = identityOf(run, name)
  if (who === undefined) return yield* run.fail(`'${name}': no such user`)
  run.print(
    `${name === undefined || !run.isGnu ? '' : `${name} : `}${who.groups.map((gid) => groupName(run.files, gid)).join(' ')}\n`,
  )
  return 0
})

export const hostname = tool(
  'hostname',
  {
    short: 'adfFiIs',
    long: { fqdn: 'f', short: 's', 'ip-address': 'i', 'all-ip-addresses': 'I', domain: 'd' },
  },
  function* (run) {
    if (run.operands.length > 0)
      return yield* run.fail(
        run.isGnu
          ? 'you must be root to change the host name'
          : 'sethostname: Operation not permitted',
      )
    const name = run.call.hostname
    const hosts = run.files.read('/etc/hosts')
    const line = isFailure(hosts)
      ? undefined
      : hosts
          .split('\n')
          .map((one) => one.trim().split(/\s+/))
          .find((words) => words.slice(1).includes(name))
    if (run.has('i')) run.print(`${line?.[0] ?? '127.0.0.1'}\n`)
    else if (run.has('I')) run.print(`${line?.[0] ?? '127.0.0.1'} \n`)
    else if (run.has('f')) run.print(`${line?.[1] ?? name}\n`)
    else if (run.has('d')) run.print(`${(line?.[1] ?? name).split('.').slice(1).join('.')}\n`)
    else run.print(`${run.has('s') ? name.split('.')[0] : name}\n`)
    return 0
  },
)

const KERNEL = '6.8.0-45-generic'

export const uname = tool(
  'uname',
  {
    short: 'aimnoprsv',
    long: {
      all: 'a',
      machine: 'm',
      nodename: 'n',
      'kernel-release': 'r',
      'kernel-name': 's',
      'operating-system': 'o',
    },
  },
  (run) => {
    const parts = [
      ['s', 'Linux'],
      ['n', run.call.hostname],
      ['r', KERNEL],
      ['v', '#45-Ubuntu SMP PREEMPT_DYNAMIC'],
      ['m', 'x86_64'],
      ['o', run.isGnu ? 'GNU/Linux' : 'Linux'],
    ] as const
    const chosen = parts
      .filter(([letter]) => run.has('a') || run.has(letter))
      .map(([, text]) => text)
    run.print(`${(chosen.length === 0 ? ['Linux'] : chosen).join(' ')}\n`)
    return 0
  },
)

/** A number of /proc/meminfo or the like; undefined without /proc. */
const fromProc = (run: Run, path: string, pattern: RegExp): number | undefined => {
  const text = run.files.read(path)
  const found = isFailure(text) ? undefined : text.match(pattern)
  return found === null || found === undefined
    ? undefined
    : found.length > 1
      ? Number(found[1])
      : found.length
}

export const nproc = tool(
  'nproc',
  { short: '', long: { all: 'all', ignore: 'ignore:' } },
  (run) => {
    const text = run.files.read('/proc/cpuinfo')
    const count = isFailure(text) ? 1 : (text.match(/^processor\s*:/gm)?.length ?? 1)
    run.print(`${Math.max(1, count - Number(run.value('ignore') ?? 0))}\n`)
    return 0
  },
)

export const uptime = tool('uptime', { short: 'ps', long: { pretty: 'p', since: 's' } }, (run) => {
  const now = run.call.now()
  const started = run.call.processes?.list()[0]?.startedAt ?? now
  const minutes = Math.floor((now - started) / 60_000)
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24]
  const clock =
    hours > 0
      ? `${String(hours).padStart(2)}:${String(minutes % 60).padStart(2, '0')}`
      : `${minutes % 60} min`
  const up = days > 0 ? `${days} day${days === 1 ? '' : 's'}, ${clock}` : clock
  if (run.has('p'))
    run.print(
      `up ${hours > 0 ? `${hours} hour${hours === 1 ? '' : 's'}, ` : ''}${minutes % 60} minute${minutes % 60 === 1 ? '' : 's'}\n`,
    )
  else
    run.print(
      ` ${formatMoment('%H:%M:%S', now)} up ${up},  0 users,  load average: 0.10, 0.08, 0.05\n`,
    )
  return 0
})

export const free = tool(
  'free',
  {
    short: 'bhkmgs:c:t',
    long: { bytes: 'b', human: 'h', kibi: 'k', mebi: 'm', gibi: 'g', total: 't' },
  },
  (run) => {
    const kilobytes = (key: string): number =>
      fromProc(run, '/proc/meminfo', new RegExp(`^${key}:\\s+([0-9]+)`, 'm')) ?? 0
    const [total, unused, available] = [
      kilobytes('MemTotal'),
      kilobytes('MemFree'),
      kilobytes('MemAvailable'),
    ]
    const cached = kilobytes('Buffers') + kilobytes('Cached')
    const shown = (value: number): string => {
      if (run.has('h'))
        return run.isGnu
          ? humanSize(value * 1024)
              .replace(/([KMGT])$/, '$1i')
              .replace(/^([0-9]+)$/, '$1B')
          : humanSize(value * 1024, 'busybox')
      const unit = run.has('b') ? 1 / 1024 : run.has('m') ? 1024 : run.has('g') ? 1024 ** 2 : 1
      return String(Math.floor(value / unit))
    }
    const row = (name: string, values: readonly number[]): string =>
      `${name.padEnd(run.isGnu ? 8 : 7)}${values
        .map((value) => shown(value).padStart(12))
        .join('')
        .slice(run.isGnu ? 0 : 0)}\n`
    const head = ['total', 'used', 'free', 'shared', 'buff/cache', 'available']
      .map((name) => name.padStart(12))
      .join('')
    run.print(`${' '.repeat(run.isGnu ? 8 : 7)}${head}\n`)
    run.print(
      row('Mem:', [total, Math.max(0, total - unused - cached), unused, 0, cached, available]),
    )
    run.print(row('Swap:', [0, 0, 0]))
    return 0
  },
)

export const tty = tool('tty', 's', (run) => {
  const isTerminal = run.call.isTTY(0)
  if (!run.has('s')) run.print(isTerminal ? '/dev/pts/0\n' : 'not a tty\n')
  return isTerminal ? 0 : 1
})

export const logname = rawTool('logname', (run) => {
  run.print(`${run.call.user.name}\n`)
  return 0
})
