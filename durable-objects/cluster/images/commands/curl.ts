// curl 8.14, as its texts are. curl: src/tool_operate.c, lib/connect.c, lib/multi.c
import { byteLength, headerOf } from '#images/http.ts'
import type { HttpReply, HttpRequest } from '#images/behaviour.ts'
import {
  exchange,
  KERNEL_CONNECT_TIMEOUT,
  redirectOf,
  statusLine,
  wireHeaders,
} from '#images/commands/http-exchange.ts'
import { CURL_SYNTAX } from '#images/commands/curl-syntax.ts'
import { parseOptions, secondsOf, type Options } from '#images/commands/options.ts'
import {
  type CommandInput,
  type CommandOutput,
  ended,
  type NetworkCommand,
} from '#images/commands/output.ts'
import { parseUrl, type Url } from '#images/url.ts'

const VERSION = '8.14.1'
const MAX_REDIRECTS = 50
const TRY_HELP = "curl: try 'curl --help' or 'curl --manual' for more information\n"

export const curl: NetworkCommand = (input) => {
  const options = parseOptions(input.argv.slice(1), CURL_SYNTAX)
  if (options.values.has('V'))
    return ended(0, {
      stdout: `curl ${VERSION} (x86_64-alpine-linux-musl) libcurl/${VERSION} OpenSSL/3.5.4\n`,
    })
  if (options.bad !== undefined)
    return ended(2, {
      stderr: `curl: option ${options.bad.option}: ${options.bad.why === 'unknown' ? 'is unknown' : 'requires parameter'}\n${TRY_HELP}`,
    })
  const addresses = [...options.operands, ...(options.all.get('url') ?? [])]
  if (addresses.length === 0) return ended(2, { stderr: `curl: (2) no URL specified\n${TRY_HELP}` })
  let output: CommandOutput = ended(0, { takes: 0 })
  for (const address of addresses) {
    const next = new Transfer({ ...input, now: input.now + output.takes }, options).run(address)
    output = {
      stdout: output.stdout + next.stdout,
      stderr: output.stderr + next.stderr,
      exitCode: next.exitCode,
      takes: output.takes + next.takes,
      files: [...(output.files ?? []), ...(next.files ?? [])],
    }
  }
  return output
}

class Transfer {
  readonly #input: CommandInput
  readonly #options: Options
  readonly #isSilent: boolean
  readonly #isVerbose: boolean
  readonly #maxTime: number | undefined
  readonly #connectTimeout: number | undefined
  #out = ''
  #shown = ''
  #progress = ''
  #takes = 0
  #connections = 0

  constructor(input: CommandInput, options: Options) {
    this.#input = input
    this.#options = options
    this.#isSilent = options.values.has('s')
    this.#isVerbose = options.values.has('v')
    this.#maxTime = secondsOf(options.values.get('m'))
    this.#connectTimeout = secondsOf(options.values.get('connect-timeout')) ?? this.#maxTime
  }

  run(address: string): CommandOutput {
    const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `http://${address}`
    const url = parseUrl(withScheme)
    if (url === undefined)
      return this.#fail(
        3,
        /:(\d{6,}|[1-9]\d{4})(\/|$)/.test(withScheme)
          ? 'URL rejected: Port number was not a decimal number between 0 and 65535'
          : 'URL rejected: Malformed input to a URL function',
      )
    if (!/^https?$/.test(url.scheme))
      return this.#fail(1, `Protocol "${url.scheme}" not supported`, false)
    return this.#request(url, this.#method(), this.#body(), 0)
  }

  #method(): string {
    const given = this.#options.values.get('X')
    if (given !== undefined) return given
    if (this.#options.values.has('I')) return 'HEAD'
    return this.#options.all.has('d') && !this.#options.values.has('G') ? 'POST' : 'GET'
  }

  #body(): string | undefined {
    const parts = this.#options.all.get('d')
    if (parts === undefined || this.#options.values.has('G')) return undefined
    return parts.map((part) => (part === '@-' ? (this.#input.stdin ?? '') : part)).join('&')
  }

  #request(url: Url, method: string, body: string | undefined, redirects: number): CommandOutput {
    const request = this.#message(url, method, body)
    const result = exchange(this.#input.network, url, request, 'musl', true)
    this.#takes += result.takes
    if (result.kind === 'unresolved') return this.#unresolved(url, result.isSlow)
    const { contacted, address } = result
    this.#announce(url, address)
    switch (contacted.outcome) {
      case 'refused':
      case 'no-route':
        // who waits no longer than the kernel asks for an unknown neighbour never hears of it
        if (this.#takes > (this.#connectTimeout ?? Infinity))
          return this.#connectTimedOut(url, address, contacted.source)
        return this.#unconnected(url, address, contacted.source, contacted.outcome)
      case 'timeout':
        return this.#connectTimedOut(url, address, contacted.source)
      case 'silent':
        this.#connected(url, address)
        this.#say(request)
        return this.#noReply()
      case 'reset':
        this.#connected(url, address)
        this.#say(request)
        return this.#fail(56, 'Recv failure: Connection reset by peer')
      case 'message':
        this.#connected(url, address)
        return url.scheme === 'https'
          ? this.#fail(35, 'TLS connect error: error:0A00010B:SSL routines::wrong version number')
          : this.#fail(1, 'Received HTTP/0.9 when not allowed')
      case 'http':
        this.#connected(url, address)
        this.#say(request)
        return this.#answered(url, request, contacted.reply, redirects)
    }
  }

  #message(url: Url, method: string, body: string | undefined): HttpRequest {
    const headers: Record<string, string> = {
      Host: url.authority,
      'User-Agent': this.#options.values.get('A') ?? `curl/${VERSION}`,
      Accept: '*/*',
    }
    if (body !== undefined) {
      headers['Content-Length'] = String(byteLength(body))
      headers['Content-Type'] = this.#options.values.has('json')
        ? 'application/json'
        : 'application/x-www-form-urlencoded'
    }
    for (const line of this.#options.all.get('H') ?? []) {
      const [name, value] = line.split(/:\s*(.*)/s)
      if (value === undefined) continue
      const same = Object.keys(headers).find((key) => key.toLowerCase() === name!.toLowerCase())
      if (same !== undefined && same !== name) delete headers[same]
      if (value === '') delete headers[name!]
      else headers[name!] = value
    }
    const query = this.#options.values.has('G') ? (this.#options.all.get('d') ?? []).join('&') : ''
    const path =
      query === '' ? url.path : `${url.path}${url.path.includes('?') ? '&' : '?'}${query}`
    return { method, path, headers, ...(body === undefined ? {} : { body }) }
  }

  #announce(url: Url, address: string): void {
    if (url.host !== address) {
      const isSix = address.includes(':')
      this.#note(`Host ${url.host}:${url.port} was resolved.`)
      this.#note(`IPv6: ${isSix ? address : '(none)'}`)
      this.#note(`IPv4: ${isSix ? '(none)' : address}`)
    }
    this.#note(`  Trying ${address.includes(':') ? `[${address}]` : address}:${url.port}...`)
  }

  #connected(url: Url, address: string): void {
    this.#note(`Connected to ${url.host} (${address}) port ${url.port}`)
  }

  #say(request: HttpRequest): void {
    if (!this.#isVerbose) return
    this.#note('using HTTP/1.x')
    this.#shown += `> ${request.method} ${request.path} HTTP/1.1\r\n`
    for (const [name, value] of Object.entries(request.headers ?? {}))
      this.#shown += `> ${name}: ${value}\r\n`
    this.#shown += '> \r\n'
    if (request.body !== undefined) this.#shown += `} [${byteLength(request.body)} bytes data]\n`
    this.#note(
      request.body === undefined
        ? 'Request completely sent off'
        : `upload completely sent off: ${byteLength(request.body)} bytes`,
    )
  }

  #answered(url: Url, request: HttpRequest, reply: HttpReply, redirects: number): CommandOutput {
    this.#takes += reply.takes ?? 0
    if (this.#maxTime !== undefined && this.#takes > this.#maxTime) {
      this.#takes = 0
      return this.#noReply()
    }
    const headers = wireHeaders(reply, this.#input.now + this.#takes)
    const isHead = request.method === 'HEAD'
    const wire = `${[statusLine(reply), ...headers.map(([name, value]) => `${name}: ${value}`)].join('\r\n')}\r\n\r\n`
    if (this.#isVerbose)
      this.#shown += wire
        .slice(0, -2)
        .split('\r\n')
        .map((line) => `< ${line}\r\n`)
        .join('')
    const showsHeaders = this.#options.values.has('i') || this.#options.values.has('I')
    const next = this.#options.values.has('L') ? redirectOf(reply, url) : undefined
    const fails = this.#options.values.has('f') && reply.status >= 400
    if (showsHeaders) this.#out += wire
    if (next !== undefined) return this.#redirected(next, request, reply.status, redirects, url)
    const size = isHead || fails ? 0 : byteLength(reply.body)
    if (this.#isVerbose && size > 0) this.#shown += `{ [${size} bytes data]\n`
    if (!isHead && !fails) this.#out += reply.body
    this.#note(`Connection #${this.#connections} to host ${url.host} left intact`)
    this.#meter(size, byteLength(request.body ?? ''))
    if (fails)
      return this.#fail(22, `The requested URL returned error: ${reply.status}`, false, url, reply)
    return this.#finish(0, '', url, reply)
  }

  #redirected(
    location: string,
    request: HttpRequest,
    status: number,
    redirects: number,
    from: Url,
  ): CommandOutput {
    if (redirects >= MAX_REDIRECTS)
      return this.#fail(47, `Maximum (${MAX_REDIRECTS}) redirects followed`)
    const url = parseUrl(location)
    if (url === undefined) return this.#fail(3, 'URL rejected: Malformed input to a URL function')
    this.#note(`Connection #${this.#connections} to host ${from.host} left intact`)
    this.#note(`Issue another request to this URL: '${location}'`)
    if (url.authority !== from.authority) this.#connections++
    const isGet = [301, 302, 303].includes(status) && request.method === 'POST'
    const method = isGet ? 'GET' : request.method
    return this.#request(url, method, isGet ? undefined : request.body, redirects + 1)
  }

  #unresolved(url: Url, isSlow: boolean): CommandOutput {
    const limit = this.#connectTimeout
    if (isSlow && limit !== undefined && this.#takes > limit) {
      this.#takes = limit
      return this.#fail(28, `Resolving timed out after ${limit + 1} milliseconds`)
    }
    return this.#fail(6, `Could not resolve host: ${url.host}`)
  }

  #unconnected(
    url: Url,
    address: string,
    source: string,
    why: 'refused' | 'no-route',
  ): CommandOutput {
    const cut = source.lastIndexOf(':')
    this.#note(
      `connect to ${address} port ${url.port} from ${source.slice(0, cut)} port ${source.slice(cut + 1)} failed: ${why === 'refused' ? 'Connection refused' : 'Host is unreachable'}`,
    )
    return this.#fail(
      7,
      `Failed to connect to ${url.host} port ${url.port} after ${this.#takes} ms: Could not connect to server`,
    )
  }

  #connectTimedOut(url: Url, address: string, source: string): CommandOutput {
    const limit = this.#connectTimeout
    if (limit !== undefined) {
      this.#takes = limit
      return this.#fail(28, `Connection timed out after ${limit + 1} milliseconds`)
    }
    this.#takes += KERNEL_CONNECT_TIMEOUT
    const cut = source.lastIndexOf(':')
    this.#note(
      `connect to ${address} port ${url.port} from ${source.slice(0, cut)} port ${source.slice(cut + 1)} failed: Operation timed out`,
    )
    return this.#fail(
      28,
      `Failed to connect to ${url.host} port ${url.port} after ${this.#takes} ms: Could not connect to server`,
    )
  }

  /** It is connected, and no answer comes. */
  #noReply(): CommandOutput {
    if (this.#maxTime === undefined) return this.#fail(52, 'Empty reply from server')
    this.#takes = this.#maxTime
    return this.#fail(
      28,
      `Operation timed out after ${this.#maxTime + 1} milliseconds with 0 bytes received`,
    )
  }

  #note(text: string): void {
    if (this.#isVerbose) this.#shown += `* ${text}\n`
  }

  /** The progress meter, which curl draws unless it writes to a terminal or is silent. */
  #meter(down: number, up: number): void {
    const toFile = this.#options.values.has('o') || this.#options.values.has('O')
    if (this.#isSilent || (this.#input.isTerminal === true && !toFile)) return
    const cell = (value: number, width: number): string => String(value).padStart(width)
    const done = down > 0 ? 100 : 0
    const zero = `\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0`
    const speed = down * Math.max(1, Math.floor(1000 / Math.max(1, this.#takes)))
    const last = `\r${cell(done || (up > 0 ? 100 : 0), 3)} ${cell(down + up, 5)}  ${cell(done, 3)} ${cell(down, 5)}  ${cell(up > 0 ? 100 : 0, 3)} ${cell(up, 5)} ${cell(speed, 6)} ${cell(up === 0 ? 0 : speed, 6)} --:--:-- --:--:-- --:--:-- ${cell(speed, 5)}`
    this.#progress = `  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n                                 Dload  Upload   Total   Spent    Left  Speed\n${zero}${last}\n`
  }

  #fail(
    exitCode: number,
    text: string,
    isNoted = true,
    url?: Url,
    reply?: HttpReply,
  ): CommandOutput {
    if (isNoted) {
      this.#note(text)
      if (exitCode !== 3) this.#note('closing connection #0')
    }
    if (this.#progress === '' && exitCode !== 1 && exitCode !== 3) this.#meter(0, 0)
    const isShown = !this.#isSilent || this.#options.values.has('S')
    return this.#finish(exitCode, isShown ? `curl: (${exitCode}) ${text}\n` : '', url, reply)
  }

  #finish(exitCode: number, error: string, url?: Url, reply?: HttpReply): CommandOutput {
    const after = this.#writeOut(url, reply)
    const path =
      this.#options.values.get('o') ??
      (this.#options.values.has('O')
        ? (url?.path.split('?')[0]!.split('/').at(-1) ?? '')
        : undefined)
    const takes = Math.max(1, this.#takes)
    const stderr = `${this.#shown}${this.#progress}${error}`
    if (path === undefined || path === '-')
      return { stdout: this.#out + after, stderr, exitCode, takes }
    const files = path === '/dev/null' || this.#out === '' ? [] : [{ path, text: this.#out }]
    return { stdout: after, stderr, exitCode, takes, files }
  }

  #writeOut(url: Url | undefined, reply: HttpReply | undefined): string {
    const format = this.#options.values.get('w')
    if (format === undefined) return ''
    const known: Readonly<Record<string, string>> = {
      http_code: String(reply?.status ?? 0).padStart(3, '0'),
      response_code: String(reply?.status ?? 0).padStart(3, '0'),
      size_download: String(byteLength(reply?.body ?? '')),
      content_type:
        reply === undefined
          ? ''
          : (headerOf({ method: '', path: '', headers: reply.headers }, 'Content-Type') ?? ''),
      time_total: (Math.max(1, this.#takes) / 1000).toFixed(6),
      time_connect: (reply === undefined ? 0 : 0.001).toFixed(6),
      remote_port: String(url?.port ?? 0),
      url_effective: url === undefined ? '' : `${url.origin}${url.path}`,
      num_redirects: String(this.#connections),
      exitcode: '0',
    }
    return format
      .replace(/%\{(\w+)\}/g, (whole, name: string) =>
        Object.hasOwn(known, name) ? known[name]! : whole,
      )
      .replace(/\\([nrt])/g, (_, letter: string) => ({ n: '\n', r: '\r', t: '\t' })[letter]!)
      .replaceAll('%%', '%')
  }
}
