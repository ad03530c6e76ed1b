// What is published under well-known names: enough to tell a typing error from an image.

/** Newest minor release of each major one; `*` stands for any. */
interface Releases {
  readonly majors: Readonly<Record<string, number>>
  readonly words?: readonly string[]
}

const releases = (
  majors: Readonly<Record<string, number>>,
  ...words: readonly string[]
): Releases => ({ majors, words })

/** Tags of official repositories, as versions. What is not named here is not judged. */
const RELEASES = new Map<string, Releases>([
  ['nginx', releases({ 0: 8, 1: 29 }, 'stable', 'mainline', 'perl', 'otel')],
  ['httpd', releases({ 2: 4 })],
  ['caddy', releases({ 2: 10 }, 'builder')],
  ['redis', releases({ 2: 8, 3: 2, 4: 0, 5: 0, 6: 2, 7: 4, 8: 4 })],
  [
    'postgres',
    releases({ 8: 4, 9: 6, 10: 23, 11: 22, 12: 22, 13: 23, 14: 20, 15: 15, 16: 11, 17: 7, 18: 1 }),
  ],
  ['mysql', releases({ 5: 7, 8: 4, 9: 5 }, 'lts', 'innovation', 'oracle', 'oraclelinux9')],
  ['mariadb', releases({ 5: 5, 10: 11, 11: 8, 12: 1 }, 'lts')],
  ['mongo', releases({ 2: 6, 3: 7, 4: 9, 5: 3, 6: 3, 7: 3, 8: 2 })],
  ['memcached', releases({ 1: 6 })],
  ['busybox', releases({ 1: 37 }, 'stable', 'unstable', 'glibc', 'musl', 'uclibc')],
  ['alpine', releases({ 2: 7, 3: 23, 20190408: 0 }, 'edge')],
  [
    'ubuntu',
    releases(
      {
        10: 10,
        12: 10,
        13: 10,
        14: 10,
        15: 10,
        16: 10,
        17: 10,
        18: 10,
        19: 10,
        20: 10,
        21: 10,
        22: 10,
        23: 10,
        24: 10,
        25: 10,
        26: 4,
      },
      'rolling',
      'devel',
      'noble',
      'jammy',
      'focal',
      'bionic',
      'xenial',
      'trusty',
      'plucky',
      'questing',
    ),
  ],
  [
    'debian',
    releases(
      { 6: 0, 7: 11, 8: 11, 9: 13, 10: 13, 11: 11, 12: 12, 13: 2 },
      'stable',
      'testing',
      'unstable',
      'sid',
      'oldstable',
      'oldoldstable',
      'experimental',
      'forky',
      'trixie',
      'bookworm',
      'bullseye',
      'buster',
      'stretch',
    ),
  ],
  [
    'node',
    releases(
      {
        0: 12,
        4: 9,
        6: 17,
        8: 17,
        10: 24,
        12: 22,
        14: 21,
        16: 20,
        18: 20,
        19: 9,
        20: 19,
        21: 7,
        22: 21,
        23: 11,
        24: 11,
        25: 2,
      },
      'lts',
      'current',
      'slim',
    ),
  ],
  ['python', releases({ 2: 7, 3: 15 })],
  ['haproxy', releases({ 1: 9, 2: 9, 3: 4 }, 'lts')],
  ['rabbitmq', releases({ 3: 13, 4: 2 }, 'management')],
  ['traefik', releases({ 1: 7, 2: 11, 3: 6 })],
  [
    'tomcat',
    releases({ 6: 0, 7: 0, 8: 5, 9: 0, 10: 1, 11: 0 }, 'jdk21', 'jdk17', 'jre21', 'jre17'),
  ],
])

/** Distributions and builds that follow a version or stand alone. */
const VARIANT =
  /^(alpine(3\.\d+)?|slim|bookworm|bullseye|buster|stretch|trixie|perl|otel|debian|debian-12|ubuntu|jammy|noble|focal|bionic|musl|glibc|uclibc|management|unprivileged|builder|windowsservercore.*|nanoserver.*|ubi\d*|oracle.*|jdk\d+|jre\d+|temurin.*|corretto.*|rc\d*|[a-z]+-\d{8}|\d{8})(-|$)/

/** Whether a well-known repository has ever had such a tag; true for what nobody here knows. */
export const tagExists = (name: string, tag: string): boolean => {
  if (tag === 'latest') return true
  const known = RELEASES.get(name)
  if (known === undefined) return true
  if (known.words?.some((word) => tag === word || tag.startsWith(`${word}-`)) === true) return true
  if (VARIANT.test(tag)) return true
  const version = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:[.-]?(rc|beta|b|a)\d+)?(?:-(.+))?$/.exec(tag)
  if (version === null) return false
  const newest = Object.hasOwn(known.majors, version[1]!) ? known.majors[version[1]!] : undefined
  if (newest === undefined || Number(version[2] ?? 0) > newest) return false
  if (Number(version[3] ?? 0) > 99) return false
  return version[5] === undefined || VARIANT.test(version[5]) || /^\d+$/.test(version[5])
}

/** Official names that are often mistyped. Short ones are left out: too much is one letter away from them. */
const OFTEN_MISTYPED = [
  'alpine',
  'busybox',
  'caddy',
  'cassandra',
  'debian',
  'drupal',
  'elasticsearch',
  'fedora',
  'ghost',
  'golang',
  'grafana',
  'haproxy',
  'hello-world',
  'httpd',
  'influxdb',
  'jenkins',
  'joomla',
  'kibana',
  'mariadb',
  'memcached',
  'mongo',
  'mysql',
  'nextcloud',
  'nginx',
  'openjdk',
  'perl',
  'postgres',
  'python',
  'rabbitmq',
  'redis',
  'registry',
  'sonarqube',
  'tomcat',
  'traefik',
  'ubuntu',
  'vault',
  'wordpress',
  'zookeeper',
] as const

/** Official names that are one letter away from another one. */
const REAL_NEIGHBOURS = new Set(['mono', 'pearl'])

/** Whether the name looks like a typing error in an official one: `ngnix`, `ngins`, `bussybox`. */
export const isMisspelling = (name: string): boolean =>
  !REAL_NEIGHBOURS.has(name) &&
  !(OFTEN_MISTYPED as readonly string[]).includes(name) &&
  OFTEN_MISTYPED.some((official) => official.length >= 5 && isOneEditAway(name, official))

/** The name that was meant. */
export const officialName = (name: string): string | undefined =>
  isMisspelling(name) ? OFTEN_MISTYPED.find((official) => isOneEditAway(name, official)) : undefined

/** One letter added, left out, replaced, or two neighbours swapped. */
export const isOneEditAway = (a: string, b: string): boolean => {
  if (a === b || Math.abs(a.length - b.length) > 1) return false
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  if (a.length === b.length) {
    if (a.slice(at + 1) === b.slice(at + 1)) return true
    return a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2)
  }
  return a.length > b.length ? a.slice(at + 1) === b.slice(at) : a.slice(at) === b.slice(at + 1)
}
