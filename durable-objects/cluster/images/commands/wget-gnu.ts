// GNU Wget 1.21. wget: src/http.c, src/connect.c, src/retr.c, src/progress.c
import type { HttpReply } from '#images/behaviour.ts'
import { dashTime } from '#images/clock.ts'
import { exchange, redirectOf, statusLine, wireHeaders } from '#images/commands/http-exchange.ts'
import { parseOptions, secondsOf, type Options } from '#images/commands/options.ts'
import {
  type CommandInput,
  type CommandOutput,
  ended,
  type NetworkCommand,
} from '#images/commands/output.ts'
import { byteLength, headerOf, statusText } from '#images/http.ts'
import { parseUrl, type Url } from '#images/url.ts'

const USAGE = "Usage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n"
const VERSION = '1.21.4'
const MAX_REDIRECTS = 20
const DEFAULT_TRIES = 20
const READ_TIMEOUT = 900_000
const KERNEL_TIMEOUT = 134_000

const SYNTAX = {
  flags: 'qvSNcrkpxdbhV46',
  valued: 'OoPUTtein',
  long: {
    quiet: 'q',
    verbose: 'v',
    'no-verbose': false,
    spider: false,
    version: 'V',
    'server-response': 'S',
    'output-document': 'O',
    'directory-prefix': 'P',
    'user-agent': 'U',
    timeout: 'T',
    'connect-timeout': 'T',
    'read-timeout': 'T',
    'dns-timeout': true,
    tries: 't',
    header: true,
    method: true,
    'body-data': true,
    'post-data': true,
    'no-check-certificate': false,
    'no-proxy': false,
    'max-redirect': true,
    'content-on-error': false,
    'show-progress': false,
    progress: true,
  },
} as const

export const gnuWget: NetworkCommand = (input) => {
  const options = parseOptions(input.argv.slice(1), SYNTAX)
  if (options.bad !== undefined)
    return ended(2, {
      stderr: `wget: ${
        options.bad.why === 'unknown'
          ? options.bad.option.startsWith('--')
            ? `unrecognized option '${options.bad.option}'`
            : `invalid option -- '${options.bad.option.slice(1)}'`
          : options.bad.option.startsWith('--')
            ? `option '${options.bad.option}' requires an argument`
            : `option requires an argument -- '${options.bad.option.slice(1)}'`
      }\n${USAGE}`,
    })
  if (options.values.has('V'))
    return ended(0, { stdout: `GNU Wget ${VERSION} built on linux-gnu.\n` })
  const [address] = options.operands
  if (address === undefined) return ended(1, { stderr: `wget: missing URL\n${USAGE}` })
  return new Retrieval(input, options).run(address)
}

class Retrieval {
  readonly #input: CommandInput
  readonly #options: Options
  readonly #isQuiet: boolean
  readonly #isSpider: boolean
  #said = ''
  #takes = 0

  constructor(input: CommandInput, options: Options) {
    this.#input = input
    this.#options = options
    this.#isQuiet = options.values.has('q')
    this.#isSpider = options.values.has('spider')
  }

  run(address: string): CommandOutput {
    const url = parseUrl(/^[a-z]+:\/\//i.test(address) ? address : `http://${address}`)
    if (url === undefined) return ended(1, { stderr: `${address}: Invalid host name.\n` })
    if (!/^https?$/.test(url.scheme))
      return ended(1, { stderr: `${address}: Unsupported scheme ‘${url.scheme}’.\n` })
    if (this.#isSpider) this.#say('Spider mode enabled. Check if remote file exists.\n')
    return this.#try(url, 1)
  }

  #time(): string {
    return dashTime(this.#input.now + this.#takes)
  }

  #try(url: Url, turn: number, redirects = 0): CommandOutput {
    const shown = `${url.origin}${url.path}`
    if (turn > 1) this.#say(`--${this.#time()}--  (try:${String(turn).padStart(2)})  ${shown}\n`)
    else this.#say(`--${this.#time()}--  ${shown}\n`)
    const result = exchange(this.#input.network, url, this.#request(url), 'glibc')
    this.#takes += result.takes
    if (result.kind === 'unresolved') {
      const why = result.isSlow
        ? 'Temporary failure in name resolution'
        : 'Name or service not known'
      this.#say(`Resolving ${url.host} (${url.host})... failed: ${why}.\n`)
      this.#say(`wget: unable to resolve host address ‘${url.host}’\n`)
      return this.#done(4)
    }
    const isName = result.address !== url.host
    const place = `${result.address.includes(':') ? `[${result.address}]` : result.address}:${url.port}`
    if (isName) this.#say(`Resolving ${url.host} (${url.host})... ${result.address}\n`)
    this.#say(
      isName
        ? `Connecting to ${url.host} (${url.host})|${place.replace(/:\d+$/, '')}|:${url.port}... `
        : `Connecting to ${place}... `,
    )
    switch (result.contacted.outcome) {
      case 'refused':
        this.#say('failed: Connection refused.\n')
        return this.#done(4)
      case 'no-route':
        this.#say('failed: No route to host.\n')
        return this.#done(4)
      case 'timeout':
        this.#say('failed: Connection timed out.\n')
        this.#takes += secondsOf(this.#options.values.get('T')) ?? KERNEL_TIMEOUT
        return this.#again(url, turn, redirects)
      case 'silent':
        this.#say('connected.\nHTTP request sent, awaiting response... ')
        return this.#readTimedOut(url, turn, redirects)
      case 'reset':
        this.#say(
          'connected.\nHTTP request sent, awaiting response... Read error (Connection reset by peer) in headers.\n',
        )
        return this.#again(url, turn, redirects)
      case 'message':
        this.#say(
          'connected.\nHTTP request sent, awaiting response... 200 No headers, assuming HTTP/0.9\n',
        )
        return this.#save(url, { status: 200, headers: {}, body: result.contacted.text })
      case 'http':
        this.#say('connected.\nHTTP request sent, awaiting response... ')
        return this.#answered(url, result.contacted.reply, turn, redirects)
    }
  }

  #request(url: Url) {
    const body = this.#options.values.get('post-data') ?? this.#options.values.get('body-data')
    const given = (this.#options.all.get('header') ?? []).map((line) => {
      const [name, value] = line.split(/:\s*(.*)/s)
      return [name!, value ?? ''] as const
    })
    const method =
      this.#options.values.get('method') ??
      (body !== undefined ? 'POST' : this.#isSpider ? 'HEAD' : 'GET')
    return {
      method,
      path: url.path,
      headers: {
        Host: url.authority,
        'User-Agent': this.#options.values.get('U') ?? `Wget/${VERSION}`,
        Accept: '*/*',
        'Accept-Encoding': 'identity',
        Connection: 'Keep-Alive',
        ...(body === undefined
          ? {}
          : {
              'Content-Type': 'application/x-www-form-urlencoded',
              'Content-Length': String(byteLength(body)),
            }),
        ...Object.fromEntries(given),
      },
      ...(body === undefined ? {} : { body }),
    }
  }

  #readTimedOut(url: Url, turn: number, redirects: number): CommandOutput {
    this.#takes += secondsOf(this.#options.values.get('T')) ?? READ_TIMEOUT
    this.#say('Read error (Connection timed out) in headers.\n')
    return this.#again(url, turn, redirects)
  }

  #again(url: Url, turn: number, redirects: number): CommandOutput {
    const tries = Number(this.#options.values.get('t') ?? DEFAULT_TRIES)
    if (tries > 0 && turn >= Math.min(tries, DEFAULT_TRIES)) {
      this.#say('Giving up.\n\n')
      return this.#done(4)
    }
    this.#say('Retrying.\n\n')
    this.#takes += Math.min(turn, 10) * 1000
    return this.#try(url, turn + 1, redirects)
  }

  #answered(url: Url, reply: HttpReply, turn: number, redirects: number): CommandOutput {
    const limit = secondsOf(this.#options.values.get('T')) ?? READ_TIMEOUT
    if ((reply.takes ?? 0) > limit) return this.#readTimedOut(url, turn, redirects)
    this.#takes += reply.takes ?? 0
    const reason = statusText(reply.status)
    if (this.#options.values.has('S')) {
      const headers = wireHeaders(reply, this.#input.now + this.#takes)
      this.#say('\n')
      this.#said += `  ${[statusLine(reply), ...headers.map(([name, value]) => `${name}: ${value}`)].join('\n  ')}\n`
    } else this.#say(`${reply.status} ${reason}\n`)
    const next = redirectOf(reply, url)
    if (next !== undefined) return this.#redirected(reply, next, redirects)
    if (reply.status >= 300) {
      if (this.#isSpider) this.#say('Remote file does not exist -- broken link!!!\n\n')
      else this.#say(`${this.#time()} ERROR ${reply.status}: ${reason}.\n\n`)
      return this.#done(8)
    }
    return this.#save(url, reply)
  }

  #redirected(reply: HttpReply, next: string, redirects: number): CommandOutput {
    const location = headerOf({ method: '', path: '', headers: reply.headers }, 'Location') ?? next
    this.#say(`Location: ${location} [following]\n`)
    const to = parseUrl(next)
    if (to === undefined || redirects >= MAX_REDIRECTS) {
      this.#say(`${MAX_REDIRECTS} redirections exceeded.\n`)
      return this.#done(8)
    }
    return this.#try(to, 1, redirects + 1)
  }

  #save(url: Url, reply: HttpReply): CommandOutput {
    const size = byteLength(reply.body)
    const type = headerOf({ method: '', path: '', headers: reply.headers }, 'Content-Type')
    const kind = type === undefined ? '' : ` [${type.split(';')[0]}]`
    this.#say(`Length: ${this.#isSpider ? 'unspecified' : size}${kind}\n`)
    if (this.#isSpider) {
      this.#say(
        type?.startsWith('text/html') === true
          ? 'Remote file exists and could contain further links,\nbut recursion is disabled -- not retrieving.\n\n'
          : 'Remote file exists.\n\n',
      )
      return this.#done(0)
    }
    const last = url.path.split('/').at(-1)!
    const folder = this.#options.values.get('P')
    const plain = last === '' || last.startsWith('?') ? `index.html${last}` : last
    const path =
      this.#options.values.get('O') ?? (folder === undefined ? plain : `${folder}/${plain}`)
    const isOut = path === '-'
    this.#say(`Saving to: ‘${isOut ? 'STDOUT' : path}’\n\n`)
    this.#say(`     0K ${' '.repeat(54)}${size === 0 ? '  0%' : '100%'} ${speedCell(size)}=0s\n\n`)
    const speed = `${((size * 1000) / 2 ** 20).toFixed(2)} MB/s`
    this.#say(
      `${this.#time()} (${speed}) - ${isOut ? 'written to stdout' : `‘${path}’ saved`} [${size}/${size}]\n\n`,
    )
    if (isOut) return { ...this.#done(0), stdout: reply.body }
    return { ...this.#done(0), files: path === '/dev/null' ? [] : [{ path, text: reply.body }] }
  }

  #say(text: string): void {
    if (!this.#isQuiet) this.#said += text
  }

  #done(exitCode: number): CommandOutput {
    return ended(exitCode, { stderr: this.#said, takes: Math.max(1, this.#takes) })
  }
}

/** A made-up but steady speed: as if every transfer took a millisecond. */
const speedCell = (size: number): string =>
  size * 1000 >= 2 ** 20
    ? `${((size * 1000) / 2 ** 20).toFixed(2).slice(0, 4)}M`
    : `${((size * 1000) / 2 ** 10).toFixed(2).slice(0, 4).replace(/\.$/, '')}K`
