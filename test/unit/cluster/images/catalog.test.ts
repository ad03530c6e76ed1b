import { describe, expect, it } from 'vitest'
import { imageBehaviour } from '#images/catalog.ts'
import { type ContainerProgram, processOf } from '#images/process.ts'
import { familiarReference, parseReference } from '#apimachinery/image-reference.ts'
import { isOneEditAway } from '#images/well-known.ts'

const run = (
  image: string,
  container: ContainerProgram = {},
  env: Readonly<Record<string, string>> = {},
) => {
  const found = imageBehaviour(image)
  if ('failure' in found) throw new Error(found.failure)
  return processOf(container, found.behaviour, env)
}

const ports = (process: ReturnType<typeof run>) => process.listens.map(({ port }) => port)

describe('references', () => {
  it.each([
    ['nginx', 'nginx:latest'],
    ['docker.io/library/nginx:1', 'nginx:1'],
    ['bootdotdev/synergychat-web', 'bootdotdev/synergychat-web:latest'],
    ['registry.k8s.io/pause:3.10', 'registry.k8s.io/pause:3.10'],
    ['localhost:5000/a/b', 'localhost:5000/a/b:latest'],
    [`nginx@sha256:${'a'.repeat(64)}`, `nginx@sha256:${'a'.repeat(64)}`],
    [`nginx:1@sha256:${'a'.repeat(64)}`, 'nginx:1'],
  ])('%s is %s', (text, expected) => {
    const reference = parseReference(text)
    expect('invalid' in reference ? reference : familiarReference(reference)).toBe(expected)
  })

  it.each(['', ' ', 'nginx:', 'nginx::1', 'a//b', '-a', 'nginx:la test', 'nginx@sha256:x', '../x'])(
    '%j is none',
    (text) => expect(parseReference(text)).toEqual({ invalid: 'invalid reference format' }),
  )
})

describe('images that do not exist', () => {
  it.each([
    [
      'ngnix',
      "pull access denied for ngnix, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
    ],
    ['nginx:1.999', 'manifest for nginx:1.999 not found: manifest unknown: manifest unknown'],
    [
      'bootdotdev/synergychat-web:404',
      'manifest for bootdotdev/synergychat-web:404 not found: manifest unknown: manifest unknown',
    ],
    [
      'registry.k8s.io/pause:404',
      'manifest for registry.k8s.io/pause:404 not found: manifest unknown: Failed to fetch "404"',
    ],
    [
      'invalid.registry.k8s.io/x:1',
      'Get "https://invalid.registry.k8s.io/v2/": dial tcp: lookup invalid.registry.k8s.io on 192.168.49.1:53: no such host',
    ],
    [
      'localhost:5000/x',
      'Get "http://localhost:5000/v2/": dial tcp 127.0.0.1:5000: connect: connection refused',
    ],
  ])('%s', (image, message) => {
    expect(imageBehaviour(image)).toEqual({ failure: `Error response from daemon: ${message}` })
  })

  it.each([
    'ngins',
    'nginxx',
    'bussybox',
    'busybx',
    'rediss',
    'web:nope',
    'x/does-not-exist',
    'nginx:latestt',
    'nginx:99',
    'redis:42-alpine',
    'a.invalid/b',
    'registry.example.com/b',
  ])('nor does %s', (image) => {
    expect(imageBehaviour(image)).toHaveProperty('failure')
  })

  it.each([
    'nginx',
    'nginx:1.27-alpine',
    'nginx:1.15-4',
    'nginx:stable-alpine',
    'nginx:alpine',
    'busybox:1.36.1',
    'redis:7.4.1-bookworm',
    'postgres:16',
    'mysql:8.0',
    'ubuntu:24.04',
    'debian:bookworm-slim',
    'node:22-alpine3.20',
    'python:3.12-slim',
    'web',
    'shop/web:2',
    'v1',
    'ghcr.io/a/b:main',
    'mono',
    'mongo:7',
  ])('%s does', (image) => {
    expect(imageBehaviour(image)).not.toHaveProperty('failure')
  })

  it('tells one letter from two', () => {
    expect(isOneEditAway('ngnix', 'nginx')).toBe(true)
    expect(isOneEditAway('ngin', 'nginx')).toBe(true)
    expect(isOneEditAway('nginx', 'nginx')).toBe(false)
    expect(isOneEditAway('ngnxi', 'nginx')).toBe(false)
  })
})

describe('what images do', () => {
  it.each([
    ['bootdotdev/synergychat-web', {}, {}, [8080]],
    ['bootdotdev/synergychat-web', {}, { WEB_PORT: '3000' }, [3000]],
    ['bootdotdev/synergychat-api:latest', {}, { API_PORT: '9000' }, [9000]],
    ['bootdotdev/synergychat-crawler', {}, {}, [8080]],
    [
      'bootdotdev/synergychat-crawler',
      {},
      { CRAWLER_PORT: '9001', CRAWLER_KEYWORDS: 'love' },
      [9001],
    ],
    ['nginx', {}, {}, [80]],
    ['nginx', { command: ['nginx', '-g', 'daemon off;'] }, {}, [80]],
    [
      'nginx',
      {
        command: [
          'sh',
          '-c',
          "echo hi > /usr/share/nginx/html/index.html && nginx -g 'daemon off;'",
        ],
      },
      {},
      [80],
    ],
    ['httpd:2.4', {}, {}, [80]],
    ['redis', { args: ['--port', '7000'] }, {}, [7000]],
    ['hashicorp/http-echo', { args: ['-text=hi', '-listen=:8081'] }, {}, [8081]],
    ['hashicorp/http-echo:1.0', { args: ['-text', 'hi'] }, {}, [5678]],
    ['traefik/whoami', { args: ['--port', '8000'] }, {}, [8000]],
    [
      'registry.k8s.io/e2e-test-images/agnhost:2.63.0',
      { args: ['netexec', '--http-port=80'] },
      {},
      [80, 8081],
    ],
    [
      'registry.k8s.io/e2e-test-images/agnhost:2.63.0',
      { args: ['netexec', '--http-port', '83', '--udp-port=-1'] },
      {},
      [83],
    ],
    [
      'registry.k8s.io/e2e-test-images/agnhost:2.63.0',
      { args: ['serve-hostname', '--http=false', '--tcp', '--udp'] },
      {},
      [9376, 9376],
    ],
    [
      'registry.k8s.io/e2e-test-images/agnhost:2.63.0',
      { args: ['porter'] },
      { SERVE_PORT_81: 'foo', SERVE_TLS_PORT_443: 'tls' },
      [81, 443],
    ],
    ['registry.k8s.io/e2e-test-images/agnhost:2.63.0', {}, {}, []],
    ['shop/web', { ports: [{ containerPort: 3000 }] }, {}, [3000]],
    [
      'registry.k8s.io/coredns/coredns:v1.14.2',
      { args: ['-conf', '/etc/coredns/Corefile'] },
      {},
      [53, 53, 8080, 8181, 9153],
    ],
    [
      'registry.k8s.io/kube-proxy:v1.36.2',
      { command: ['/usr/local/bin/kube-proxy', '--config=/var/lib/kube-proxy/config.conf'] },
      {},
      [10_256, 10_249],
    ],
    ['shop/web', {}, {}, []],
  ] as const)('%s %j %j listens on %j', (image, container, env, expected) => {
    expect(ports(run(image, container, env))).toEqual(expected)
  })

  it.each([
    ['busybox', {}, 0],
    ['ubuntu:24.04', {}, 0],
    ['hello-world', {}, 0],
    ['postgres', {}, 1],
    ['mysql:8.4', {}, 1],
    ['mariadb', {}, 1],
    ['nginx', { command: ['sh', '-c', 'exit 5'] }, 5],
  ] as const)('%s %j exits with %i', (image, container, exitCode) => {
    expect(run(image, container).ends?.exitCode).toBe(exitCode)
  })

  it('a database runs with its password', () => {
    expect(ports(run('postgres', {}, { POSTGRES_PASSWORD: 'x' }))).toEqual([5432])
    expect(ports(run('mysql', {}, { MYSQL_ROOT_PASSWORD: 'x' }))).toEqual([3306])
    expect(run('postgres').log[0]!.text).toBe(
      'Error: Database is uninitialized and superuser password is not specified.',
    )
  })

  it('stress is killed for its memory', () => {
    const container = { command: ['stress'], args: ['--vm', '1', '--vm-bytes', '250M'] }
    expect(run('polinux/stress', { ...container, memoryLimit: 100 << 20 }).ends).toMatchObject({
      exitCode: 137,
      reason: 'OOMKilled',
    })
    expect(run('polinux/stress', { ...container, memoryLimit: 300 << 20 }).ends).toBeUndefined()
  })
})
