// Forms that names, labels and keys must have. Every function returns what is wrong, in upstream's words; an empty
// list means valid.
// kubernetes: apimachinery pkg/util/validation/validation.go, pkg/api/validate/content

const VALID: readonly string[] = []

/** The length in bytes of UTF-8, which is what Go's `len` counts. */
export const byteLength = (text: string): number => {
  let length = text.length
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x80) continue
    length += unit < 0x800 ? 1 : 2
    // A surrogate pair is two units and four bytes.
    if (unit >= 0xd800 && unit <= 0xdbff && index + 1 < text.length) {
      const next = text.charCodeAt(index + 1)
      if (next >= 0xdc00 && next <= 0xdfff) index++
    }
  }
  return length
}

export const tooManyCharacters = (length: number): string =>
  `must be no more than ${length} characters`

/** The newer checks of label keys and values count bytes and say so. */
export const tooManyBytes = (length: number): string => `must be no more than ${length} bytes`

export const notInRange = (low: number, high: number): string =>
  `must be between ${low} and ${high}, inclusive`

/** kubernetes: validation.RegexError */
export const doesNotMatch = (
  message: string,
  format: string,
  ...examples: readonly string[]
): string =>
  examples.length === 0
    ? `${message} (regex used for validation is '${format}')`
    : `${message} (e.g. ${examples.map((example) => `'${example}', `).join(' or ')}regex used for validation is '${format}')`

const whole = (format: string): RegExp => new RegExp(`^${format}$`)

const LABEL_KEY = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const LABEL_VALUE = `(${LABEL_KEY})?`
const DNS1123_LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const DNS1123_SUBDOMAIN = `${DNS1123_LABEL}(\\.${DNS1123_LABEL})*`
const DNS1123_LABEL_UNDERSCORE = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?'
const DNS1123_SUBDOMAIN_UNDERSCORE = `${DNS1123_LABEL_UNDERSCORE}(\\.${DNS1123_LABEL_UNDERSCORE})*`
const DNS1035_LABEL = '[a-z]([-a-z0-9]*[a-z0-9])?'
const WILDCARD = `\\*\\.${DNS1123_SUBDOMAIN}`
const C_IDENTIFIER = '[A-Za-z_][A-Za-z0-9_]*'
const PERCENT = '[0-9]+%'
const HTTP_HEADER_NAME = '[-A-Za-z0-9]+'
const ENV_VAR_NAME = '[-._a-zA-Z][-._a-zA-Z0-9]*'
const CONFIG_MAP_KEY = '[-._a-zA-Z0-9]+'

const labelKeyPattern = whole(LABEL_KEY)
const labelValuePattern = whole(LABEL_VALUE)
const dns1123LabelPattern = whole(DNS1123_LABEL)
const dns1123SubdomainPattern = whole(DNS1123_SUBDOMAIN)
const dns1123UnderscorePattern = whole(DNS1123_SUBDOMAIN_UNDERSCORE)
const dns1035LabelPattern = whole(DNS1035_LABEL)
const wildcardPattern = whole(WILDCARD)
const cIdentifierPattern = whole(C_IDENTIFIER)
const percentPattern = whole(PERCENT)
const httpHeaderPattern = whole(HTTP_HEADER_NAME)
const envVarPattern = whole(ENV_VAR_NAME)
const configMapKeyPattern = whole(CONFIG_MAP_KEY)

const check = (
  value: string,
  maxLength: number,
  pattern: RegExp,
  message: () => string,
  tooLongText: (length: number) => string = tooManyCharacters,
): readonly string[] => {
  const isTooLong = value.length > maxLength || byteLength(value) > maxLength
  if (!isTooLong && pattern.test(value)) return VALID
  return [
    ...(isTooLong ? [tooLongText(maxLength)] : []),
    ...(pattern.test(value) ? [] : [message()]),
  ]
}

export const isDns1123Label = (value: string): readonly string[] =>
  check(value, 63, dns1123LabelPattern, () =>
    dns1123SubdomainPattern.test(value)
      ? 'must not contain dots'
      : doesNotMatch(
          "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
          DNS1123_LABEL,
          'my-name',
          '123-abc',
        ),
  )

const subdomainMessage = (): string =>
  doesNotMatch(
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
    DNS1123_SUBDOMAIN,
    'example.com',
  )

export const isDns1123Subdomain = (value: string): readonly string[] =>
  check(value, 253, dns1123SubdomainPattern, subdomainMessage)

export const isDns1123SubdomainWithUnderscore = (value: string): readonly string[] =>
  check(value, 253, dns1123UnderscorePattern, () =>
    doesNotMatch(
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
      DNS1123_SUBDOMAIN_UNDERSCORE,
      'example.com',
    ),
  )

export const isDns1035Label = (value: string): readonly string[] =>
  check(value, 63, dns1035LabelPattern, () =>
    doesNotMatch(
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
      DNS1035_LABEL,
      'my-name',
      'abc-123',
    ),
  )

export const isWildcardDns1123Subdomain = (value: string): readonly string[] =>
  check(value, 253, wildcardPattern, () =>
    doesNotMatch(
      "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
      WILDCARD,
      '*.example.com',
    ),
  )

const labelKeyMessage = (): string =>
  doesNotMatch(
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
    LABEL_KEY,
    'MyName',
    'my.name',
    '123-abc',
  )

/** A label key, annotation key or finalizer: a name with an optional `prefix.example.com/`. kubernetes: content.IsLabelKey */
export const isQualifiedName = (value: string): readonly string[] => {
  const slash = value.indexOf('/')
  if (slash !== value.lastIndexOf('/'))
    return [
      `a valid label key ${labelKeyMessage()} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ]
  const name = value.slice(slash + 1)
  const errors = [...(slash < 0 ? VALID : prefixErrors(value.slice(0, slash)))]
  if (name === '') errors.push('name part must be non-empty')
  else if (byteLength(name) > 63) errors.push(`name part ${tooManyBytes(63)}`)
  if (!labelKeyPattern.test(name)) errors.push(`name part ${labelKeyMessage()}`)
  return errors
}

const prefixErrors = (prefix: string): readonly string[] =>
  prefix === ''
    ? ['prefix part must be non-empty']
    : check(prefix, 253, dns1123SubdomainPattern, subdomainMessage, tooManyBytes).map(
        (message) => `prefix part ${message}`,
      )

export const isValidLabelValue = (value: string): readonly string[] =>
  check(
    value,
    63,
    labelValuePattern,
    () =>
      doesNotMatch(
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
        LABEL_VALUE,
        'MyValue',
        'my_value',
        '12345',
      ),
    tooManyBytes,
  )

export const isCIdentifier = (value: string): readonly string[] =>
  cIdentifierPattern.test(value)
    ? VALID
    : [
        doesNotMatch(
          "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
          C_IDENTIFIER,
          'my_name',
          'MY_NAME',
          'MyName',
        ),
      ]

export const isInRange = (value: number, low: number, high: number): readonly string[] =>
  value >= low && value <= high ? VALID : [notInRange(low, high)]

export const isValidPortNumber = (port: number): readonly string[] => isInRange(port, 1, 65535)

/** A user or group id. kubernetes: validation.IsValidUserID, IsValidGroupID */
export const isValidUserId = (id: number): readonly string[] => isInRange(id, 0, 4_294_967_295)

/** An IANA service name: the form of port names in Pods and target ports. */
export const isValidPortName = (port: string): readonly string[] => {
  const errors: string[] = []
  if (byteLength(port) > 15) errors.push(tooManyCharacters(15))
  if (!/^[-a-z0-9]+$/.test(port))
    errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  if (!/[a-z]/.test(port)) errors.push('must contain at least one letter (a-z)')
  if (port.includes('--')) errors.push('must not contain consecutive hyphens')
  if (port.startsWith('-') || port.endsWith('-')) errors.push('must not begin or end with a hyphen')
  return errors
}

export const isValidPercent = (percent: string): readonly string[] =>
  percentPattern.test(percent)
    ? VALID
    : [
        doesNotMatch(
          "a valid percent string must be a numeric string followed by an ending '%'",
          PERCENT,
          '1%',
          '93%',
        ),
      ]

export const isHttpHeaderName = (value: string): readonly string[] =>
  httpHeaderPattern.test(value)
    ? VALID
    : [
        doesNotMatch(
          "a valid HTTP header must consist of alphanumeric characters or '-'",
          HTTP_HEADER_NAME,
          'X-Header-Name',
        ),
      ]

const climbs = (value: string): readonly string[] =>
  value === '.'
    ? ["must not be '.'"]
    : value === '..'
      ? ["must not be '..'"]
      : value.startsWith('..')
        ? ["must not start with '..'"]
        : VALID

/** The strict form, as `envFrom` keys must have it in older releases. Containers' env uses `isRelaxedEnvVarName`. */
export const isEnvVarName = (value: string): readonly string[] => [
  ...(envVarPattern.test(value)
    ? VALID
    : [
        doesNotMatch(
          "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit",
          ENV_VAR_NAME,
          'my.env-name',
          'MY_ENV.NAME',
          'MyEnvName1',
        ),
      ]),
  ...climbs(value),
]

export const isRelaxedEnvVarName = (value: string): readonly string[] => [
  ...(value === '' ? ['environment variable name must be non-empty'] : VALID),
  ...(/[^\x20-\x3c\x3e-\x7e]/.test(value)
    ? [
        "a valid environment variable name must consist only of printable ASCII characters other than '='",
      ]
    : VALID),
]

export const isConfigMapKey = (value: string): readonly string[] => [
  ...check(value, 253, configMapKeyPattern, () =>
    doesNotMatch(
      "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
      CONFIG_MAP_KEY,
      'key.name',
      'KEY_NAME',
      'key-name',
    ),
  ),
  ...climbs(value),
]

/** How a kind's names are checked. `prefix`: the text is a generateName, to which a suffix will be added. */
export type NameValidator = (name: string, prefix: boolean) => readonly string[]

/** `web-` will be followed by more, so its last dash does not count. kubernetes: maskTrailingDash */
const masked = (name: string, prefix: boolean): string =>
  prefix && name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name

export const nameIsDnsSubdomain: NameValidator = (name, prefix) =>
  isDns1123Subdomain(masked(name, prefix))

export const nameIsDnsLabel: NameValidator = (name, prefix) => isDns1123Label(masked(name, prefix))

export const nameIsDns1035Label: NameValidator = (name, prefix) =>
  isDns1035Label(masked(name, prefix))

/** What any name must be to stand in a URL's path. kubernetes: apimachinery pkg/api/validation/path */
export const nameIsPathSegment: NameValidator = (name, prefix) => {
  const errors: string[] = []
  if (!prefix && (name === '.' || name === '..')) return [`may not be '${name}'`]
  if (name.includes('/')) errors.push("may not contain '/'")
  if (name.includes('%')) errors.push("may not contain '%'")
  return errors
}
