import { describe, expect, it } from 'vitest'
import { recordingNetwork, replayingNetwork } from '#images/network-record.ts'
import { fakeNetwork } from '../../../support/fake-network.ts'
import { AGNHOST, page, Running, started } from '../../../support/running-program.ts'

describe('web servers', () => {
  const headers = { Host: 'web', 'User-Agent': 'curl/8.14.1' }

  it('nginx logs each request', () => {
    const running = new Running(started('nginx'))
    expect(running.http('/', { headers })).toMatchObject({ status: 200 })
    expect(running.http('/', { headers }).body).toHaveLength(615)
    expect(running.lines[0]).toBe(
      'stdout: 10.244.2.7 - - [22/Jul/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 615 "-" "curl/8.14.1" "-"',
    )
  })

  it('nginx says what it did not find', () => {
    const running = new Running(started('nginx'))
    expect(running.http('/x', { headers }).body).toContain(
      '<center><h1>404 Not Found</h1></center>',
    )
    expect(running.lines).toEqual([
      'stderr: 2026/07/22 10:00:00 [error] 29#29: *1 open() "/usr/share/nginx/html/x" failed (2: No such file or directory), client: 10.244.2.7, server: localhost, request: "GET /x HTTP/1.1", host: "web"',
      'stdout: 10.244.2.7 - - [22/Jul/2026:10:00:00 +0000] "GET /x HTTP/1.1" 404 153 "-" "curl/8.14.1" "-"',
    ])
  })

  it('nginx serves what is mounted over its page', () => {
    const file = (path: string) =>
      path === '/usr/share/nginx/html/index.html' ? 'mine\n' : undefined
    expect(new Running(started('nginx'), { file }).get('/')).toEqual([200, 'mine\n'])
  })

  it('httpd logs each request', () => {
    const running = new Running(started('httpd'))
    expect(running.get('/')).toEqual([200, '<html><body><h1>It works!</h1></body></html>\n'])
    expect(running.get('/x')[0]).toBe(404)
    expect(running.lines).toEqual([
      'stdout: 10.244.2.7 - - [22/Jul/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 45',
      'stdout: 10.244.2.7 - - [22/Jul/2026:10:00:00 +0000] "GET /x HTTP/1.1" 404 196',
    ])
  })
})

describe('echo servers', () => {
  const request = { headers: { Host: 'web', 'User-Agent': 'curl/8', Accept: '*/*' } }
  it.each([
    ['hashicorp/http-echo', ['-text=hi'], /^hi\n$/],
    [
      'traefik/whoami',
      [],
      /^Hostname: pod-1\nIP: 127\.0\.0\.1\nIP: ::1\nIP: 10\.244\.1\.5\nRemoteAddr: 10\.244\.2\.7:41234\nGET \/a\?b=c HTTP\/1\.1\r\nHost: web\r\nUser-Agent: curl\/8\r\nAccept: \*\/\*\r\n\r\n$/,
    ],
    [
      'jmalloc/echo-server',
      [],
      /^Request served by pod-1\n\nHTTP\/1\.1 GET \/a\?b=c\n\nHost: web\nAccept: \*\/\*\nUser-Agent: curl\/8\n$/,
    ],
    [
      'ealen/echo-server',
      [],
      /^\{"host":\{"hostname":"web","ip":"::ffff:10\.244\.2\.7","ips":\[\]\},"http":\{"method":"GET","baseUrl":"","originalUrl":"\/a\?b=c","protocol":"http"\},"request":\{"params":\{"0":"\/a"\},"query":\{"b":"c"\}/,
    ],
    [
      'mendhak/http-https-echo',
      [],
      /^\{\n {2}"path": "\/a",\n {2}"headers": \{\n {4}"accept": "\*\/\*",/,
    ],
    [
      'registry.k8s.io/echoserver:1.10',
      [],
      /^\n\nHostname: pod-1\n\nPod Information:\n\t-no pod information available-\n\nServer values:\n\tserver_version=nginx: 1\.13\.3 - lua: 10008\n\nRequest Information:\n\tclient_address=10\.244\.2\.7\n\tmethod=GET\n\treal path=\/a\?b=c\n\tquery=b=c\n\trequest_version=1\.1\n\trequest_scheme=http\n\trequest_uri=http:\/\/web:8080\/a\?b=c\n\nRequest Headers:\n\taccept=\*\/\*\n\thost=web\n\tuser-agent=curl\/8\n\nRequest Body:\n\t-no body in request-\n\n$/,
    ],
    [
      'gcr.io/google-samples/hello-app:1.0',
      [],
      /^Hello, world!\nVersion: 1\.0\.0\nHostname: pod-1\n$/,
    ],
  ])('%s', (image, args, body) => {
    const running = new Running(started(image, args.length === 0 ? {} : { args }))
    expect(running.http('/a?b=c', request).body).toMatch(body)
  })

  it('http-echo can listen on the loopback only', () => {
    const { listens } = started('hashicorp/http-echo', {
      args: ['-text=hi', '-listen=127.0.0.1:5678'],
    })
    expect(listens).toMatchObject([{ host: '127.0.0.1', port: 5678 }])
  })
})

describe('containers that ask the network and end', () => {
  const network = () =>
    fakeNetwork(
      { 'web.default.svc.cluster.local': '10.96.1.2' },
      { '10.96.1.2:80': page('hello\n') },
    )
  it.each([
    ['busybox', ['wget', '-qO-', 'http://web'], 0, ['hello']],
    ['busybox', ['wget', '-qO-', 'http://nope'], 1, ["wget: bad address 'nope'"]],
    ['busybox', ['sh', '-c', 'echo a && wget -qO- web && echo b'], 0, ['a', 'hello', 'b']],
    [
      'busybox',
      ['sh', '-c', 'wget -qO- nope || echo failed'],
      0,
      ["wget: bad address 'nope'", 'failed'],
    ],
    ['busybox', ['sh', '-c', 'sleep 2; nc -zv web 80'], 0, ['web (10.96.1.2:80) open']],
    ['busybox', ['sh', '-c', 'wget -qO- web > /tmp/x; exit 3'], 3, []],
    ['busybox', ['sh', '-c', 'curl web'], 127, ['sh: curl: not found']],
    ['curlimages/curl:8.14.1', ['curl', '-s', 'http://web'], 0, ['hello']],
    [AGNHOST, ['/agnhost', 'connect', 'web:80', '--timeout=1s'], 0, []],
    [
      AGNHOST,
      ['/agnhost', 'connect', 'nope:80', '--timeout=1s'],
      1,
      ['DNS: lookup nope on 10.96.0.10:53: no such host'],
    ],
  ])('%s %j exits with %i', (image, command, exitCode, lines) => {
    const process = started(image, { command }, {}, network())
    expect(process.ends?.exitCode).toBe(exitCode)
    expect(process.log.map(({ text }) => text)).toEqual(lines)
    expect(process.guessed).toBeUndefined()
  })

  it('the arguments of curl go to curl', () => {
    const process = started('curlimages/curl', { args: ['-s', 'http://web'] }, {}, network())
    expect(process).toMatchObject({ ends: { exitCode: 0 }, log: [{ text: 'hello' }] })
  })

  it('nobody can tell how they end without a network', () => {
    expect(started('busybox', { command: ['wget', '-qO-', 'http://web'] }).guessed).toBe(true)
  })

  it('they are told again what they were told once', () => {
    const command = ['sh', '-c', 'nslookup web; wget -qO- web && nc -zv web 81 || ping -c 1 web']
    const recorded = recordingNetwork(network())
    const first = started('busybox', { command }, {}, recorded.network)
    const facts = JSON.parse(JSON.stringify(recorded.facts)) as typeof recorded.facts
    const again = started('busybox', { command }, {}, replayingNetwork(network(), facts))
    expect(again.log).toEqual(first.log)
    expect(again.ends).toEqual(first.ends)
    expect(first.log.length).toBeGreaterThan(5)
  })
})
