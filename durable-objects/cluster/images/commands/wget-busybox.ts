// busybox: networking/wget.c
import type { HttpReply } from '#images/behaviour.ts'
import { exchange, redirectOf, statusLine, wireHeaders } from '#images/commands/http-exchange.ts'
import { parseOptions, type Options } from '#images/commands/options.ts'
import { BUSYBOX } from '#images/commands/versions.ts'
import {
  type CommandInput,
  type CommandOutput,
  ended,
  type NetworkCommand,
} from '#images/commands/output.ts'
import { byteLength } from '#images/http.ts'
import { parseUrl, type Url } from '#images/url.ts'

const USAGE = `${BUSYBOX}

Usage: wget [-cqS] [--spider] [-O FILE] [-o LOGFILE] [--header STR]
	[--post-data STR | --post-file FILE] [-Y on/off]
	[--no-check-certificate] [-P DIR] [-U AGENT] [-T SEC] URL...

Retrieve files via HTTP or FTP

	--spider	Only check URL existence: $? is 0 if exists
	--header STR	Add STR (of form 'header: value') to headers
	--post-data STR	Send STR using POST method
	--post-file FILE	Send FILE using POST method
	--no-check-certificate	Don't validate the server's certificate
	-c		Continue retrieval of aborted transfer
	-q		Quiet
	-P DIR		Save to DIR (default .)
	-S    		Show server response
	-T SEC		Network read timeout is SEC seconds
	-O FILE		Save to FILE ('-' for stdout)
	-o LOGFILE	Log messages to FILE
	-U STR		Use STR for User-Agent header
	-Y on/off	Use proxy
`

const SYNTAX = {
  flags: 'cqSsn',
  valued: 'OoPUTtY',
  long: {
    spider: 's',
    quiet: 'q',
    continue: 'c',
    'server-response': 'S',
    'output-document': 'O',
    'output-file': 'o',
    'directory-prefix': 'P',
    'user-agent': 'U',
    timeout: 'T',
    tries: 't',
    header: true,
    'post-data': true,
    'post-file': true,
    proxy: 'Y',
    'no-check-certificate': false,
    passive: false,
  },
} as const

const MAX_REDIRECTS = 10
const DEFAULT_TIMEOUT = 900_000

export const busyboxWget: NetworkCommand = (input) => {
  const options = parseOptions(input.argv.slice(1), SYNTAX)
  if (options.bad !== undefined)
    return ended(1, {
      stderr: `wget: ${
        options.bad.why === 'no value'
          ? `option requires an argument -- '${options.bad.option.replace(/^-+/, '')}'`
          : options.bad.option.startsWith('--')
            ? `unrecognized option '${options.bad.option}'`
            : `unrecognized option: ${options.bad.option.slice(1)}`
      }\n${USAGE}`,
    })
  const [address] = options.operands
  if (address === undefined) return ended(1, { stderr: USAGE })
  return new Download(input, options).run(address)
}

class Download {
  readonly #input: CommandInput
  readonly #options: Options
  readonly #isQuiet: boolean
  #said = ''
  #takes = 0

  constructor(input: CommandInput, options: Options) {
    this.#input = input
    this.#options = options
    this.#isQuiet = options.values.has('q')
  }

  run(address: string): CommandOutput {
    const url = parseUrl(/^[a-z]+:\/\//i.test(address) ? address : `http://${address}`)
    if (url === undefined)
      return this.#die(`bad address '${address.replace(/^[a-z]+:\/\//i, '').split('/')[0]}'`)
    if (!/^https?$/.test(url.scheme)) return this.#die(`not an http or ftp url: ${address}`)
    return this.#fetch(url, 0)
  }

  #fetch(url: Url, redirects: number): CommandOutput {
    const body = this.#options.values.get('post-data')
    const headers = Object.fromEntries(
      (this.#options.all.get('header') ?? []).map((line) => {
        const [name, value] = line.split(/:\s*(.*)/s)
        return [name!, value ?? '']
      }),
    )
    const result = exchange(
      this.#input.network,
      url,
      {
        method: body === undefined ? (this.#options.values.has('s') ? 'HEAD' : 'GET') : 'POST',
        path: url.path,
        headers: {
          Host: url.authority,
          'User-Agent': this.#options.values.get('U') ?? 'Wget',
          Connection: 'close',
          ...headers,
          ...(body === undefined
            ? {}
            : {
                'Content-Type': 'application/x-www-form-urlencoded',
                'Content-Length': String(byteLength(body)),
              }),
        },
        ...(body === undefined ? {} : { body }),
      },
      'musl',
    )
    this.#takes += result.takes
    if (result.kind === 'unresolved') return this.#die(`bad address '${url.authority}'`)
    const shown = `${result.address.includes(':') ? `[${result.address}]` : result.address}:${url.port}`
    this.#say(`Connecting to ${url.authority} (${shown})\n`)
    const timeout = this.#timeout()
    switch (result.contacted.outcome) {
      case 'refused':
        return this.#die(`can't connect to remote host (${result.address}): Connection refused`)
      case 'no-route':
        return this.#die(`can't connect to remote host (${result.address}): Host is unreachable`)
      case 'timeout':
        return this.#timedOut(result.address, timeout)
      case 'silent':
        this.#takes += timeout
        return this.#die('download timed out')
      case 'reset':
      case 'message':
        return this.#die('error getting response')
      case 'http':
        return this.#answered(url, result.contacted.reply, timeout, redirects)
    }
  }

  #timeout(): number {
    const seconds = Number(this.#options.values.get('T'))
    return seconds > 0 ? seconds * 1000 : DEFAULT_TIMEOUT
  }

  /** With -T an alarm ends it; without, the kernel gives up first. */
  #timedOut(address: string, timeout: number): CommandOutput {
    if (this.#options.values.has('T')) {
      this.#takes += timeout
      return this.#die('download timed out')
    }
    this.#takes += 134_000
    return this.#die(`can't connect to remote host (${address}): Operation timed out`)
  }

  #answered(url: Url, reply: HttpReply, timeout: number, redirects: number): CommandOutput {
    if ((reply.takes ?? 0) > timeout) {
      this.#takes += timeout
      return this.#die('download timed out')
    }
    this.#takes += reply.takes ?? 0
    if (this.#options.values.has('S')) {
      const headers = wireHeaders(reply, this.#input.now + this.#takes)
      this.#said += `  ${[statusLine(reply), ...headers.map(([name, value]) => `${name}: ${value}`)].join('\n  ')}\n  \n`
    }
    const next = redirectOf(reply, url)
    if (next !== undefined) {
      const to = parseUrl(next)
      if (redirects >= MAX_REDIRECTS || to === undefined) return this.#die('too many redirections')
      return this.#fetch(to, redirects + 1)
    }
    if (reply.status >= 300 || reply.status < 200)
      return this.#die(`server returned error: ${statusLine(reply)}`)
    if (this.#options.values.has('s')) {
      this.#say('remote file exists\n')
      return this.#done('')
    }
    return this.#save(url, reply)
  }

  #save(url: Url, reply: HttpReply): CommandOutput {
    const last = url.path.split('?')[0]!.split('/').at(-1)!
    const folder = this.#options.values.get('P')
    const name = this.#options.values.get('O') ?? (last === '' ? 'index.html' : last)
    const path = folder === undefined || this.#options.values.has('O') ? name : `${folder}/${name}`
    const isOut = path === '-'
    const size = byteLength(reply.body)
    const label = isOut ? '-' : path.slice(path.lastIndexOf('/') + 1)
    this.#say(isOut ? 'writing to stdout\n' : `saving to '${path}'\n`)
    if (size > 0) this.#say(bar(label, size))
    this.#say(isOut ? 'written to stdout\n' : `'${path}' saved\n`)
    if (isOut) return this.#done(reply.body)
    return { ...this.#done(''), files: path === '/dev/null' ? [] : [{ path, text: reply.body }] }
  }

  #say(text: string): void {
    if (!this.#isQuiet) this.#said += text
  }

  #done(stdout: string): CommandOutput {
    return { stdout, stderr: this.#said, exitCode: 0, takes: Math.max(1, this.#takes) }
  }

  #die(text: string): CommandOutput {
    return ended(1, { stderr: `${this.#said}wget: ${text}\n`, takes: Math.max(1, this.#takes) })
  }
}

const bar = (name: string, size: number): string =>
  `${name.slice(0, 20).padEnd(20)} 100% |${'*'.repeat(32)}| ${String(size).padStart(5)}  0:00:00 ETA\n`
