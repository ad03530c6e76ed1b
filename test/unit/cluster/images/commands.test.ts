import { describe, expect, it } from 'vitest'
import { runNetworkCommand } from '#images/commands/run.ts'
import { AGNHOST_TOOLS, BUSYBOX_TOOLS, DEBIAN_CURL_TOOLS, NETSHOOT_TOOLS } from '#images/tools.ts'
import type { Tools } from '#images/behaviour.ts'
import { fakeNetwork } from '../../../support/fake-network.ts'

const page = (body: string, status = 200, headers: Readonly<Record<string, string>> = {}) => ({
  status,
  headers: { 'Content-Type': 'text/html', ...headers },
  body,
})

const NOW = Date.UTC(2026, 6, 22, 10, 0, 0)

const network = () =>
  fakeNetwork(
    {
      'web.default.svc.cluster.local': '10.96.1.2',
      'gone.default.svc.cluster.local': '10.96.1.3',
      'slow.default.svc.cluster.local': '10.96.1.4',
      'mute.default.svc.cluster.local': '10.96.1.5',
      'raw.default.svc.cluster.local': '10.96.1.6',
      'broken.default.svc.cluster.local': 'SERVFAIL',
      'deaf.default.svc.cluster.local': 'unreachable',
      'head.default.svc.cluster.local': [
        { type: 'A', name: 'head.default.svc.cluster.local.', ttl: 30, address: '10.244.1.2' },
        { type: 'A', name: 'head.default.svc.cluster.local.', ttl: 30, address: '10.244.2.3' },
      ],
      'ext.default.svc.cluster.local': [
        { type: 'CNAME', name: 'ext.default.svc.cluster.local.', ttl: 30, target: 'example.com.' },
        { type: 'A', name: 'example.com.', ttl: 30, address: '93.184.1.1' },
      ],
      'example.com': '93.184.1.1',
      '2.1.96.10.in-addr.arpa': [
        {
          type: 'PTR',
          name: '2.1.96.10.in-addr.arpa.',
          ttl: 30,
          target: 'web.default.svc.cluster.local.',
        },
      ],
    },
    {
      '10.96.1.2:80': ({ http }) => {
        if (http?.path === '/404') return page('nope\n', 404)
        if (http?.path === '/302') return page('', 302, { Location: '/' })
        if (http?.path === '/loop') return page('', 302, { Location: '/loop' })
        if (http?.path === '/late') return { ...page('late\n'), takes: 4000 }
        if (http?.method === 'POST') return page(`${http.headers?.['Content-Type']} ${http.body}\n`)
        return page('hello\n')
      },
      '10.96.1.4:80': 'timeout',
      '10.96.1.5:80': 'silent',
      '10.96.1.6:80': { text: 'raw\n' },
      'UDP 10.96.1.6:53': { text: 'pod-1' },
      '10.96.1.7:80': 'no-route',
    },
  )

const run = (line: string, tools: Tools = AGNHOST_TOOLS, stdin?: string) => {
  const argv = line.split(' ').map((word) => word.replaceAll('_', ' ').replaceAll('~', '_'))
  const output = runNetworkCommand(
    { argv, network: network(), now: NOW, ...(stdin === undefined ? {} : { stdin }) },
    tools,
  )
  if (output === undefined) throw new Error(`${line} is no command`)
  return output
}

const DATE = 'Date: Wed, 22 Jul 2026 10:00:00 GMT'

describe('curl', () => {
  it.each([
    ['curl -s http://web', 0, 'hello\n', ''],
    ['curl -s web:80/', 0, 'hello\n', ''],
    ['curl -s http://web/404', 0, 'nope\n', ''],
    ['curl -sf http://web/404', 22, '', ''],
    ['curl -sSf http://web/404', 22, '', 'curl: (22) The requested URL returned error: 404\n'],
    ['curl -s -o /dev/null -w %{http~code}\\n http://web', 0, '200\n', ''],
    ['curl -s -o /dev/null -w %{http~code} http://gone', 7, '000', ''],
    ['curl -sL http://web/302', 0, 'hello\n', ''],
    ['curl -sS nope', 6, '', 'curl: (6) Could not resolve host: nope\n'],
    ['curl -s nope', 6, '', ''],
    ['curl -sS broken', 6, '', 'curl: (6) Could not resolve host: broken\n'],
    ['curl -sSm2 deaf', 28, '', 'curl: (28) Resolving timed out after 2001 milliseconds\n'],
    [
      'curl -sS gone',
      7,
      '',
      'curl: (7) Failed to connect to gone port 80 after 2 ms: Could not connect to server\n',
    ],
    [
      'curl -sS --connect-timeout 2 slow',
      28,
      '',
      'curl: (28) Connection timed out after 2001 milliseconds\n',
    ],
    ['curl -sS -m 3 slow', 28, '', 'curl: (28) Connection timed out after 3001 milliseconds\n'],
    [
      'curl -sS slow',
      28,
      '',
      'curl: (28) Failed to connect to slow port 80 after 134001 ms: Could not connect to server\n',
    ],
    [
      'curl -sS --max-time 1 mute',
      28,
      '',
      'curl: (28) Operation timed out after 1001 milliseconds with 0 bytes received\n',
    ],
    [
      'curl -sS -m 1 http://web/late',
      28,
      '',
      'curl: (28) Operation timed out after 1001 milliseconds with 0 bytes received\n',
    ],
    ['curl -sS mute', 52, '', 'curl: (52) Empty reply from server\n'],
    ['curl -sS raw', 1, '', 'curl: (1) Received HTTP/0.9 when not allowed\n'],
    ['curl -s -d a=b web', 0, 'application/x-www-form-urlencoded a=b\n', ''],
    ['curl -s -XPOST -HContent-Type:_application/json -d {} web', 0, 'application/json {}\n', ''],
    [
      'curl -sI http://web',
      0,
      `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n${DATE}\r\nContent-Length: 6\r\n\r\n`,
      '',
    ],
    [
      'curl -si http://web/404',
      0,
      `HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n${DATE}\r\nContent-Length: 5\r\n\r\nnope\n`,
      '',
    ],
    ['curl ftp2://x/', 1, '', 'curl: (1) Protocol "ftp2" not supported\n'],
    [
      'curl --nope x',
      2,
      '',
      "curl: option --nope: is unknown\ncurl: try 'curl --help' or 'curl --manual' for more information\n",
    ],
  ])('%s ends with %i', (line, exitCode, stdout, stderr) => {
    expect(run(line)).toMatchObject({ exitCode, stdout, stderr })
  })

  it('shows with -v what went over the wire', () => {
    expect(run('curl -sv http://web/').stderr).toBe(
      [
        '* Host web:80 was resolved.',
        '* IPv6: (none)',
        '* IPv4: 10.96.1.2',
        '*   Trying 10.96.1.2:80...',
        '* Connected to web (10.96.1.2) port 80',
        '* using HTTP/1.x',
        '> GET / HTTP/1.1\r',
        '> Host: web\r',
        '> User-Agent: curl/8.14.1\r',
        '> Accept: */*\r',
        '> \r',
        '* Request completely sent off',
        '< HTTP/1.1 200 OK\r',
        '< Content-Type: text/html\r',
        '< Date: Wed, 22 Jul 2026 10:00:00 GMT\r',
        '< Content-Length: 6\r',
        '< \r',
        '{ [6 bytes data]',
        '* Connection #0 to host web left intact',
        '',
      ].join('\n'),
    )
  })

  it('draws its meter unless it is silent', () => {
    expect(run('curl http://gone').stderr).toMatch(
      /^ {2}% Total .*\n.*\n\r {2}0 .*\ncurl: \(7\) Failed/s,
    )
  })

  it('writes a file', () => {
    expect(run('curl -s -o /tmp/page web')).toMatchObject({
      stdout: '',
      files: [{ path: '/tmp/page', text: 'hello\n' }],
    })
  })

  it('gives up after fifty redirects', () => {
    expect(run('curl -sSL http://web/loop')).toMatchObject({
      exitCode: 47,
      stderr: 'curl: (47) Maximum (50) redirects followed\n',
    })
  })

  it('takes as long as it waits', () => {
    expect(run('curl -s -m 3 slow').takes).toBe(3000)
    expect(run('curl -s http://web/late').takes).toBe(4002)
  })
})

describe('wget of busybox', () => {
  it.each([
    ['wget -qO- http://web', 0, 'hello\n', ''],
    ['wget -q -O - web/302', 0, 'hello\n', ''],
    ['wget -qO- nope', 1, '', "wget: bad address 'nope'\n"],
    [
      'wget -qO- gone',
      1,
      '',
      "wget: can't connect to remote host (10.96.1.3): Connection refused\n",
    ],
    ['wget -qO- -T 2 slow', 1, '', 'wget: download timed out\n'],
    [
      'wget -qO- slow',
      1,
      '',
      "wget: can't connect to remote host (10.96.1.4): Operation timed out\n",
    ],
    ['wget -qO- -T 2 mute', 1, '', 'wget: download timed out\n'],
    ['wget -qO- web/404', 1, '', 'wget: server returned error: HTTP/1.1 404 Not Found\n'],
    ['wget -qO- raw', 1, '', 'wget: error getting response\n'],
    ['wget -qO- --post-data=a=b web', 0, 'application/x-www-form-urlencoded a=b\n', ''],
    ['wget --spider web', 0, '', 'Connecting to web (10.96.1.2:80)\nremote file exists\n'],
    [
      'wget -O- http://web',
      0,
      'hello\n',
      `Connecting to web (10.96.1.2:80)\nwriting to stdout\n-                    100% |${'*'.repeat(32)}|     6  0:00:00 ETA\nwritten to stdout\n`,
    ],
    [
      'wget web',
      0,
      '',
      `Connecting to web (10.96.1.2:80)\nsaving to 'index.html'\nindex.html           100% |${'*'.repeat(32)}|     6  0:00:00 ETA\n'index.html' saved\n`,
    ],
    ['busybox wget -qO- web', 0, 'hello\n', ''],
  ])('%s ends with %i', (line, exitCode, stdout, stderr) => {
    expect(run(line, BUSYBOX_TOOLS)).toMatchObject({ exitCode, stdout, stderr })
  })
})

describe('wget of GNU', () => {
  it.each([
    ['wget -qO- http://web', 0, 'hello\n', ''],
    ['wget -qO- web/404', 8, '', ''],
    ['wget -qO- gone', 4, '', ''],
    [
      'wget -O- gone',
      4,
      '',
      '--2026-07-22 10:00:00--  http://gone/\nResolving gone (gone)... 10.96.1.3\nConnecting to gone (gone)|10.96.1.3|:80... failed: Connection refused.\n',
    ],
    [
      'wget -O- nope',
      4,
      '',
      '--2026-07-22 10:00:00--  http://nope/\nResolving nope (nope)... failed: Name or service not known.\nwget: unable to resolve host address ‘nope’\n',
    ],
    [
      'wget -O- -T 1 -t 1 mute',
      4,
      '',
      '--2026-07-22 10:00:00--  http://mute/\nResolving mute (mute)... 10.96.1.5\nConnecting to mute (mute)|10.96.1.5|:80... connected.\nHTTP request sent, awaiting response... Read error (Connection timed out) in headers.\nGiving up.\n\n',
    ],
    [
      'wget --spider http://web/404',
      8,
      '',
      'Spider mode enabled. Check if remote file exists.\n--2026-07-22 10:00:00--  http://web/404\nResolving web (web)... 10.96.1.2\nConnecting to web (web)|10.96.1.2|:80... connected.\nHTTP request sent, awaiting response... 404 Not Found\nRemote file does not exist -- broken link!!!\n\n',
    ],
  ])('%s ends with %i', (line, exitCode, stdout, stderr) => {
    expect(run(line, NETSHOOT_TOOLS)).toMatchObject({ exitCode, stdout, stderr })
  })

  it('tries twenty times', () => {
    expect(
      run('wget -O- -T 1 slow', NETSHOOT_TOOLS).stderr.match(/failed: Connection timed out/g),
    ).toHaveLength(20)
  })
})

const BB_SERVER = 'Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n'
const BIND_SERVER = 'Server:\t\t10.96.0.10\nAddress:\t10.96.0.10#53\n\n'
const WEB = 'web.default.svc.cluster.local'

describe('nslookup of busybox', () => {
  it.each([
    [`nslookup ${WEB}`, 0, `${BB_SERVER}Name:\t${WEB}\nAddress: 10.96.1.2\n\n\n`],
    // A name without a dot is searched for, each suffix by itself, and any that is not there fails the whole.
    [
      'nslookup web',
      1,
      `${BB_SERVER}Name:\t${WEB}\nAddress: 10.96.1.2\n\n** server can't find web.svc.cluster.local: NXDOMAIN\n\n** server can't find web.cluster.local: NXDOMAIN\n\n\n** server can't find web.svc.cluster.local: NXDOMAIN\n\n** server can't find web.cluster.local: NXDOMAIN\n\n`,
    ],
    // A name with a dot is not.
    [
      'nslookup web.default',
      1,
      `${BB_SERVER}** server can't find web.default: NXDOMAIN\n\n** server can't find web.default: NXDOMAIN\n\n`,
    ],
    ['nslookup 10.96.1.2', 0, `${BB_SERVER}2.1.96.10.in-addr.arpa\tname = ${WEB}\n\n`],
    [
      'nslookup broken.default.svc.cluster.local',
      1,
      `${BB_SERVER}** server can't find broken.default.svc.cluster.local: SERVFAIL\n\n** server can't find broken.default.svc.cluster.local: SERVFAIL\n\n`,
    ],
    [
      'nslookup deaf.default.svc.cluster.local',
      1,
      ';; connection timed out; no servers could be reached\n\n',
    ],
    [
      'nslookup -type=a ext.default.svc.cluster.local',
      0,
      `${BB_SERVER}ext.default.svc.cluster.local\tcanonical name = example.com\nName:\texample.com\nAddress: 93.184.1.1\n\n`,
    ],
  ])('%s ends with %i', (line, exitCode, stdout) => {
    expect(run(line, BUSYBOX_TOOLS)).toMatchObject({ exitCode, stdout, stderr: '' })
  })
})

describe('nslookup of bind', () => {
  it.each([
    ['nslookup web', 0, `${BIND_SERVER}Name:\t${WEB}\nAddress: 10.96.1.2\n\n`],
    ['nslookup web.default', 0, `${BIND_SERVER}Name:\t${WEB}\nAddress: 10.96.1.2\n\n`],
    [
      'nslookup head',
      0,
      `${BIND_SERVER}Name:\thead.default.svc.cluster.local\nAddress: 10.244.1.2\nName:\thead.default.svc.cluster.local\nAddress: 10.244.2.3\n\n`,
    ],
    [
      'nslookup ext',
      0,
      `${BIND_SERVER}ext.default.svc.cluster.local\tcanonical name = example.com.\nName:\texample.com\nAddress: 93.184.1.1\n\n`,
    ],
    ['nslookup nope', 1, `${BIND_SERVER}** server can't find nope: NXDOMAIN\n\n`],
    ['nslookup 10.96.1.2', 0, `2.1.96.10.in-addr.arpa\tname = ${WEB}.\n\n`],
    [
      'nslookup broken',
      1,
      `;; Got SERVFAIL reply from 10.96.0.10\n${BIND_SERVER}** server can't find broken.default.svc.cluster.local: SERVFAIL\n\n`,
    ],
    [
      'nslookup deaf',
      1,
      `${';; communications error to 10.96.0.10#53: timed out\n'.repeat(3)};; no servers could be reached\n\n`,
    ],
  ])('%s ends with %i', (line, exitCode, stdout) => {
    expect(run(line)).toMatchObject({ exitCode, stdout, stderr: '' })
  })
})

describe('dig and host', () => {
  it.each([
    ['dig +short web', 0, ''],
    [`dig +short ${WEB}`, 0, '10.96.1.2\n'],
    ['dig +short +search web', 0, '10.96.1.2\n'],
    ['dig +search +short ext', 0, 'example.com.\n93.184.1.1\n'],
    ['dig -x 10.96.1.2 +short', 0, `${WEB}.\n`],
    [`dig +noall +answer ${WEB} A`, 0, `${WEB}. 30 IN\tA\t10.96.1.2\n`],
    ['dig +noall +answer example.com', 0, 'example.com.\t\t30\tIN\tA\t93.184.1.1\n'],
    ['dig +notcp +noall +answer +search nope A', 0, ''],
    [
      'dig +time=1 +tries=1 +short deaf.default.svc.cluster.local',
      9,
      ';; communications error to 10.96.0.10#53: timed out\n\n; <<>> DiG 9.20.15 <<>> +time=1 +tries=1 +short deaf.default.svc.cluster.local\n;; global options: +cmd\n;; no servers could be reached\n',
    ],
    ['host web', 0, `${WEB} has address 10.96.1.2\n`],
    ['host nope', 1, 'Host nope not found: 3(NXDOMAIN)\n'],
    ['getent hosts web', 0, `10.96.1.2       ${WEB} web\n`],
    ['getent hosts nope', 2, ''],
  ])('%s ends with %i', (line, exitCode, stdout) => {
    expect(run(line)).toMatchObject({ exitCode, stdout })
  })

  it('dig prints the whole message', () => {
    const { stdout } = run(`dig nope.default.svc.cluster.local`)
    expect(stdout).toContain('status: NXDOMAIN')
    expect(stdout).toContain(
      ';; flags: qr aa rd; QUERY: 1, ANSWER: 0, AUTHORITY: 0, ADDITIONAL: 1\n',
    )
    expect(stdout).toContain(';nope.default.svc.cluster.local.\tIN\tA\n')
    expect(stdout).toContain(';; SERVER: 10.96.0.10#53(10.96.0.10) (UDP)\n')
    expect(stdout).toContain(';; WHEN: Wed Jul 22 10:00:00 UTC 2026\n')
  })
})

describe('nc', () => {
  it.each([
    [
      'nc -zv web 80',
      AGNHOST_TOOLS,
      0,
      '',
      'Connection to web (10.96.1.2) 80 port [tcp/http] succeeded!\n',
    ],
    [
      'nc -zv 10.96.1.2 80',
      AGNHOST_TOOLS,
      0,
      '',
      'Connection to 10.96.1.2 80 port [tcp/http] succeeded!\n',
    ],
    [
      'nc -zv gone 8080',
      AGNHOST_TOOLS,
      1,
      '',
      'nc: connect to gone (10.96.1.3) port 8080 (tcp) failed: Connection refused\n',
    ],
    [
      'nc -zvw1 slow 80',
      AGNHOST_TOOLS,
      1,
      '',
      'nc: connect to slow (10.96.1.4) port 80 (tcp) timed out: Operation now in progress\n',
    ],
    [
      'nc -v nope 80',
      AGNHOST_TOOLS,
      1,
      '',
      'nc: getaddrinfo for host "nope" port 80: Name does not resolve\n',
    ],
    ['nc -w 1 raw 80', AGNHOST_TOOLS, 0, 'raw\n', ''],
    ['nc -w 1 -u raw 53', AGNHOST_TOOLS, 0, 'pod-1', ''],
    ['nc -u -w 1 gone 53', AGNHOST_TOOLS, 1, '', ''],
    ['nc -zv web 80', BUSYBOX_TOOLS, 0, '', 'web (10.96.1.2:80) open\n'],
    ['nc -zv gone 80', BUSYBOX_TOOLS, 1, '', 'nc: gone (10.96.1.3:80): Connection refused\n'],
    ['nc -zv nope 80', BUSYBOX_TOOLS, 1, '', "nc: bad address 'nope'\n"],
  ])('%s', (line, tools, exitCode, stdout, stderr) => {
    expect(run(line, tools, 'hostname\n')).toMatchObject({ exitCode, stdout, stderr })
  })

  it('sends a request that was typed by hand', () => {
    const { stdout } = run('nc web 80', AGNHOST_TOOLS, 'GET /404 HTTP/1.1\r\nHost: web\r\n\r\n')
    expect(stdout).toBe(
      'HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nnope\n',
    )
  })
})

describe('ping', () => {
  it.each([
    ['ping -c 1 nope', BUSYBOX_TOOLS, 1, /^$/, "ping: bad address 'nope'\n"],
    ['ping -c 1 nope', NETSHOOT_TOOLS, 2, /^$/, 'ping: nope: Name or service not known\n'],
    [
      'ping -c 2 web',
      BUSYBOX_TOOLS,
      0,
      /^PING web \(10\.96\.1\.2\): 56 data bytes\n64 bytes from 10\.96\.1\.2: seq=0 ttl=64 time=0\.\d{3} ms\n.*seq=1.*\n\n--- web ping statistics ---\n2 packets transmitted, 2 packets received, 0% packet loss\nround-trip min\/avg\/max = .* ms\n$/,
      '',
    ],
    [
      'ping -c 1 gone',
      BUSYBOX_TOOLS,
      1,
      /\n1 packets transmitted, 0 packets received, 100% packet loss\n$/,
      '',
    ],
    [
      'ping -c 1 10.96.1.2',
      NETSHOOT_TOOLS,
      0,
      /^PING 10\.96\.1\.2 \(10\.96\.1\.2\) 56\(84\) bytes of data\.\n/,
      '',
    ],
  ])('%s', (line, tools, exitCode, stdout, stderr) => {
    const output = run(line, tools)
    expect(output).toMatchObject({ exitCode, stderr })
    expect(output.stdout).toMatch(stdout)
  })
})

describe('agnhost', () => {
  it.each([
    ['agnhost connect --timeout=3s web:80', 0, '', ''],
    ['agnhost connect --timeout 3s gone:80', 1, '', 'REFUSED\n'],
    ['agnhost connect --timeout=3s slow:80', 1, '', 'TIMEOUT\n'],
    [
      'agnhost connect --timeout=3s nope:80',
      1,
      '',
      'DNS: lookup nope on 10.96.0.10:53: no such host\n',
    ],
    [
      'agnhost connect --timeout=3s 10.96.1.7:80',
      1,
      '',
      'OTHER: dial tcp 10.96.1.7:80: connect: no route to host\n',
    ],
    ['agnhost connect web', 1, '', 'UNKNOWN: address web: missing port in address\n'],
    ['agnhost connect --protocol=udp --timeout=1s raw:53', 0, '', ''],
    [
      'agnhost connect --protocol=udp --timeout=1s gone:53',
      1,
      '',
      'REFUSED: read udp 10.244.1.5:43210->10.96.1.3:53: read: connection refused\n',
    ],
    ['agnhost dns-suffix', 0, 'default.svc.cluster.local,svc.cluster.local,cluster.local\n', ''],
    ['agnhost dns-server-list', 0, '10.96.0.10\n', ''],
  ])('%s', (line, exitCode, stdout, stderr) => {
    expect(run(line)).toMatchObject({ exitCode, stdout, stderr })
  })
})

describe('tools that an image does not have', () => {
  it.each([
    ['curl web', BUSYBOX_TOOLS],
    ['wget web', DEBIAN_CURL_TOOLS],
    ['dig web', BUSYBOX_TOOLS],
  ])('%s', (line, tools) => {
    expect(run(line, tools)).toMatchObject({
      exitCode: 127,
      stderr: `sh: ${line.split(' ')[0]}: not found\n`,
    })
  })
})
