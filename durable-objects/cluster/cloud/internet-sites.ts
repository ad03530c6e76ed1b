// What the machines of the small internet answer to HTTP.

import type { InternetHost, InternetReply, InternetRequest, Site } from '#cloud/internet-host.ts'

const reply = (status: number, body: string, type = 'text/html; charset=utf-8'): InternetReply => ({
  status,
  headers: { 'Content-Type': type },
  body,
})
const json = (value: unknown, status = 200): InternetReply =>
  reply(status, `${JSON.stringify(value, undefined, 2)}\n`, 'application/json')

const page = (title: string): string =>
  `<!doctype html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`

const notFound = (): InternetReply => reply(404, page('404 Not Found'))
const misdirected = (): InternetReply => reply(421, page('421 Misdirected Request'))
/** A content network that has never heard of the name. */
const unknownDomain = ({ host }: InternetRequest): InternetReply =>
  reply(
    404,
    `Fastly error: unknown domain: ${host}. Please check that this domain has been added to a service.\n`,
    'text/plain',
  )

const pathOf = ({ path }: InternetRequest): string => path.replace(/\?.*$/s, '')

const frontPage = (title: string) => (request: InternetRequest) =>
  pathOf(request) === '/' ? reply(200, page(title)) : notFound()

const site = (names: readonly string[], title: string, isSecureOnly = true): Site => ({
  names,
  serve: frontPage(title),
  isSecureOnly,
})

/** The API of the tutorial's ExternalName. */
const api: Site = {
  names: ['api.external.com', 'api.example.com'],
  serve: (request) => {
    const path = pathOf(request)
    if (path === '/') return json({ service: 'api.external.com', status: 'ok' })
    if (path === '/healthz' || path === '/health') return json({ status: 'ok' })
    if (path === '/v1/items')
      return json({
        items: [
          { id: 1, name: 'one' },
          { id: 2, name: 'two' },
        ],
      })
    return json({ error: 'not found' }, 404)
  },
}

const httpbin: Site = {
  names: ['httpbin.org', 'www.httpbin.org'],
  serve: (request) => {
    const path = pathOf(request)
    const about = {
      args: argumentsOf(request.path),
      headers: request.headers,
      origin: request.client,
      url: `${request.isTls ? 'https' : 'http'}://${request.host}${request.path}`,
    }
    const status = /^\/status\/([1-5]\d\d)$/.exec(path)?.[1]
    if (status !== undefined) return reply(Number(status), '')
    if (path === '/') return reply(200, page('httpbin.org'))
    if (path === '/get')
      return request.method === 'GET' ? json(about) : reply(405, page('405 Method Not Allowed'))
    if (path === '/post')
      return request.method === 'POST'
        ? json({ ...about, data: request.body })
        : reply(405, page('405 Method Not Allowed'))
    if (path === '/anything') return json({ ...about, method: request.method, data: request.body })
    if (path === '/headers') return json({ headers: request.headers })
    if (path === '/ip') return json({ origin: request.client })
    if (path === '/user-agent') return json({ 'user-agent': headerOf(request, 'user-agent') })
    return notFound()
  },
}

const argumentsOf = (path: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (path.split('?')[1] ?? '')
      .split('&')
      .filter((pair) => pair !== '')
      .map((pair) => [pair.split('=')[0]!, pair.split('=')[1] ?? '']),
  )

const headerOf = ({ headers }: InternetRequest, name: string): string => {
  const key = Object.keys(headers).find((other) => other.toLowerCase() === name)
  return key === undefined ? '' : headers[key]!
}

/** Tells callers where they come from: after NAT, that is a node. */
const whoAmI: Site = {
  names: ['ifconfig.me', 'icanhazip.com', 'checkip.amazonaws.com'],
  serve: ({ client }) => reply(200, `${client}\n`, 'text/plain'),
}

const todos: Site = {
  names: ['jsonplaceholder.typicode.com'],
  serve: (request) => {
    const id = /^\/todos\/(\d{1,3})$/.exec(pathOf(request))?.[1]
    if (id === undefined)
      return pathOf(request) === '/' ? reply(200, page('JSONPlaceholder')) : json({}, 404)
    return json({ userId: 1, id: Number(id), title: 'delectus aut autem', completed: false })
  },
}

const registry: Site = {
  names: ['registry.k8s.io', 'docker.io', 'registry-1.docker.io'],
  serve: (request) => (pathOf(request) === '/v2/' ? json({}) : notFound()),
  isSecureOnly: true,
}

export const INTERNET_HOSTS: readonly InternetHost[] = [
  {
    addresses: ['192.0.2.10', '2001:db8::10'],
    sites: [
      site(
        ['example.com', 'www.example.com', 'example.net', 'example.org', 'www.example.org'],
        'Example Domain',
        false,
      ),
    ],
    stranger: notFound,
  },
  // The database of the documentation: no HTTP at all.
  { addresses: ['192.0.2.11'], sites: [], otherPorts: { 3306: '', 5432: '' } },
  {
    addresses: ['192.0.2.20'],
    sites: [site(['external.com', 'www.external.com'], 'External', false)],
  },
  { addresses: ['192.0.2.21', '192.0.2.22'], sites: [api], stranger: notFound },
  {
    addresses: ['192.0.2.30', '2001:db8::30'],
    sites: [site(['kubernetes.io', 'www.kubernetes.io'], 'Kubernetes')],
    stranger: misdirected,
  },
  {
    addresses: ['192.0.2.31'],
    sites: [site(['k8s.io', 'dl.k8s.io'], 'k8s.io')],
    stranger: misdirected,
  },
  { addresses: ['192.0.2.32', '192.0.2.90'], sites: [registry], stranger: notFound },
  {
    addresses: ['192.0.2.40'],
    sites: [site(['github.com', 'www.github.com'], 'GitHub')],
    otherPorts: { 22: 'SSH-2.0-babeld\r\n' },
  },
  {
    addresses: ['192.0.2.41'],
    sites: [
      { names: ['api.github.com'], serve: () => json({ message: 'Hello' }), isSecureOnly: true },
    ],
    stranger: notFound,
  },
  {
    addresses: ['192.0.2.42'],
    sites: [site(['raw.githubusercontent.com'], 'raw')],
    stranger: unknownDomain,
  },
  { addresses: ['192.0.2.50', '192.0.2.51'], sites: [httpbin], stranger: notFound },
  {
    addresses: ['192.0.2.60', '2001:db8::60'],
    sites: [site(['www.google.com', 'google.com'], 'Google', false)],
    stranger: notFound,
  },
  {
    addresses: ['192.0.2.70', '1.1.1.1', '1.0.0.1'],
    sites: [site(['www.cloudflare.com', 'cloudflare.com', 'one.one.one.one'], 'Cloudflare')],
    stranger: () => reply(403, 'error code: 1003\n', 'text/plain'),
  },
  {
    addresses: ['192.0.2.80'],
    sites: [
      site(
        ['wikipedia.org', 'www.wikipedia.org', 'en.wikipedia.org', 'dyna.wikimedia.org'],
        'Wikipedia',
      ),
    ],
    stranger: misdirected,
  },
  {
    addresses: ['192.0.2.91'],
    sites: [site(['hub.docker.com'], 'Docker Hub')],
    stranger: notFound,
  },
  {
    addresses: ['192.0.2.100'],
    sites: [site(['boot.dev', 'www.boot.dev'], 'Boot.dev')],
    stranger: notFound,
  },
  { addresses: ['192.0.2.110'], sites: [todos], stranger: notFound },
  { addresses: ['192.0.2.120'], sites: [site(['pypi.org'], 'PyPI')], stranger: unknownDomain },
  {
    addresses: ['192.0.2.121'],
    sites: [site(['registry.npmjs.org'], 'npm')],
    stranger: misdirected,
  },
  {
    addresses: ['192.0.2.122'],
    sites: [site(['deb.debian.org', 'debian.map.example.net'], 'Debian', false)],
    stranger: unknownDomain,
  },
  { addresses: ['192.0.2.130'], sites: [whoAmI] },
]
