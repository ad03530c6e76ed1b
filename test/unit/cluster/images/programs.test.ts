import { describe, expect, it } from 'vitest'
import type { Self } from '#images/behaviour.ts'
import { lineAt } from '#images/clock.ts'
import type { Contact, Network } from '#images/network.ts'
import { fakeNetwork, type Place } from '../../../support/fake-network.ts'
import { AGNHOST, memory, NOW, page, Running, started } from '../../../support/running-program.ts'

describe('agnhost netexec', () => {
  const running = (args: readonly string[] = [], self: Partial<Self> = {}) =>
    new Running(started(AGNHOST, { args: ['netexec', ...args] }), self)

  it.each([
    ['/', 200, 'NOW: 2026-07-22 10:00:00 +0000 UTC m=+0.000000000'],
    ['/anything', 200, 'NOW: 2026-07-22 10:00:00 +0000 UTC m=+0.000000000'],
    ['/hostname', 200, 'pod-1'],
    ['/hostName', 200, 'pod-1'],
    ['/clientip', 200, '10.244.2.7:41234'],
    ['/echo?msg=hi%20there+you&code=201', 201, 'hi there you'],
    ['/echo?msg=x&code=abc', 200, 'argument \'code\' must be an integer or empty, got "abc"\n'],
    ['/healthz', 200, ''],
    ['/readyz', 200, 'ok'],
    ['/serverport', 200, '8080'],
    ['/upload', 200, '{"error":"Unable to upload file."}'],
    [
      '/exit?timeout=x',
      200,
      'argument \'timeout\' must be a valid golang duration or empty, got "x"\n',
    ],
    ['/dial?host=a', 400, 'request parameter not specified. <nil>\n'],
    ['/dial?request=x&protocol=ip', 400, 'unsupported protocol. ip\n'],
    [
      '/dial?request=x&tries=z',
      400,
      'tries parameter is invalid. strconv.Atoi: parsing "z": invalid syntax\n',
    ],
    ['/shell?cmd=echo%20hi', 200, '{"output":"hi\\n"}'],
    ['/shell?cmd=hostname', 200, '{"output":"pod-1\\n"}'],
    ['/shell?cmd=exit%203', 200, '{"error":"exit status 3"}'],
    [
      '/shell?cmd=frobnicate',
      200,
      '{"error":"exit status 127","output":"/bin/sh: frobnicate: not found\\n"}',
    ],
  ])('%s', (path, status, body) => {
    expect(running().get(path)).toEqual([status, body])
  })

  it('is not healthy without its datagram server', () => {
    expect(running(['--udp-port=-1']).get('/healthz')).toEqual([412, ''])
    expect(running(['--udp-port=-1', '--sctp-port=9000']).get('/healthz')).toEqual([200, ''])
  })

  it('is not ready when it was told to stop', () => {
    expect(running([], { isStopping: true }).get('/readyz')).toEqual([503, 'shutting down'])
  })

  it('redirects', () => {
    expect(running().http('/redirect?location=/echo%3Fmsg=a&code=307')).toMatchObject({
      status: 307,
      headers: { Location: '/echo?msg=a' },
      body: '<a href="/echo?msg=a">Temporary Redirect</a>.\n\n',
    })
  })

  it('ends when it is asked to', () => {
    const server = running()
    server.get('/exit?code=7')
    server.get('/shutdown')
    expect(server.exits).toEqual([7, 0])
  })

  it('logs what it was asked', () => {
    const server = running()
    server.get('/hostName')
    expect(server.lines).toEqual(['stderr: 2026/07/22 10:00:00 GET /hostName'])
  })

  it('answers with the override whatever it is asked', () => {
    expect(running(['--http-override=/echo?msg=no&code=404']).get('/hostname')).toEqual([404, 'no'])
  })

  it.each([
    [' HostName\n', 'pod-1'],
    ['echo Hello', 'hello'],
    ['clientip', '10.244.2.7:41234'],
    ['what', undefined],
    ['', undefined],
  ])('answers the datagram %j with %j', (text, answer) => {
    expect(running().message(text)).toBe(answer)
  })

  const places: Readonly<Record<string, Place>> = {
    '10.244.3.4:8083': page('netserver-0'),
    'UDP 10.244.3.4:8081': { text: 'netserver-0' },
    'UDP 10.244.3.4:8082': 'silent',
    '10.244.3.4:9000': 'timeout',
    '10.244.3.4:9001': 'silent',
  }
  it.each([
    ['port=8083&request=hostname', '{"responses":["netserver-0"]}'],
    ['port=8083&request=hostname&tries=2', '{"responses":["netserver-0","netserver-0"]}'],
    ['port=8081&request=hostname&protocol=udp', '{"responses":["netserver-0"]}'],
    [
      'port=1&request=hostname',
      '{"errors":["Get \\"http://10.244.3.4:1/hostname\\": dial tcp 10.244.3.4:1: connect: connection refused"]}',
    ],
    [
      'port=9000&request=x',
      '{"errors":["Get \\"http://10.244.3.4:9000/x\\": dial tcp 10.244.3.4:9000: i/o timeout (Client.Timeout exceeded while awaiting headers)"]}',
    ],
    [
      'port=9001&request=x',
      '{"errors":["Get \\"http://10.244.3.4:9001/x\\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"]}',
    ],
    [
      'port=8082&request=x&protocol=udp',
      '{"errors":["reading from udp connection failed. err:\'read udp 10.244.1.5:43210-\\u003e10.244.3.4:8082: i/o timeout\'"]}',
    ],
    [
      'port=1&request=x&protocol=udp',
      '{"errors":["reading from udp connection failed. err:\'read udp 10.244.1.5:43210-\\u003e10.244.3.4:1: read: connection refused\'"]}',
    ],
  ])('dials with %s', (query, body) => {
    const network = fakeNetwork({}, places)
    expect(running([], { network }).get(`/dial?host=10.244.3.4&${query}`)).toEqual([200, body])
  })
})

describe('other subcommands of agnhost', () => {
  it('serve-hostname answers by HTTP, by TCP and by UDP', () => {
    expect(new Running(started(AGNHOST, { args: ['serve-hostname'] })).get('/x')).toEqual([
      200,
      'pod-1',
    ])
    const raw = new Running(
      started(AGNHOST, { args: ['serve-hostname', '--http=false', '--tcp', '--udp'] }),
    )
    expect(raw.message('x', 'TCP')).toBe('pod-1')
    expect(raw.message('x', 'UDP')).toBe('pod-1')
    expect(raw.lines[0]).toBe('stderr: 2026/07/22 10:00:00 TCP request from 10.244.2.7:41234')
    expect(started(AGNHOST, { args: ['serve-hostname', '--tcp'] }).ends).toMatchObject({
      exitCode: 1,
    })
  })

  it('porter serves what its environment says', () => {
    const env = {
      SERVE_PORT_80: '<a href="/rewriteme">test</a>',
      SERVE_TCP_PORT_81: 'foo',
      SERVE_TLS_PORT_443: 'tls baz',
      SERVE_UDP_PORT_53: 'datagram',
      SERVE_SCTP_PORT_54: 'stream',
    }
    const process = started(AGNHOST, { args: ['porter'] }, env)
    const running = new Running(process)
    expect(running.http('/x', {}, 80)).toMatchObject({
      headers: { 'Content-Type': 'text/html; charset=utf-8' },
      body: '<a href="/rewriteme">test</a>',
    })
    expect(running.http('/x', {}, 81).headers).toEqual({
      'Content-Type': 'text/plain; charset=utf-8',
    })
    expect(running.message('x', 'UDP')).toBe('datagram')
    expect(running.message('x', 'SCTP')).toBe('stream')
    expect(process.listens.filter(({ tls }) => tls === true).map(({ port }) => port)).toEqual([443])
    const json = new Running(
      started(AGNHOST, { args: ['porter', '--json-response'] }, { SERVE_PORT_80: 'foo' }),
    )
    expect(json.http('/', { method: 'PATCH' }).body).toBe('{"Method":"PATCH","Body":"foo"}')
  })

  it('test-webserver serves files', () => {
    const file = (path: string) => (path === '/results/a@b' ? 'OK\n' : undefined)
    const running = new Running(started(AGNHOST, { args: ['test-webserver'] }), { file })
    expect(running.get('/results/a@b')).toEqual([200, 'OK\n'])
    expect(running.get('/results/a%40b')).toEqual([200, 'OK\n'])
    expect(running.get('/results/none')).toEqual([404, '404 page not found\n'])
    expect(running.get('/results/%ff')).toEqual([404, '404 page not found\n'])
    expect(running.get('/')[1]).toContain('<a href="etc/">etc/</a>\n')
  })

  it('the guestbook tells its replicas', () => {
    const primaryStore = memory()
    const replicaStore = memory()
    const one = (role: 'primary' | 'replica', network: Network) =>
      new Running(
        started(AGNHOST, {
          args: [
            'guestbook',
            '--http-port',
            '6379',
            ...(role === 'replica' ? ['--replicaof=agnhost-primary'] : []),
          ],
        }),
        {
          podIP: role === 'primary' ? '10.244.1.1' : '10.244.1.2',
          store: role === 'primary' ? primaryStore : replicaStore,
          network,
        },
      )
    const reach = (role: 'primary' | 'replica') => (contact: Contact) =>
      one(role, network).http(contact.http!.path)
    const network: Network = fakeNetwork(
      {
        'agnhost-primary.default.svc.cluster.local': '10.96.0.1',
        'agnhost-replica.default.svc.cluster.local': '10.96.0.2',
      },
      {
        '10.96.0.1:6379': reach('primary'),
        '10.96.0.2:6379': reach('replica'),
        '10.244.1.2:6379': reach('replica'),
      },
    )
    const front = new Running(started(AGNHOST, { args: ['guestbook'] }), { network })
    expect(front.get('/guestbook?cmd=get&key=messages')).toEqual([200, '{"data":""}'])
    expect(front.get('/guestbook?cmd=set&key=messages&value=Hi')).toEqual([
      200,
      '{"message":"Updated"}',
    ])
    expect(front.get('/guestbook?cmd=get&key=messages')).toEqual([200, '{"data":"Hi"}'])
    expect(front.get('/guestbook?cmd=no')).toEqual([400, "unsupported cmd: 'no'\n"])
    expect(front.get('/guestbook?cmd=set')).toEqual([400, 'cannot set with empty key.\n'])
  })

  it('the guestbook says what it cannot reach', () => {
    const network = fakeNetwork({ 'agnhost-primary.default.svc.cluster.local': '10.96.0.1' })
    const front = new Running(started(AGNHOST, { args: ['guestbook'] }), { network })
    expect(front.get('/guestbook?cmd=get')).toEqual([
      400,
      'host and/or port param are invalid. lookup agnhost-replica on 10.96.0.10:53: no such host\n',
    ])
    expect(front.get('/guestbook?cmd=set&key=a&value=b')).toEqual([
      417,
      'encountered error: Get "http://agnhost-primary:6379/set?key=a&value=b": dial tcp 10.96.0.1:6379: connect: connection refused\n',
    ])
  })

  it('logs-generator writes its lines over its time', () => {
    const { log, ends } = started(AGNHOST, {
      args: ['logs-generator', '--log-lines-total', '10', '--run-duration', '20s'],
    })
    expect(ends).toEqual({ after: 20_000, exitCode: 0 })
    expect(log.map(({ after }) => after)).toEqual(
      [0, 2, 4, 6, 8, 10, 12, 14, 16, 18].map((s) => s * 1000),
    )
    expect(lineAt(log[3]!, NOW)).toMatch(
      /^I0722 10:00:06\.000000 {7}1 logs_generator\.go:76\] 3 (GET|POST|PUT) \/api\/v1\/namespaces\/(kube-system|default|ns)\/pods\/[a-z0-9]{3,5} [2-5]\d\d$/,
    )
    expect(started(AGNHOST, { args: ['logs-generator'] }).ends).toMatchObject({ exitCode: 255 })
  })
})

describe('SynergyChat', () => {
  const API_ENV = { API_PORT: '8080', CRAWLER_BASE_URL: 'http://crawler-service' }
  const api = (env: Readonly<Record<string, string>>, network: Network) =>
    new Running(started('bootdotdev/synergychat-api', {}, env), { env, network })
  const post = (running: Running, text: string) =>
    running.http('/messages', {
      method: 'POST',
      body: JSON.stringify({ AuthorUsername: 'ada', Text: text }),
    })
  const crawler = new Running(
    started(
      'bootdotdev/synergychat-crawler',
      {},
      { CRAWLER_PORT: '8080', CRAWLER_KEYWORDS: 'love,hate' },
    ),
    { age: 95_000 },
  )
  const healthy = fakeNetwork(
    { 'crawler-service.default.svc.cluster.local': '10.96.1.9' },
    { '10.96.1.9:80': ({ http }) => crawler.http(http!.path) },
  )

  it.each([
    ['api', { API_DB_FILEPATH: '/x' }, 'No API_PORT found in environment'],
    ['api', { CRAWLER_BASE_URL: 'http://x' }, 'No API_PORT found in environment'],
    ['api', { API_PORT: 'eighty' }, 'listen tcp: lookup tcp/eighty: unknown port'],
    ['api', { API_PORT: '80800' }, 'listen tcp: address 80800: invalid port'],
    ['crawler', { CRAWLER_PORT: '8080' }, 'No CRAWLER_KEYWORDS found in environment'],
    ['crawler', { CRAWLER_KEYWORDS: 'love' }, 'No CRAWLER_PORT found in environment'],
    ['testram', {}, 'MEGABYTES environment variable is not set.'],
    ['testram', { MEGABYTES: 'many' }, 'Error converting MEGABYTES to integer'],
  ])('%s with %j ends: %s', (name, env, text) => {
    const process = started(`bootdotdev/synergychat-${name}`, {}, env)
    expect(process.ends).toEqual({ after: 10, exitCode: 1 })
    expect(lineAt(process.log.at(-1)!, NOW)).toBe(`2026/07/22 10:00:00 ${text}`)
  })

  it.each(['web', 'api', 'crawler'])('%s runs without any setting', (name) => {
    const process = started(`bootdotdev/synergychat-${name}`)
    expect(process.ends).toBeUndefined()
    expect(process.listens.map(({ port }) => port)).toEqual([8080])
  })

  it('web serves its page and tells it where the API is', () => {
    const env = { WEB_PORT: '3000', API_URL: 'http://localhost:30080' }
    const web = new Running(started('bootdotdev/synergychat-web', {}, env), { env })
    expect(web.get('/')[1]).toContain('<title>SynergyChat</title>')
    expect(web.get('/app.js')[1]).toMatch(/^const apiUrl = 'http:\/\/localhost:30080';\n/)
    expect(web.get('/nope')).toEqual([404, 'File not found\n'])
  })

  it('the API keeps messages', () => {
    const running = api(API_ENV, healthy)
    expect(running.get('/healthz')).toEqual([200, '{\n  "status": "ok"\n}'])
    expect(running.get('/messages')).toEqual([200, '[]'])
    expect(post(running, 'hello').status).toBe(201)
    expect(JSON.parse(running.get('/messages')[1])).toEqual([
      { AuthorUsername: 'ada', Text: 'hello' },
    ])
    expect(running.http('/messages', { method: 'DELETE' }).status).toBe(405)
    expect(running.get('/')).toEqual([404, '404 page not found\n'])
  })

  it.each([
    ['', 'EOF'],
    ['{', 'unexpected EOF'],
    ['hello', "invalid character 'h' looking for beginning of value"],
    ['[]', 'json: cannot unmarshal array into Go value of type main.Message'],
    [
      '{"Text":1}',
      'json: cannot unmarshal number into Go struct field Message.Text of type string',
    ],
  ])('the API refuses %j', (body, error) => {
    const { status, body: text } = api(API_ENV, healthy).http('/messages', { method: 'POST', body })
    expect(status).toBe(400)
    expect(JSON.parse(text)).toEqual({ error: `Error decoding JSON: ${error}` })
  })

  it('the API asks the crawler', () => {
    const running = api(API_ENV, healthy)
    const messages = JSON.parse(post(running, '/stats keywords=love,hate title=Moby').body) as {
      Text: string
    }[]
    expect(messages.at(-1)).toMatchObject({ AuthorUsername: 'crawler-bot' })
    expect(messages.at(-1)!.Text).toMatch(
      /^Beep boop! I have found [1-9]\d* matches so far in books matching your request\. Your raw query to me was: http:\/\/crawler-service\/stats\?keywords=love%2Chate&title=Moby$/,
    )
  })

  it('the API says that it has no crawler', () => {
    const running = api({ API_PORT: '8080' }, healthy)
    expect(post(running, '/stats').body).toContain('Crawler worker not configured')
  })

  it.each([
    [
      'http://crawler-svc',
      'Get "http://crawler-svc/stats": dial tcp: lookup crawler-svc on 10.96.0.10:53: no such host',
    ],
    [
      'http://crawler-service:8080',
      'Get "http://crawler-service:8080/stats": dial tcp 10.96.1.9:8080: connect: connection refused',
    ],
    ['crawler-service', 'Get "crawler-service/stats": unsupported protocol scheme ""'],
    [
      'crawler-service:80',
      'Get "crawler-service:80/stats": unsupported protocol scheme "crawler-service"',
    ],
  ])('the API with the crawler at %s fails and logs why', (base, error) => {
    const running = api({ API_PORT: '8080', CRAWLER_BASE_URL: base }, healthy)
    const reply = post(running, '/stats')
    expect(reply.status).toBe(400)
    expect(JSON.parse(reply.body)).toEqual({ error: `Error handling slash command: ${error}` })
    expect(running.lines).toEqual([
      `stderr: 2026/07/22 10:00:00 Error handling slash command: ${error}`,
    ])
  })

  it('the API ends at a bad word', () => {
    const running = api(API_ENV, healthy)
    post(running, 'oh heck')
    expect(running.exits).toEqual([1])
    expect(running.lines).toEqual(['stderr: 2026/07/22 10:00:00 Profanity detected!!!'])
  })

  it('the crawler counts more the longer it runs', () => {
    const env = { CRAWLER_PORT: '8080', CRAWLER_KEYWORDS: 'love,hate' }
    const books = (age: number) =>
      JSON.parse(
        new Running(started('bootdotdev/synergychat-crawler', {}, env), { age }).get(
          '/stats?keywords=love',
        )[1],
      ) as { Keyword: string; BookTitle: string; Count: number }[]
    expect(books(0)).toHaveLength(1)
    expect(books(65_000)).toHaveLength(3)
    expect(books(65_000).every(({ Keyword }) => Keyword === 'love')).toBe(true)
    const counts = books(400_000).map(({ Count }) => Count)
    expect(counts).toEqual(counts.toSorted((a, b) => a - b))
  })
})
