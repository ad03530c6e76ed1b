// The names of the internet that this cluster knows, as zone files would have them. All addresses are those of nobody (RFC 5737): the
// network 192.0.2.0/24, since the cloud's load balancers have the other two. Only public name servers keep the addresses that
// everyone types.

export interface MailServer {
  readonly preference: number
  readonly server: string
}

export interface InternetName {
  /** IPv4 and IPv6 addresses. */
  readonly addresses?: readonly string[]
  /** The name that it stands for. */
  readonly alias?: string
  readonly mail?: readonly MailServer[]
  readonly texts?: readonly string[]
  /** Seconds; 300 if absent. */
  readonly ttl?: number
}

export const INTERNET_NAMES: Readonly<Record<string, InternetName>> = {
  'example.com': {
    addresses: ['192.0.2.10', '2001:db8::10'],
    mail: [{ preference: 0, server: '.' }],
    texts: ['v=spf1 -all'],
  },
  'www.example.com': { alias: 'example.com' },
  'example.net': { addresses: ['192.0.2.10', '2001:db8::10'] },
  'example.org': { addresses: ['192.0.2.10', '2001:db8::10'] },
  'www.example.org': { alias: 'example.org' },
  'my.database.example.com': { addresses: ['192.0.2.11'] },
  'database.example.com': { alias: 'my.database.example.com' },
  'external.com': { addresses: ['192.0.2.20'] },
  'www.external.com': { alias: 'external.com' },
  'api.external.com': { addresses: ['192.0.2.21'] },
  'api.example.com': { alias: 'api.edge.example.net' },
  'api.edge.example.net': { addresses: ['192.0.2.22'], ttl: 60 },
  'kubernetes.io': { addresses: ['192.0.2.30', '2001:db8::30'] },
  'www.kubernetes.io': { alias: 'kubernetes.io' },
  'k8s.io': { addresses: ['192.0.2.31'] },
  'dl.k8s.io': { alias: 'k8s.io' },
  'registry.k8s.io': { addresses: ['192.0.2.32'] },
  'github.com': {
    addresses: ['192.0.2.40'],
    ttl: 60,
    mail: [{ preference: 0, server: 'aspmx.l.google.com' }],
  },
  'www.github.com': { alias: 'github.com' },
  'api.github.com': { addresses: ['192.0.2.41'], ttl: 60 },
  'raw.githubusercontent.com': { addresses: ['192.0.2.42'] },
  'httpbin.org': { addresses: ['192.0.2.50', '192.0.2.51'], ttl: 60 },
  'www.httpbin.org': { alias: 'httpbin.org' },
  'google.com': { addresses: ['192.0.2.60', '2001:db8::60'] },
  'www.google.com': { addresses: ['192.0.2.60', '2001:db8::60'] },
  'dns.google': { addresses: ['8.8.8.8', '8.8.4.4'] },
  'one.one.one.one': { addresses: ['1.1.1.1', '1.0.0.1'] },
  'cloudflare.com': { addresses: ['192.0.2.70'] },
  'www.cloudflare.com': { addresses: ['192.0.2.70'] },
  'wikipedia.org': { addresses: ['192.0.2.80'] },
  'www.wikipedia.org': { alias: 'dyna.wikimedia.org' },
  'en.wikipedia.org': { alias: 'dyna.wikimedia.org' },
  'dyna.wikimedia.org': { addresses: ['192.0.2.80'] },
  'docker.io': { addresses: ['192.0.2.90'] },
  'registry-1.docker.io': { addresses: ['192.0.2.90'] },
  'hub.docker.com': { addresses: ['192.0.2.91'] },
  'boot.dev': { addresses: ['192.0.2.100'] },
  'www.boot.dev': { alias: 'boot.dev' },
  'jsonplaceholder.typicode.com': { addresses: ['192.0.2.110'] },
  'pypi.org': { addresses: ['192.0.2.120'] },
  'registry.npmjs.org': { addresses: ['192.0.2.121'] },
  'deb.debian.org': { alias: 'debian.map.example.net' },
  'debian.map.example.net': { addresses: ['192.0.2.122'] },
  'ifconfig.me': { addresses: ['192.0.2.130'] },
  'icanhazip.com': { addresses: ['192.0.2.130'] },
  'checkip.amazonaws.com': { addresses: ['192.0.2.130'] },
}

/** Name servers that anyone may ask. */
export const PUBLIC_NAME_SERVERS: ReadonlySet<string> = new Set([
  '1.0.0.1',
  '1.1.1.1',
  '8.8.4.4',
  '8.8.8.8',
  '9.9.9.9',
])
